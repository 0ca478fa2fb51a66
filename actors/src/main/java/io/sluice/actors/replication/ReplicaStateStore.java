/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.actors.replication;

import java.util.UUID;

/** Where replicas keep their {@link ReplicaState}. Any thread may call; none waits. */
public interface ReplicaStateStore {
    /** The state that was put last, or {@link ReplicaState#BLANK}. */
    ReplicaState get(ReplicaKey key);

    /** Makes a state durable, then calls {@code done} (on a thread of the store: hand over to your own and return). */
    void put(ReplicaKey key, ReplicaState state, Stored done);

    /** Forgets the partitions of a deleted topic; need not be durable at once. */
    void forget(UUID topicId);

    /** Answers a {@link #put}. */
    @FunctionalInterface
    interface Stored {
        /** @param failure null if the state is on disk */
        void done(Throwable failure);
    }
}
