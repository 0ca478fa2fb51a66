/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.cluster.controller;

import io.sluice.cluster.metadata.MetadataImage;
import io.sluice.log.ErrorCode;
import java.util.concurrent.atomic.LongAdder;

/**
 * How many partitions there may be, so that no client fills the memory with topics. What the broker makes for itself counts, but is not
 * refused.
 */
public final class PartitionLimits {
    private final int perTopicMax;
    private final int max;
    private final LongAdder refused = new LongAdder();

    /**
     * @param perTopicMax {@code sluice.topic.partitions.max}
     * @param max {@code sluice.partitions.max}: of all topics
     */
    public PartitionLimits(int perTopicMax, int max) {
        this.perTopicMax = perTopicMax;
        this.max = max;
    }

    /** Topics that were not made or not grown because of a limit. */
    public LongAdder refused() {
        return refused;
    }

    /** What there is room for beside the topics of an image, for one request. */
    Room beside(MetadataImage image) {
        long there = 0;
        for (MetadataImage.TopicInfo topic : image.topics().values()) {
            there += topic.partitions().size();
        }
        return new Room(max - there);
    }

    /** Counts down what one request takes. */
    final class Room {
        private long left;

        private Room(long left) {
            this.left = left;
        }

        /**
         * A topic is to have {@code partitions}, of which {@code added} are new.
         *
         * @throws Refusal if those are too many
         */
        void check(int partitions, int added) throws Refusal {
            if (partitions > perTopicMax) {
                throw refusal(partitions + " partitions are more than the " + perTopicMax
                        + " that a topic may have (sluice.topic.partitions.max).");
            }
            if (added > left) {
                throw refusal("There would be more than " + max + " partitions of all topics (sluice.partitions.max).");
            }
        }

        /** So many are made. */
        void take(int added) {
            left -= added;
        }

        private Refusal refusal(String message) {
            refused.increment();
            return new Refusal(ErrorCode.INVALID_PARTITIONS, message);
        }
    }
}
