/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.system.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.system.cluster.Clusters;
import io.sluice.system.cluster.TestCluster;
import io.sluice.system.cluster.TestNode;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A consumer that reads from the follower in its rack, which is killed: it goes on at the leader. */
@Tag("process")
@Tag("slow")
@Timeout(180)
class RacksIT {
    private static final TopicPartition ORDERS = new TopicPartition("orders", 0);
    private static final int RECORDS = 3_000;
    private static final int VALUE_BYTES = 500;
    private static final Duration READ_WITHIN = Duration.ofSeconds(60);

    @RegisterExtension
    final Clusters clusters = new Clusters();

    private int produced;

    @Test
    void theFollowerThatServesAConsumerIsKilled() throws Exception {
        // Given
        TestCluster cluster = clusters.start(3, builder -> builder.setEach("broker.rack", id -> "rack-" + id));
        TestNode leader;
        try (Admin admin = cluster.admin()) {
            admin.createTopics(List.of(new NewTopic(ORDERS.topic(), 1, (short) 3)))
                    .all()
                    .get();
            leader = cluster.node(admin.describeTopics(List.of(ORDERS.topic()))
                    .allTopicNames()
                    .get()
                    .get(ORDERS.topic())
                    .partitions()
                    .get(0)
                    .leader()
                    .id());
        }
        TestNode follower = cluster.nodes().stream()
                .filter(node -> node != leader)
                .findFirst()
                .orElseThrow();
        List<Integer> read = new ArrayList<>();
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                        Map.of("bootstrap.servers", cluster.bootstrap(), "linger.ms", 5),
                        new ByteArraySerializer(),
                        new ByteArraySerializer());
                KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                        Map.of(
                                "bootstrap.servers",
                                cluster.bootstrap(),
                                "client.rack",
                                "rack-" + follower.id(),
                                "auto.offset.reset",
                                "none"),
                        new ByteArrayDeserializer(),
                        new ByteArrayDeserializer())) {
            consumer.assign(List.of(ORDERS));
            consumer.seek(ORDERS, 0);
            produce(producer);
            readAll(consumer, read);
            assertThat(bytesFrom(consumer, follower)).isGreaterThan(RECORDS * VALUE_BYTES);
            assertThat(bytesFrom(consumer, leader)).isLessThan(RECORDS * VALUE_BYTES / 10);
            Awaitility.await("the follower has counted it")
                    .untilAsserted(() -> assertThat(follower.metric("sluice_kafka_fetch_follower_bytes_total"))
                            .isGreaterThan(RECORDS * VALUE_BYTES));

            // When
            follower.kill();
            produce(producer);
            readAll(consumer, read);

            // Then
            assertThat(bytesFrom(consumer, leader)).isGreaterThan(RECORDS * VALUE_BYTES);

            // When it is back
            follower.start();
            produce(producer);
            readAll(consumer, read);
        }
        cluster.awaitSameLogs(ORDERS.topic());
    }

    private void produce(KafkaProducer<byte[], byte[]> producer) throws Exception {
        List<Future<RecordMetadata>> sent = new ArrayList<>();
        for (int i = 0; i < RECORDS; i++) {
            byte[] value = new byte[VALUE_BYTES];
            ByteBuffer.wrap(value).putInt(produced++);
            sent.add(producer.send(new ProducerRecord<>(ORDERS.topic(), ORDERS.partition(), null, value)));
        }
        for (Future<RecordMetadata> one : sent) {
            one.get();
        }
    }

    /** Each record once, in order. */
    private void readAll(KafkaConsumer<byte[], byte[]> consumer, List<Integer> read) {
        Awaitility.await("all is read").pollInSameThread().atMost(READ_WITHIN).until(() -> {
            for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(100))) {
                read.add(ByteBuffer.wrap(record.value()).getInt());
            }
            return read.size() >= produced;
        });
        assertThat(read).isEqualTo(IntStream.range(0, produced).boxed().toList());
    }

    private static double bytesFrom(KafkaConsumer<byte[], byte[]> consumer, TestNode node) {
        return consumer.metrics().entrySet().stream()
                .filter(metric -> metric.getKey().name().equals("incoming-byte-total")
                        && ("node-" + node.id()).equals(metric.getKey().tags().get("node-id")))
                .mapToDouble(metric -> (Double) metric.getValue().metricValue())
                .sum();
    }
}
