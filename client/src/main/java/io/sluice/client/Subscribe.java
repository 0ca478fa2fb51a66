/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.client;

import java.time.Duration;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What to subscribe to: {@code Subscribe.to("orders").from(StartFrom.earliest()).filter("$.amount > 100")}. Immutable: each method gives a changed copy.
 */
public final class Subscribe {
    /** What of a record is sent besides its topic, partition and offset. */
    public enum Field {
        KEY,
        VALUE,
        HEADERS,
        TIMESTAMP;

        String onWire() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    private SortedMap<String, Set<Integer>> topics = new TreeMap<>();
    private StartFrom from = StartFrom.latest();
    private String filter;
    private Set<Field> fields = EnumSet.allOf(Field.class);
    private SlowReaderPolicy policy = SlowReaderPolicy.PAUSE;
    private Isolation isolation = Isolation.READ_COMMITTED;
    private long limit = Long.MAX_VALUE;
    private Duration commitEvery = Duration.ofSeconds(5);
    private SubscriptionListener listener = SubscriptionListener.NONE;

    private Subscribe() {}

    private Subscribe(Subscribe other) {
        topics = other.topics;
        from = other.from;
        filter = other.filter;
        fields = other.fields;
        policy = other.policy;
        isolation = other.isolation;
        limit = other.limit;
        commitEvery = other.commitEvery;
        listener = other.listener;
    }

    /** All partitions of some topics. */
    public static Subscribe to(String... topics) {
        if (topics.length == 0) {
            throw new IllegalArgumentException("no topic");
        }
        Subscribe subscribe = new Subscribe();
        for (String topic : topics) {
            subscribe.topics.put(Objects.requireNonNull(topic, "topic"), Set.of());
        }
        return subscribe;
    }

    /** Some partitions of a topic. */
    public static Subscribe toPartitions(String topic, int... partitions) {
        Subscribe subscribe = to(topic);
        Set<Integer> chosen = new TreeSet<>();
        for (int partition : partitions) {
            chosen.add(partition);
        }
        subscribe.topics.put(topic, chosen);
        return subscribe;
    }

    /** Where to begin. If not called: {@link StartFrom#latest}. */
    public Subscribe from(StartFrom start) {
        Subscribe changed = new Subscribe(this);
        changed.from = Objects.requireNonNull(start, "start");
        return changed;
    }

    /** Which records are sent: an expression of docs/websocket.md, evaluated on the node. */
    public Subscribe filter(String expression) {
        Subscribe changed = new Subscribe(this);
        changed.filter = Objects.requireNonNull(expression, "expression");
        return changed;
    }

    /** What is sent of a record. If not called: everything. */
    public Subscribe fields(Field... wanted) {
        Subscribe changed = new Subscribe(this);
        changed.fields = EnumSet.noneOf(Field.class);
        changed.fields.addAll(Set.of(wanted));
        return changed;
    }

    /** What happens if the subscriber does not keep up. */
    public Subscribe policy(SlowReaderPolicy chosen) {
        Subscribe changed = new Subscribe(this);
        changed.policy = Objects.requireNonNull(chosen, "chosen");
        return changed;
    }

    /** What is seen of transactions. */
    public Subscribe isolation(Isolation chosen) {
        Subscribe changed = new Subscribe(this);
        changed.isolation = Objects.requireNonNull(chosen, "chosen");
        return changed;
    }

    /** Completes after this many records; not one more leaves the node. If not called, a subscription has no end. */
    public Subscribe limit(long records) {
        if (records < 0) {
            throw new IllegalArgumentException("limit " + records + " is negative");
        }
        Subscribe changed = new Subscribe(this);
        changed.limit = records;
        return changed;
    }

    /**
     * Of a group: how often the records that {@code onNext} has returned from count as processed for the group; zero for never, if
     * {@link RecordPublisher#commit} says so instead. If not called: 5 seconds, and at the end.
     */
    public Subscribe commitEvery(Duration interval) {
        if (interval.isNegative() || (interval.toMillis() == 0 && !interval.isZero())) {
            throw new IllegalArgumentException("commits every " + interval + ": expected milliseconds, or zero");
        }
        Subscribe changed = new Subscribe(this);
        changed.commitEvery = interval;
        return changed;
    }

    /** Who is told of gaps, progress and lost connections. */
    public Subscribe listener(SubscriptionListener told) {
        Subscribe changed = new Subscribe(this);
        changed.listener = Objects.requireNonNull(told, "told");
        return changed;
    }

    /** Of each topic the partitions; none for all. */
    Map<String, Set<Integer>> topics() {
        return new LinkedHashMap<>(topics);
    }

    StartFrom from() {
        return from;
    }

    /** Null for all records. */
    String filter() {
        return filter;
    }

    Set<Field> fields() {
        return fields;
    }

    SlowReaderPolicy policy() {
        return policy;
    }

    Isolation isolation() {
        return isolation;
    }

    long limit() {
        return limit;
    }

    /** Zero if it does not commit by itself, or is no group's. */
    Duration commitEvery() {
        return from instanceof StartFrom.Group ? commitEvery : Duration.ZERO;
    }

    boolean commitsByItself() {
        return !commitEvery().isZero();
    }

    SubscriptionListener listener() {
        return listener;
    }
}
