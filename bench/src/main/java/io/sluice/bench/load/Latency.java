/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.bench.load;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Latency in steps of a microsecond (Kafka's own tools round to whole milliseconds). Two ways, both with a first part that
 * is not counted:
 *
 * <pre>
 * e2e   BOOTSTRAP TOPIC N WARMUP SIZE ACKS       one record at a time: send, wait for the ack, poll until it is read
 * paced BOOTSTRAP TOPIC N WARMUP SIZE ACKS RATE  open loop at RATE a second; from the planned time of sending to the ack
 * </pre>
 */
public final class Latency {
    private static final Duration POLL = Duration.ofSeconds(10);

    private final String bootstrap;
    private final String topic;
    private final byte[] value;
    /** Nanoseconds of each record, in the order of sending. */
    private final long[] latencies;

    private Latency(String bootstrap, String topic, int records, int size) {
        this.bootstrap = bootstrap;
        this.topic = topic;
        this.latencies = new long[records];
        this.value = new byte[size];
        var random = new Random(0);
        for (int i = 0; i < size; i++) {
            value[i] = (byte) ('A' + random.nextInt(26));
        }
    }

    /** Entry point. */
    public static void main(String[] args) throws Exception {
        int counted = Integer.parseInt(args[3]);
        int warmUp = Integer.parseInt(args[4]);
        var latency = new Latency(args[1], args[2], counted + warmUp, Integer.parseInt(args[5]));
        Map<String, Object> config = Map.of("bootstrap.servers", args[1], "acks", args[6], "linger.ms", 0);
        double seconds;
        try (var producer = new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer())) {
            producer.partitionsFor(latency.topic);
            seconds = switch (args[0]) {
                case "e2e" -> latency.endToEnd(producer);
                case "paced" -> latency.paced(producer, Integer.parseInt(args[7]));
                default -> throw new IllegalArgumentException("unknown way " + args[0]);
            };
        }
        latency.print(warmUp, seconds);
    }

    private double endToEnd(KafkaProducer<byte[], byte[]> producer) throws InterruptedException, ExecutionException {
        Map<String, Object> config = Map.of(
                "bootstrap.servers",
                bootstrap,
                "fetch.max.wait.ms",
                0, // as Kafka's EndToEndLatency does
                "auto.offset.reset",
                "latest");
        try (var consumer = new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            var partition = new TopicPartition(topic, 0);
            consumer.assign(List.of(partition));
            consumer.seekToEnd(List.of(partition));
            consumer.position(partition);
            long begin = System.nanoTime();
            for (int i = 0; i < latencies.length; i++) {
                long sent = System.nanoTime();
                producer.send(new ProducerRecord<>(topic, value)).get();
                int got = 0;
                while (got == 0) {
                    got = consumer.poll(POLL).count();
                }
                if (got != 1) {
                    throw new IllegalStateException("read " + got + " records for one sent");
                }
                latencies[i] = System.nanoTime() - sent;
            }
            return (System.nanoTime() - begin) / 1e9;
        }
    }

    private double paced(KafkaProducer<byte[], byte[]> producer, int perSecond) throws Exception {
        long step = 1_000_000_000L / perSecond;
        var failure = new AtomicReference<Exception>();
        long begin = System.nanoTime();
        for (int i = 0; i < latencies.length; i++) {
            int record = i;
            long due = begin + i * step;
            for (long early = due - System.nanoTime(); early > 0; early = due - System.nanoTime()) {
                LockSupport.parkNanos(early);
            }
            var unused = producer.send(new ProducerRecord<>(topic, value), (metadata, exception) -> {
                latencies[record] = System.nanoTime() - due;
                if (exception != null) {
                    failure.set(exception);
                }
            });
        }
        producer.flush();
        if (failure.get() != null) {
            throw failure.get();
        }
        return (System.nanoTime() - begin) / 1e9;
    }

    private void print(int warmUp, double seconds) {
        long[] sorted = Arrays.copyOfRange(latencies, warmUp, latencies.length);
        Arrays.sort(sorted);
        System.out.printf(
                Locale.ROOT,
                "LAT avg=%.3f p50=%.3f p95=%.3f p99=%.3f p999=%.3f max=%.3f rate=%.1f%n",
                Arrays.stream(sorted).average().orElse(0) / 1e6,
                quantileMs(sorted, 0.5),
                quantileMs(sorted, 0.95),
                quantileMs(sorted, 0.99),
                quantileMs(sorted, 0.999),
                sorted[sorted.length - 1] / 1e6,
                latencies.length / seconds);
    }

    private static double quantileMs(long[] sorted, double quantile) {
        return sorted[Math.min(sorted.length - 1, (int) (sorted.length * quantile))] / 1e6;
    }
}
