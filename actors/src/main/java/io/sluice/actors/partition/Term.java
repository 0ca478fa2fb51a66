/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.actors.partition;

import io.sluice.log.LogConfig;
import java.io.IOException;

/** What a replica is to its users from one change of role to the next: nothing, a follower to read from, a leader. */
interface Term {
    /** Whatever users and the term itself send; what is not for it is refused. */
    void onMessage(PartitionCommand message) throws IOException;

    /** Offsets below are committed. */
    void highWatermark(long offset) throws IOException;

    /** Nothing that was sent by now shall be missing in the log. */
    void settle() throws IOException;

    /** The log was changed beside appends: publish what it is now. */
    void logChanged();

    void configure(LogConfig config);

    /**
     * It is over: nobody is served from here on, and everybody who waits has an answer.
     *
     * @param failure why, if the log is broken
     */
    void end(Throwable failure);
}
