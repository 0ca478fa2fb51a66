/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.client;

import java.util.Objects;
import java.util.function.Consumer;

/** How to produce: {@code Produce.to("orders").acks(Acks.ALL)}. Immutable: each method gives a changed copy. */
public final class Produce {
    private String topic;
    private String producer;
    private long firstSequence;
    private Acks acks = Acks.ALL;
    private Consumer<Acknowledgement> acknowledged = acknowledgement -> {};

    private Produce() {}

    private Produce(Produce other) {
        topic = other.topic;
        producer = other.producer;
        firstSequence = other.firstSequence;
        acks = other.acks;
        acknowledged = other.acknowledged;
    }

    /** Each record into the topic that it names. */
    public static Produce toTheirTopics() {
        return new Produce();
    }

    /** Every record into this topic, by its key, wherever it came from. */
    public static Produce to(String topic) {
        Produce produce = new Produce();
        produce.topic = Objects.requireNonNull(topic, "topic");
        return produce;
    }

    /**
     * The name under which the nodes know what was appended, so that a retry never doubles a record. Only one producer of a name may run at a time. If not
     * called: a new one.
     *
     * @param sequence the number of the first record. A number stands for its record: a producer that goes on after a restart goes on behind the last
     *     {@link Acknowledgement#sequence}, and one that comes again with a number gives the same record
     */
    public Produce producer(String name, long sequence) {
        if (name.isEmpty() || name.length() > 200 || sequence < 0) {
            throw new IllegalArgumentException("producer '" + name + "' from " + sequence
                    + ": expected 1 to 200 characters, and no negative number");
        }
        Produce changed = new Produce(this);
        changed.producer = name;
        changed.firstSequence = sequence;
        return changed;
    }

    /** When a record counts as appended. If not called: {@link Acks#ALL}. */
    public Produce acks(Acks chosen) {
        Produce changed = new Produce(this);
        changed.acks = Objects.requireNonNull(chosen, "chosen");
        return changed;
    }

    /** Who is told of each record that was appended: in order within a partition, one at a time. It must not block. */
    public Produce onAcknowledged(Consumer<Acknowledgement> told) {
        Produce changed = new Produce(this);
        changed.acknowledged = Objects.requireNonNull(told, "told");
        return changed;
    }

    /** Null if each record says. */
    String topic() {
        return topic;
    }

    /** Null for a new one. */
    String producer() {
        return producer;
    }

    long firstSequence() {
        return firstSequence;
    }

    Acks acks() {
        return acks;
    }

    Consumer<Acknowledgement> acknowledged() {
        return acknowledged;
    }
}
