/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.kafka.fetch;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.kafka.testing.Cluster;
import io.sluice.kafka.testing.Cluster.Member;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Kafka's own consumer on three nodes, each in its own rack (KIP-392). */
@Tag("slow")
@Timeout(value = 4, unit = TimeUnit.MINUTES)
class ClosestReplicaIT {
    private static final String TOPIC = "orders";
    private static final TopicPartition PARTITION = new TopicPartition(TOPIC, 0);
    private static final int VALUE_BYTES = 1_000;
    private static final int FIRST = 2_000;
    private static final int LIVE = 20;
    private static final int AFTER = 500;

    @TempDir
    private Path folder;

    private Cluster cluster;
    private Member leader;
    private Member follower;
    private KafkaProducer<byte[], byte[]> producer;
    private int produced;

    @BeforeEach
    void start() throws Exception {
        cluster = Cluster.start(folder, 3, id -> Map.of("broker.rack", "rack-" + id));
        leader = cluster.member(
                cluster.topic(TOPIC, 1, 3).partitions().get(0).leader().id());
        follower = cluster.otherThan(leader.id());
        producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", cluster.bootstrap(), "linger.ms", 5),
                new ByteArraySerializer(),
                new ByteArraySerializer());
    }

    @AfterEach
    void stop() throws Exception {
        if (producer != null) {
            producer.close(Duration.ZERO);
        }
        if (cluster != null) {
            cluster.close();
        }
    }

    private void produce(int count) throws Exception {
        List<Future<RecordMetadata>> sent = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            byte[] value = new byte[VALUE_BYTES];
            java.nio.ByteBuffer.wrap(value).putInt(produced++);
            sent.add(producer.send(new ProducerRecord<>(TOPIC, 0, null, value)));
        }
        for (Future<RecordMetadata> one : sent) {
            one.get();
        }
    }

    private KafkaConsumer<byte[], byte[]> consumer(String rack) {
        KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                new HashMap<>(Map.of(
                        "bootstrap.servers",
                        cluster.bootstrap(),
                        "client.rack",
                        rack,
                        "auto.offset.reset",
                        "none",
                        "enable.auto.commit",
                        "false")),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
        consumer.assign(List.of(PARTITION));
        consumer.seek(PARTITION, 0);
        return consumer;
    }

    private static void readUpTo(KafkaConsumer<byte[], byte[]> consumer, List<Integer> read, int count) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (read.size() < count && System.nanoTime() < end) {
            for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(100))) {
                read.add(java.nio.ByteBuffer.wrap(record.value()).getInt());
            }
        }
    }

    private static double preferredReplica(KafkaConsumer<byte[], byte[]> consumer) {
        return consumer.metrics().entrySet().stream()
                .filter(metric -> metric.getKey().name().equals("preferred-read-replica"))
                .mapToDouble(metric -> (Integer) metric.getValue().metricValue())
                .findFirst()
                .orElse(Double.NaN);
    }

    private List<Integer> all() {
        return IntStream.range(0, produced).boxed().toList();
    }

    @Test
    void theFollowerInTheRackServesAndTheLeaderWhenThatOneIsGone() throws Exception {
        // Given
        produce(FIRST);
        List<Integer> read = new ArrayList<>();
        try (KafkaConsumer<byte[], byte[]> consumer = consumer("rack-" + follower.id())) {
            // When it reads what is there
            readUpTo(consumer, read, FIRST);

            // Then the follower has served it
            assertThat(read).isEqualTo(all());
            assertThat(preferredReplica(consumer)).isEqualTo(follower.id());
            assertThat(leader.metric("sluice.kafka.fetch.redirects")).isEqualTo(1);
            assertThat(follower.metric("sluice.kafka.fetch.follower.bytes")).isGreaterThan(FIRST * VALUE_BYTES);

            // When records come one by one
            List<Long> tookMs = new ArrayList<>();
            for (int i = 0; i < LIVE; i++) {
                long begin = System.nanoTime();
                produce(1);
                readUpTo(consumer, read, produced);
                tookMs.add(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begin));
            }

            // Then they come soon, most of them: the machine may be busy for a moment
            Collections.sort(tookMs);
            System.out.println("records through the follower took, in ms: " + tookMs);
            assertThat(read).isEqualTo(all());
            assertThat(tookMs.get(LIVE / 2)).isLessThan(1_000);
            assertThat(preferredReplica(consumer)).isEqualTo(follower.id());

            // When the follower goes away
            follower.stop();
            produce(AFTER);
            readUpTo(consumer, read, produced);

            // Then the leader serves, without loss or doubling
            assertThat(read).isEqualTo(all());
            assertThat(preferredReplica(consumer)).isNotEqualTo(follower.id());
        }
    }

    @Test
    void aConsumerMovesOnWhenItsFollowerBecomesTheLeader() throws Exception {
        // Given a consumer at the follower
        produce(FIRST);
        List<Integer> read = new ArrayList<>();
        try (KafkaConsumer<byte[], byte[]> consumer = consumer("rack-" + follower.id())) {
            readUpTo(consumer, read, FIRST);
            assertThat(preferredReplica(consumer)).isEqualTo(follower.id());

            // When the leader goes away: one of the two others leads
            leader.stop();
            produce(AFTER);
            readUpTo(consumer, read, produced);

            // Then
            assertThat(read).isEqualTo(all());
        }
    }

    @Test
    void aConsumerOfNoRackReadsFromTheLeader() throws Exception {
        produce(FIRST);
        List<Integer> read = new ArrayList<>();
        try (KafkaConsumer<byte[], byte[]> consumer = consumer("")) {
            readUpTo(consumer, read, FIRST);
        }
        assertThat(read).isEqualTo(all());
        assertThat(leader.metric("sluice.kafka.fetch.redirects")).isZero();
        for (Member member : cluster.members()) {
            assertThat(member.metric("sluice.kafka.fetch.follower.bytes")).isZero();
        }
    }
}
