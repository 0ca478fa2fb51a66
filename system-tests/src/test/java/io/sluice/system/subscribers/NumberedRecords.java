/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.system.subscribers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * A topic of records that say where they are: number n of partition p has the value {@code p:n:} and some more, and stands at offset n. A patient, idempotent
 * producer on a thread of its own appends to all partitions in turn, as far as it is allowed to.
 */
final class NumberedRecords implements AutoCloseable {
    private static final Duration DELIVERY_TIMEOUT = Duration.ofMinutes(5);
    private static final Duration ACKNOWLEDGED_WITHIN = Duration.ofSeconds(90);
    private static final long IDLE_NANOS = 1_000_000;
    private static final String MORE = "x".repeat(60);

    private final String topic;
    private final int partitions;
    private final KafkaProducer<byte[], byte[]> producer;
    private final Thread thread = new Thread(this::send, "numbered-records");
    private final AtomicLong acknowledged = new AtomicLong();
    private final AtomicReference<Exception> failure = new AtomicReference<>();
    private volatile long allowed;
    private volatile long pauseNanos;
    private volatile boolean closed;

    private NumberedRecords(String bootstrap, String topic, int partitions) {
        this.topic = topic;
        this.partitions = partitions;
        Map<String, Object> config = new HashMap<>();
        config.put(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrap);
        config.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
        config.put(ProducerConfig.ACKS_CONFIG, "all");
        config.put(ProducerConfig.LINGER_MS_CONFIG, 5);
        config.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, DELIVERY_TIMEOUT.toMillis());
        config.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, (int) DELIVERY_TIMEOUT.toMillis());
        config.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, 5_000);
        config.put(ProducerConfig.RETRY_BACKOFF_MS_CONFIG, 20);
        config.put(ProducerConfig.RECONNECT_BACKOFF_MS_CONFIG, 20);
        config.put(ProducerConfig.RECONNECT_BACKOFF_MAX_MS_CONFIG, 100);
        producer = new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer());
        thread.setDaemon(true);
    }

    /** Makes the topic. Nothing is appended yet. */
    static NumberedRecords create(String bootstrap, String topic, int partitions, int replicas)
            throws ExecutionException, InterruptedException {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrap))) {
            NewTopic made = new NewTopic(topic, partitions, (short) replicas);
            if (replicas > 2) {
                made = made.configs(Map.of("min.insync.replicas", "2"));
            }
            admin.createTopics(List.of(made)).all().get();
        }
        NumberedRecords records = new NumberedRecords(bootstrap, topic, partitions);
        records.thread.start();
        return records;
    }

    /** Has so many records in all appended, as fast as that goes. */
    void allow(long count) {
        allowed = count;
    }

    /** One round of all partitions, then a pause, and so on without an end. */
    void trickle(Duration pause) {
        pauseNanos = pause.toNanos();
        allowed = Long.MAX_VALUE;
    }

    /** Stops where it is, and waits for the last answers; how many records there are then. */
    long stop() {
        closed = true;
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
        producer.flush();
        assertThat(failure.get()).as("a record that was given up").isNull();
        return acknowledged.get();
    }

    /** Waits until so many records in all were acknowledged. */
    void awaitAcknowledged(long count) {
        await("acknowledged records")
                .atMost(ACKNOWLEDGED_WITHIN)
                .pollInterval(Duration.ofMillis(5))
                .untilAsserted(() -> {
                    assertThat(failure.get()).as("a record that was given up").isNull();
                    assertThat(acknowledged.get()).isGreaterThanOrEqualTo(count);
                });
    }

    private void send() {
        long sent = 0;
        while (!closed && failure.get() == null) {
            if (sent >= allowed) {
                LockSupport.parkNanos(IDLE_NANOS);
                continue;
            }
            int partition = (int) (sent % partitions);
            byte[] value = (partition + ":" + sent / partitions + ":" + MORE).getBytes(StandardCharsets.US_ASCII);
            var unused = producer.send(new ProducerRecord<>(topic, partition, null, value), (metadata, exception) -> {
                if (exception == null) {
                    acknowledged.incrementAndGet();
                } else {
                    failure.compareAndSet(null, exception);
                }
            });
            sent++;
            if (pauseNanos > 0 && sent % partitions == 0) {
                LockSupport.parkNanos(pauseNanos);
            }
        }
    }

    @Override
    public void close() {
        closed = true;
        producer.close(Duration.ZERO);
    }
}
