/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.actors.subscription;

import java.util.Collections;
import java.util.Map;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Where a subscriber is: the next offset of each partition. Enough to go on at exactly that place on any node. Immutable.
 *
 * <p>As text, sorted by topic and partition, for event ids and query parameters:
 *
 * <pre>
 *  orders:0=1234,3=99;other:0=5
 * </pre>
 */
public final class Positions {
    /** Entries that a text may have. */
    static final int MAX_ENTRIES = 100_000;

    public static final Positions EMPTY = new Positions(new TreeMap<>());

    private final SortedMap<PartitionName, Long> offsets;

    private Positions(SortedMap<PartitionName, Long> offsets) {
        this.offsets = Collections.unmodifiableSortedMap(offsets);
    }

    /**
     * A copy of the map.
     *
     * @throws IllegalArgumentException if a partition or an offset is negative, or a topic has other characters than topics may have
     */
    public static Positions of(Map<PartitionName, Long> offsets) {
        SortedMap<PartitionName, Long> copy = new TreeMap<>();
        offsets.forEach((partition, offset) -> {
            check(partition, offset);
            copy.put(partition, offset);
        });
        return new Positions(copy);
    }

    public static Positions of(String topic, int partition, long offset) {
        return of(Map.of(new PartitionName(topic, partition), offset));
    }

    private static void check(PartitionName partition, long offset) {
        if (partition.topic().isEmpty() || !partition.topic().chars().allMatch(Positions::isTopicCharacter)) {
            throw new IllegalArgumentException("'" + partition.topic() + "' is not the name of a topic");
        }
        if (partition.partition() < 0) {
            throw new IllegalArgumentException("partition of " + partition + " is negative");
        }
        if (offset < 0) {
            throw new IllegalArgumentException("offset " + offset + " of " + partition + " is negative");
        }
    }

    private static boolean isTopicCharacter(int c) {
        return (c >= 'a' && c <= 'z')
                || (c >= 'A' && c <= 'Z')
                || (c >= '0' && c <= '9')
                || c == '.'
                || c == '_'
                || c == '-';
    }

    /**
     * Reads what {@link #toString} has printed, in any order.
     *
     * @throws IllegalArgumentException says what is wrong and where
     */
    public static Positions parse(String text) {
        return new PositionsParser(text).parse();
    }

    /** Sorted by topic and partition. */
    public SortedMap<PartitionName, Long> offsets() {
        return offsets;
    }

    /** The same by topic, then partition: the shape of the position vector in JSON. */
    public SortedMap<String, SortedMap<Integer, Long>> byTopic() {
        SortedMap<String, SortedMap<Integer, Long>> topics = new TreeMap<>();
        offsets.forEach((partition, offset) -> topics.computeIfAbsent(partition.topic(), topic -> new TreeMap<>())
                .put(partition.partition(), offset));
        return topics;
    }

    public OptionalLong offset(String topic, int partition) {
        Long offset = offsets.get(new PartitionName(topic, partition));
        return offset == null ? OptionalLong.empty() : OptionalLong.of(offset);
    }

    /** These, with one more or another. */
    public Positions with(String topic, int partition, long offset) {
        PartitionName name = new PartitionName(topic, partition);
        check(name, offset);
        SortedMap<PartitionName, Long> more = new TreeMap<>(offsets);
        more.put(name, offset);
        return new Positions(more);
    }

    public boolean isEmpty() {
        return offsets.isEmpty();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Positions that && offsets.equals(that.offsets);
    }

    @Override
    public int hashCode() {
        return offsets.hashCode();
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        String topic = null;
        for (Map.Entry<PartitionName, Long> entry : offsets.entrySet()) {
            PartitionName partition = entry.getKey();
            if (partition.topic().equals(topic)) {
                text.append(',');
            } else {
                text.append(topic == null ? "" : ";").append(partition.topic()).append(':');
                topic = partition.topic();
            }
            text.append(partition.partition()).append('=').append(entry.getValue());
        }
        return text.toString();
    }
}
