/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.system.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * An idempotent producer on a thread of its own that writes 0, 1, 2 .. into each partition of a topic, whatever happens to
 * the broker, and remembers at which offset each number was acknowledged.
 */
final class NumberedProducer implements AutoCloseable {
    private static final int RECORDS_A_MILLISECOND = 10;
    private static final Duration DELIVERY_TIMEOUT = Duration.ofMinutes(3);

    private final String bootstrap;
    private final String topic;
    private final int partitions;
    private final KafkaProducer<byte[], byte[]> producer;
    private final AtomicBoolean stopping = new AtomicBoolean();
    private final AtomicLong acknowledged = new AtomicLong();
    private final AtomicReference<Exception> failure = new AtomicReference<>();
    /** Index: partition; value: the acknowledged offset of each number. Written by the producer's callback thread. */
    private final List<List<Long>> offsets = new ArrayList<>();

    private final Thread thread = new Thread(this::send, "numbered-producer");
    private int sentToEach;

    NumberedProducer(String bootstrap, String topic, int partitions) {
        this.bootstrap = bootstrap;
        this.topic = topic;
        this.partitions = partitions;
        for (int p = 0; p < partitions; p++) {
            offsets.add(new ArrayList<>());
        }
        Map<String, Object> config = new HashMap<>();
        config.put(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrap);
        config.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
        config.put(ProducerConfig.ACKS_CONFIG, "all");
        config.put(ProducerConfig.LINGER_MS_CONFIG, 2);
        config.put(ProducerConfig.BATCH_SIZE_CONFIG, 4096);
        config.put(ProducerConfig.BUFFER_MEMORY_CONFIG, 2 * 1024 * 1024);
        config.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, DELIVERY_TIMEOUT.toMillis());
        config.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, (int) DELIVERY_TIMEOUT.toMillis());
        config.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, 5_000);
        config.put(ProducerConfig.RETRY_BACKOFF_MS_CONFIG, 20);
        config.put(ProducerConfig.RECONNECT_BACKOFF_MS_CONFIG, 20);
        config.put(ProducerConfig.RECONNECT_BACKOFF_MAX_MS_CONFIG, 100);
        producer = new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer());
    }

    void start() {
        thread.start();
    }

    /** Records acknowledged so far. */
    long acknowledged() {
        return acknowledged.get();
    }

    /** Why a record was given up, if one was. */
    Exception failure() {
        return failure.get();
    }

    /** Ends sending and waits until everything sent is acknowledged. */
    void finish() throws InterruptedException {
        stopping.set(true);
        thread.join();
        producer.flush();
        assertThat(failure.get()).as("a record that was given up").isNull();
        assertThat(acknowledged.get()).as("acknowledged").isEqualTo((long) sentToEach * partitions);
    }

    /** Reads the topic: each number must be there exactly once, in order, at the offset that was acknowledged. */
    void verify() {
        Map<String, Object> config = Map.of(
                ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                bootstrap,
                ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
                "earliest",
                ConsumerConfig.CHECK_CRCS_CONFIG,
                true);
        try (var consumer = new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            for (int p = 0; p < partitions; p++) {
                verify(consumer, new TopicPartition(topic, p));
            }
        }
    }

    private void verify(KafkaConsumer<byte[], byte[]> consumer, TopicPartition partition) {
        consumer.assign(List.of(partition));
        long end = consumer.endOffsets(List.of(partition)).get(partition);
        assertThat(end)
                .as("end of %s: each number once, nothing else", partition)
                .isEqualTo(sentToEach);
        List<Long> acks = offsets.get(partition.partition());
        int expected = 0;
        while (expected < sentToEach) {
            for (ConsumerRecord<byte[], byte[]> r :
                    consumer.poll(Duration.ofSeconds(10)).records(partition)) {
                int number = Integer.parseInt(new String(r.value(), StandardCharsets.US_ASCII).trim());
                assertThat(number)
                        .as("number at offset %d of %s", r.offset(), partition)
                        .isEqualTo(expected);
                Long acked = acks.get(number);
                if (acked >= 0) { // a duplicate's answer may not know its offset any more (-1)
                    assertThat(r.offset())
                            .as("offset of number %d of %s", number, partition)
                            .isEqualTo(acked);
                }
                expected++;
            }
        }
    }

    private void send() {
        byte[] filler = " ".repeat(90).getBytes(StandardCharsets.US_ASCII);
        while (!stopping.get() && failure.get() == null) {
            for (int i = 0; i < RECORDS_A_MILLISECOND; i++) {
                int number = sentToEach++;
                byte[] digits = Integer.toString(number).getBytes(StandardCharsets.US_ASCII);
                byte[] value = filler.clone();
                System.arraycopy(digits, 0, value, 0, digits.length);
                for (int p = 0; p < partitions; p++) {
                    sendOne(p, number, value);
                }
            }
            LockSupport.parkNanos(1_000_000L);
        }
    }

    private void sendOne(int partition, int number, byte[] value) {
        var unused = producer.send(new ProducerRecord<>(topic, partition, null, value), (metadata, exception) -> {
            if (exception != null) {
                failure.compareAndSet(null, exception);
                return;
            }
            List<Long> acks = offsets.get(partition);
            if (acks.size() != number) {
                failure.compareAndSet(
                        null,
                        new IllegalStateException("partition %d: number %d acknowledged as the %dth"
                                .formatted(partition, number, acks.size())));
            }
            acks.add(metadata.offset());
            acknowledged.incrementAndGet();
        });
    }

    @Override
    public void close() {
        stopping.set(true);
        producer.close(Duration.ZERO);
    }
}
