/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.actors.subscription;

import io.sluice.actors.partition.PartitionHandle;
import java.util.UUID;

/** What subscriptions need to know of the node that they run on. Any thread; nothing blocks. */
public interface PartitionDirectory {
    /**
     * A topic.
     *
     * @param partitions how many
     */
    record Topic(UUID id, String name, int partitions) {}

    /**
     * Who leads a partition.
     *
     * @param broker {@link SubscriptionException#NO_BROKER} if nobody is known to
     * @param epoch that it leads in
     */
    record Leader(int broker, int epoch) {
        public static final Leader NONE = new Leader(SubscriptionException.NO_BROKER, -1);
    }

    /** Without topics. */
    PartitionDirectory EMPTY = new PartitionDirectory() {
        @Override
        public Topic topic(String name) {
            return null;
        }

        @Override
        public boolean exists(UUID topicId) {
            return false;
        }

        @Override
        public PartitionHandle handle(UUID topicId, int partition) {
            return null;
        }

        @Override
        public boolean isPlacedHere(UUID topicId, int partition) {
            return false;
        }

        @Override
        public Leader leader(UUID topicId, int partition) {
            return Leader.NONE;
        }
    };

    /** The topic of that name; null if there is none. */
    Topic topic(String name);

    /** Has {@code listener} told, on any thread, when topics were made, have grown or were deleted, from now on. */
    default void onTopicsChange(Runnable listener) {}

    /** Whether a topic is there still. */
    boolean exists(UUID topicId);

    /** What can be read on this node: the leader, else a follower, else null. */
    PartitionHandle handle(UUID topicId, int partition);

    /** Whether this node has a replica of the partition, or is to have one: a handle comes sooner or later. */
    boolean isPlacedHere(UUID topicId, int partition);

    /** Who is known to lead. */
    Leader leader(UUID topicId, int partition);
}
