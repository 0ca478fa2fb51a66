/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.system.workload;

import io.sluice.system.checker.Event;
import io.sluice.system.checker.History;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.TopicPartition;

/** Where all clients of a workload tell what they see: the history, how far things are, and errors that must not be. */
final class Recorder {
    private final History history = new History(System::nanoTime);
    private final ConcurrentLinkedQueue<String> errors = new ConcurrentLinkedQueue<>();
    private final Map<TopicPartition, AtomicLong> acknowledged = new ConcurrentHashMap<>();
    private final Map<TopicPartition, AtomicLong> lastAckAt = new ConcurrentHashMap<>();
    private final Map<TopicPartition, AtomicLong> longestGap = new ConcurrentHashMap<>();
    private final Map<String, AtomicLong> commits = new ConcurrentHashMap<>();
    private final AtomicLong failedSends = new AtomicLong();

    History history() {
        return history;
    }

    long now() {
        return history.now();
    }

    void add(Event event) {
        history.add(event);
    }

    /** An error that no client may be shown, whatever happens to nodes. */
    void error(String client, Throwable error) {
        String text = "%s at %.3f s: %s".formatted(client, now() / 1e9, error);
        errors.add(text);
        add(new Event.Trouble(now(), "error: " + text));
    }

    List<String> errors() {
        return List.copyOf(errors);
    }

    void acknowledged(TopicPartition partition) {
        long now = now();
        counter(acknowledged, partition).incrementAndGet();
        long before = counter(lastAckAt, partition).getAndSet(now);
        if (before > 0) {
            counter(longestGap, partition).accumulateAndGet(now - before, Math::max);
        }
    }

    void committed(String group) {
        commits.computeIfAbsent(group, g -> new AtomicLong()).incrementAndGet();
    }

    /** Acknowledged commits of a group. */
    long commits(String group) {
        return commits.computeIfAbsent(group, g -> new AtomicLong()).get();
    }

    void failedSend() {
        failedSends.incrementAndGet();
    }

    long failedSends() {
        return failedSends.get();
    }

    long acknowledgedIn(TopicPartition partition) {
        return counter(acknowledged, partition).get();
    }

    /** The longest time between two acknowledgements of a partition since this was asked last; partitions that never had any don't count. */
    Gap takeLongestGap() {
        Gap longest = new Gap(Duration.ZERO, "no partition");
        for (TopicPartition partition : lastAckAt.keySet()) {
            long sinceLast = now() - counter(lastAckAt, partition).get();
            long gap = Math.max(sinceLast, counter(longestGap, partition).getAndSet(0));
            if (gap > longest.length().toNanos()) {
                longest = new Gap(Duration.ofNanos(gap), partition.toString());
            }
        }
        return longest;
    }

    /** What a poll gave, partition by partition. */
    void polled(String consumer, String group, ConsumerRecords<?, byte[]> records) {
        long now = now();
        for (TopicPartition partition : records.partitions()) {
            add(new Event.Polled(now, consumer, group, partition.toString(), entries(records.records(partition))));
        }
    }

    static List<Event.Entry> entries(List<? extends ConsumerRecord<?, byte[]>> records) {
        var entries = new ArrayList<Event.Entry>(records.size());
        for (ConsumerRecord<?, byte[]> one : records) {
            entries.add(new Event.Entry(one.offset(), new String(one.value(), StandardCharsets.US_ASCII).trim()));
        }
        return entries;
    }

    private static AtomicLong counter(Map<TopicPartition, AtomicLong> counters, TopicPartition partition) {
        return counters.computeIfAbsent(partition, p -> new AtomicLong());
    }
}
