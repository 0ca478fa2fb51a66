/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.http.socket.frame;

import io.sluice.actors.subscription.StartPosition;

/** Where a subscription begins, as its client says it. */
public sealed interface From {
    /** A place in the log. */
    record At(StartPosition position) implements From {}

    /**
     * The offsets that a consumer group has committed, as a member of it.
     *
     * @param otherwise for partitions without one
     * @param autoCommit what was delivered is committed now and then; else {@code commit} frames do
     */
    record Group(String group, StartPosition otherwise, boolean autoCommit) implements From {}
}
