/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.deploy.command;

import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.TopicPartition;

/** Where partitions begin and end: asked for all of them at once. */
record PartitionOffsets(Map<TopicPartition, Long> start, Map<TopicPartition, Long> end) {
    static PartitionOffsets of(Connection connection, Admin admin, Collection<TopicPartition> partitions)
            throws Exception {
        return new PartitionOffsets(
                list(connection, admin, partitions, OffsetSpec.earliest()),
                list(connection, admin, partitions, OffsetSpec.latest()));
    }

    /** Offsets that a position stands for; a time after the last record stands for the end, and offsets are kept within bounds. */
    static Map<TopicPartition, Long> at(
            Connection connection, Admin admin, Collection<TopicPartition> partitions, Position position)
            throws Exception {
        PartitionOffsets bounds = of(connection, admin, partitions);
        if (position instanceof Position.Earliest) {
            return bounds.start;
        }
        if (position instanceof Position.Latest) {
            return bounds.end;
        }
        Map<TopicPartition, Long> found = position instanceof Position.Time
                ? list(connection, admin, partitions, position.spec())
                : new HashMap<>(bounds.end);
        found.replaceAll((partition, offset) -> {
            long wanted = position instanceof Position.At at ? at.offset() : offset;
            long end = bounds.end.get(partition);
            return wanted < 0 ? end : Math.max(bounds.start.get(partition), Math.min(wanted, end));
        });
        return found;
    }

    long records() {
        return end.entrySet().stream()
                .mapToLong(entry -> entry.getValue() - start.get(entry.getKey()))
                .sum();
    }

    long records(String topic) {
        return end.entrySet().stream()
                .filter(entry -> entry.getKey().topic().equals(topic))
                .mapToLong(entry -> entry.getValue() - start.get(entry.getKey()))
                .sum();
    }

    private static Map<TopicPartition, Long> list(
            Connection connection, Admin admin, Collection<TopicPartition> partitions, OffsetSpec spec)
            throws Exception {
        Map<TopicPartition, OffsetSpec> asked = new HashMap<>();
        partitions.forEach(partition -> asked.put(partition, spec));
        Map<TopicPartition, Long> offsets = new HashMap<>();
        connection
                .await(admin.listOffsets(asked).all())
                .forEach((partition, found) -> offsets.put(partition, found.offset()));
        return offsets;
    }
}
