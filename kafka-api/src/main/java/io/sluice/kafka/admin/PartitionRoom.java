/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.kafka.admin;

import io.micrometer.core.instrument.Counter;
import io.sluice.cluster.Node;
import io.sluice.cluster.metadata.MetadataImage.TopicInfo;
import io.sluice.kafka.api.HandlerServices;

/** How many more partitions there may be ({@code sluice.partitions.max}), so that no client fills the memory with topics. */
final class PartitionRoom {
    private final Node node;
    private final int max;
    private final Counter refused;

    PartitionRoom(HandlerServices services) {
        this.node = services.node();
        this.max = node.settings().partitionsMax();
        this.refused = services.meters().counter("sluice.kafka.partitions.refused");
    }

    /** What there is room for now, for one request. */
    Request request() {
        long there = 0;
        for (TopicInfo topic : node.metadata().topics().values()) {
            there += topic.partitions().size();
        }
        return new Request(max - there);
    }

    /** Counts down what one request takes. */
    final class Request {
        private long left;

        private Request(long left) {
            this.left = left;
        }

        /** Whether there was room. */
        boolean take(int partitions) {
            if (partitions > left) {
                refused.increment();
                return false;
            }
            left -= partitions;
            return true;
        }

        String message() {
            return "There would be more than " + max + " partitions (sluice.partitions.max)";
        }
    }
}
