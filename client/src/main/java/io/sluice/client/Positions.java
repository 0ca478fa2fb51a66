/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.client;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.StringJoiner;
import java.util.TreeMap;

/**
 * A position vector: the next offset of each partition. It is enough to go on at exactly that place, on any node, later: keep its text, and begin with
 * {@link StartFrom#offsets}. Immutable.
 *
 * <p>As text: {@code orders:0=1234,3=99;returns:0=5}.
 */
public final class Positions {
    /** Of nothing. */
    public static final Positions NONE = new Positions(new TreeMap<>());

    private final SortedMap<TopicPartition, Long> offsets;

    private Positions(SortedMap<TopicPartition, Long> offsets) {
        this.offsets = Collections.unmodifiableSortedMap(offsets);
    }

    /** With these next offsets. */
    public static Positions of(Map<TopicPartition, Long> offsets) {
        offsets.forEach((partition, offset) -> check(offset));
        return offsets.isEmpty() ? NONE : new Positions(new TreeMap<>(offsets));
    }

    /** The same vector but for one partition. */
    public Positions with(String topic, int partition, long nextOffset) {
        check(nextOffset);
        SortedMap<TopicPartition, Long> changed = new TreeMap<>(offsets);
        changed.put(new TopicPartition(topic, partition), nextOffset);
        return new Positions(changed);
    }

    /** The vector behind a record that was processed: its partition goes on with the one after it. */
    public Positions after(Record record) {
        return with(record.topic(), record.partition(), record.offset() + 1);
    }

    private static void check(long offset) {
        if (offset < 0) {
            throw new IllegalArgumentException("offset " + offset + " is negative");
        }
    }

    /** In order of topics and partitions. */
    public SortedMap<TopicPartition, Long> offsets() {
        return offsets;
    }

    /** The next offset of a partition; null if it is not in the vector. */
    public Long next(String topic, int partition) {
        return offsets.get(new TopicPartition(topic, partition));
    }

    public boolean isEmpty() {
        return offsets.isEmpty();
    }

    /** Reads what {@link #toString} wrote. */
    public static Positions parse(String text) {
        SortedMap<TopicPartition, Long> read = new TreeMap<>();
        if (text.isEmpty()) {
            return NONE;
        }
        for (String ofTopic : text.split(";", -1)) {
            int colon = ofTopic.indexOf(':');
            if (colon <= 0) {
                throw wrong(text, "'" + ofTopic + "' is not TOPIC:PARTITION=OFFSET,...");
            }
            String topic = ofTopic.substring(0, colon);
            for (String pair : ofTopic.substring(colon + 1).split(",", -1)) {
                int equals = pair.indexOf('=');
                if (equals < 0) {
                    throw wrong(text, "'" + pair + "' is not PARTITION=OFFSET");
                }
                long partition = number(text, pair.substring(0, equals), Integer.MAX_VALUE);
                long offset = number(text, pair.substring(equals + 1), Long.MAX_VALUE);
                if (read.put(new TopicPartition(topic, (int) partition), offset) != null) {
                    throw wrong(text, "partition " + partition + " of '" + topic + "' is given twice");
                }
            }
        }
        return new Positions(read);
    }

    private static long number(String text, String digits, long max) {
        if (!digits.isEmpty() && digits.chars().allMatch(c -> c >= '0' && c <= '9')) {
            try {
                long number = Long.parseLong(digits);
                if (number <= max) {
                    return number;
                }
            } catch (NumberFormatException e) {
                throw wrong(text, "'" + digits + "' is too large");
            }
        }
        throw wrong(text, "'" + digits + "' is no number from 0 to " + max);
    }

    private static IllegalArgumentException wrong(String text, String what) {
        return new IllegalArgumentException("positions '" + text + "': " + what);
    }

    @Override
    public String toString() {
        StringJoiner topics = new StringJoiner(";");
        List<String> pairs = new ArrayList<>();
        String topic = null;
        for (Map.Entry<TopicPartition, Long> entry : offsets.entrySet()) {
            if (topic != null && !topic.equals(entry.getKey().topic())) {
                topics.add(topic + ":" + String.join(",", pairs));
                pairs.clear();
            }
            topic = entry.getKey().topic();
            pairs.add(entry.getKey().partition() + "=" + entry.getValue());
        }
        return topic == null
                ? ""
                : topics.add(topic + ":" + String.join(",", pairs)).toString();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Positions positions && positions.offsets.equals(offsets);
    }

    @Override
    public int hashCode() {
        return offsets.hashCode();
    }
}
