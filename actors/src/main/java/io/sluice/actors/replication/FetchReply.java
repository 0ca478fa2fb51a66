/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.actors.replication;

import io.sluice.log.LogView;

/** Takes the answer to a replica's fetch, at most once, on the answering partition's thread. */
@FunctionalInterface
public interface FetchReply {
    /** @param view of the log that answers; with {@link ReplicaMessage.Records} go records from there, up to its log end */
    void answer(ReplicaMessage.Answer answer, LogView view);
}
