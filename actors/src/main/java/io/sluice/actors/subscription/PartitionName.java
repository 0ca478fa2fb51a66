/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.actors.subscription;

import java.util.Objects;

/** A partition as people name it, whatever the id of the topic. Printed as {@code orders-0}. */
public record PartitionName(String topic, int partition) implements Comparable<PartitionName> {
    public PartitionName {
        Objects.requireNonNull(topic, "topic");
    }

    @Override
    public int compareTo(PartitionName other) {
        int byTopic = topic.compareTo(other.topic);
        return byTopic != 0 ? byTopic : Integer.compare(partition, other.partition);
    }

    @Override
    public String toString() {
        return topic + "-" + partition;
    }
}
