/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.system.workload;

import io.sluice.system.checker.Event;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Random;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * A member of a group that reads and commits; now and then it leaves, and a new one comes. What it does not get done because a coordinator is
 * away it does later: only what it is told counts.
 */
final class RecordingMember extends Client {
    private static final Duration COMMIT_WITHIN = Duration.ofSeconds(3);
    private static final Duration COMMIT_EVERY = Duration.ofMillis(200);
    private static final int LEAVES_ONE_IN = 60;

    private final String name;
    private final String group;
    private final Class<?> assignor;
    private final Workload.Options options;
    private final Recorder recorder;
    private final Random random;
    private int life;
    private String self;

    /** Of the partitions that it has now: what it reads next. */
    private final Map<TopicPartition, Long> positions = new HashMap<>();

    RecordingMember(
            String name, String group, Class<?> assignor, Workload.Options options, Recorder recorder, long seed) {
        super(name);
        this.name = name;
        this.group = group;
        this.assignor = assignor;
        this.options = options;
        this.recorder = recorder;
        this.random = new Random(seed);
    }

    @Override
    void run() {
        while (!isStopping()) {
            self = name + "." + life++;
            positions.clear();
            try (var consumer = consumer()) {
                consumer.subscribe(options.topics(), new Assignments(consumer));
                read(consumer);
            } catch (KafkaException e) {
                // It may have asked for its position while the coordinator was away; a new life asks again.
                recorder.add(new Event.Trouble(recorder.now(), self + " ends: " + e + ", for " + e.getCause()));
                boolean away = e instanceof TimeoutException || e.getCause() instanceof TimeoutException;
                if (!away && !isStopping()) {
                    recorder.error(self, e);
                }
            }
        }
    }

    private void read(KafkaConsumer<byte[], byte[]> consumer) {
        long committedAt = recorder.now();
        boolean leaving = false;
        while (!isStopping() && !leaving) {
            ConsumerRecords<byte[], byte[]> records = consumer.poll(Duration.ofMillis(100));
            recorder.polled(self, group, records);
            records.forEach(one -> positions.put(new TopicPartition(one.topic(), one.partition()), one.offset() + 1));
            if (recorder.now() - committedAt > COMMIT_EVERY.toNanos()) {
                commit(consumer);
                committedAt = recorder.now();
                leaving = random.nextInt(LEAVES_ONE_IN) == 0;
            }
        }
    }

    private void commit(KafkaConsumer<byte[], byte[]> consumer) {
        if (positions.isEmpty()) {
            return;
        }
        var offsets = new HashMap<TopicPartition, OffsetAndMetadata>();
        positions.forEach((partition, position) -> offsets.put(partition, new OffsetAndMetadata(position)));
        long from = recorder.now();
        boolean acknowledged = false;
        try {
            consumer.commitSync(offsets, COMMIT_WITHIN);
            acknowledged = true;
            recorder.committed(group);
        } catch (KafkaException e) {
            // A rebalance came in between, or the coordinator is away: it counts or not.
            recorder.add(new Event.Trouble(recorder.now(), self + " did not commit: " + e));
        }
        long at = recorder.now();
        for (Map.Entry<TopicPartition, OffsetAndMetadata> one : offsets.entrySet()) {
            recorder.add(new Event.Committed(
                    from,
                    at,
                    self,
                    group,
                    one.getKey().toString(),
                    one.getValue().offset(),
                    acknowledged));
        }
    }

    private KafkaConsumer<byte[], byte[]> consumer() {
        return new KafkaConsumer<>(
                Map.<String, Object>of(
                        "bootstrap.servers",
                        options.bootstrap(),
                        "client.id",
                        self,
                        "group.id",
                        group,
                        "enable.auto.commit",
                        false,
                        "auto.offset.reset",
                        "earliest",
                        "session.timeout.ms",
                        6_000,
                        "heartbeat.interval.ms",
                        500,
                        "default.api.timeout.ms",
                        10_000,
                        "partition.assignment.strategy",
                        assignor.getName()),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
    }

    private final class Assignments implements ConsumerRebalanceListener {
        private final KafkaConsumer<byte[], byte[]> consumer;

        Assignments(KafkaConsumer<byte[], byte[]> consumer) {
            this.consumer = consumer;
        }

        @Override
        public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
            long from = recorder.now();
            var committed = consumer.committed(new HashSet<>(partitions));
            long at = recorder.now();
            for (TopicPartition partition : partitions) {
                OffsetAndMetadata offset = committed.get(partition);
                recorder.add(new Event.CommitRead(
                        from, at, self, group, partition.toString(), offset == null ? -1 : offset.offset()));
            }
            for (TopicPartition partition : partitions) {
                long position = consumer.position(partition);
                positions.put(partition, position);
                recorder.add(new Event.Positioned(recorder.now(), self, group, partition.toString(), position));
            }
        }

        @Override
        public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
            partitions.forEach(positions::remove);
        }
    }
}
