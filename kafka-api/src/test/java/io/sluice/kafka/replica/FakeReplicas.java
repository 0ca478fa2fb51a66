/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.kafka.replica;

import io.sluice.actors.partition.TopicPartition;
import io.sluice.actors.replication.FetchReply;
import io.sluice.actors.replication.ReplicaKey;
import io.sluice.actors.replication.ReplicaMessage;
import io.sluice.actors.replication.ReplicaSource;
import io.sluice.kafka.testing.FakePartition;
import io.sluice.log.LogView;
import java.io.IOException;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import org.apache.kafka.common.record.internal.MemoryRecords;

/** The leaders' side: partitions that answer a fetch as soon as they have something, unless the test answers itself. */
final class FakeReplicas implements ReplicaSource, AutoCloseable {
    static final int EPOCH = 5;

    /** A fetch that has come. */
    record Asked(int from, ReplicaKey key, ReplicaMessage.Fetch fetch, FetchReply reply) {}

    /** All fetches in their order. */
    final BlockingQueue<Asked> asked = new LinkedBlockingQueue<>();

    final Map<ReplicaKey, FakePartition> logs = new ConcurrentHashMap<>();
    private final Map<ReplicaKey, Asked> parked = new ConcurrentHashMap<>();
    private final UUID topic = UUID.randomUUID();

    /** The test answers. */
    volatile boolean manual;

    ReplicaKey partition(int number) {
        ReplicaKey key = new ReplicaKey(topic, number);
        FakePartition log = new FakePartition(new TopicPartition(topic, "replicated", number));
        log.leaderEpoch = EPOCH;
        logs.put(key, log);
        return key;
    }

    ReplicaKey unknown() {
        return new ReplicaKey(topic, 99);
    }

    @Override
    public boolean fetch(int from, ReplicaKey key, ReplicaMessage.Fetch fetch, FetchReply reply) {
        if (!logs.containsKey(key)) {
            return false;
        }
        Asked one = new Asked(from, key, fetch, reply);
        asked.add(one);
        if (!manual) {
            parked.put(key, one);
            answerIfThereIsSomething(key);
        }
        return true;
    }

    void append(ReplicaKey key, MemoryRecords records) {
        logs.get(key).appendNow(records);
        answerIfThereIsSomething(key);
    }

    private void answerIfThereIsSomething(ReplicaKey key) {
        LogView view = logs.get(key).view();
        Asked one = parked.get(key);
        if (one != null && view.logEndOffset() > one.fetch().offset() && parked.remove(key, one)) {
            answer(one);
        }
    }

    /** With all that there is. */
    void answer(Asked one) {
        one.reply()
                .answer(
                        records(one.fetch(), logs.get(one.key()).view()),
                        logs.get(one.key()).view());
    }

    static ReplicaMessage.Records records(ReplicaMessage.Fetch fetch, LogView view) {
        return new ReplicaMessage.Records(
                fetch.epoch(), fetch.number(), fetch.offset(), view.highWatermark(), view.logStartOffset(), false);
    }

    int openSlices() {
        return logs.values().stream().mapToInt(log -> log.openSlices.get()).sum();
    }

    @Override
    public void close() throws IOException {
        for (FakePartition log : logs.values()) {
            log.close();
        }
    }
}
