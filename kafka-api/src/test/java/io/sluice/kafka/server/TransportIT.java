/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.kafka.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.netty.channel.epoll.Epoll;
import io.sluice.cluster.NodeOptions;
import io.sluice.cluster.SluiceNode;
import io.sluice.cluster.config.BrokerSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A listener serves the same with epoll and without. */
@Timeout(value = 90, unit = TimeUnit.SECONDS)
class TransportIT {
    private static final TopicPartition ORDERS = new TopicPartition("orders", 0);
    private static final int RECORDS = 200;

    @TempDir
    Path data;

    @ParameterizedTest
    @EnumSource(Transport.class)
    void whatIsProducedIsFetched(Transport transport) throws Exception {
        Assumptions.assumeTrue(transport == Transport.NIO || Epoll.isAvailable(), "epoll is Linux' only");
        SluiceNode node = SluiceNode.start(NodeOptions.of(BrokerSettings.parse(Map.of()), data))
                .toCompletableFuture()
                .get(60, TimeUnit.SECONDS);
        SimpleMeterRegistry meters = new SimpleMeterRegistry();
        KafkaListener listener = KafkaListener.start(
                node, ListenerOptions.of("127.0.0.1", 0, meters).withTransport(transport));
        String bootstrap = "127.0.0.1:" + listener.address().getPort();
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrap))) {
            // Given
            admin.createTopics(List.of(new NewTopic(ORDERS.topic(), 1, (short) 1)))
                    .all()
                    .get(30, TimeUnit.SECONDS);
            List<byte[]> sent = values();

            // When
            produce(bootstrap, sent);
            List<byte[]> read = read(bootstrap);

            // Then
            assertThat(read).usingElementComparator(java.util.Arrays::compare).isEqualTo(sent);
        }
        Awaitility.await().untilAsserted(() -> assertThat(
                        meters.get("sluice.kafka.connections").gauge().value())
                .as("connections that clients have closed")
                .isZero());
        listener.close();
        node.stop().toCompletableFuture().get(60, TimeUnit.SECONDS);
    }

    /** Small ones, and some that take many writes of a socket. */
    private static List<byte[]> values() {
        Random random = new Random(7);
        List<byte[]> values = new ArrayList<>();
        for (int i = 0; i < RECORDS; i++) {
            byte[] value = new byte[i % 20 == 0 ? 900_000 : random.nextInt(1_000)];
            random.nextBytes(value);
            values.add(value);
        }
        return values;
    }

    private static void produce(String bootstrap, List<byte[]> values) throws Exception {
        try (var producer = new KafkaProducer<>(
                Map.<String, Object>of("bootstrap.servers", bootstrap, "linger.ms", 5),
                new ByteArraySerializer(),
                new ByteArraySerializer())) {
            List<Future<RecordMetadata>> acks = new ArrayList<>();
            for (byte[] value : values) {
                acks.add(producer.send(new ProducerRecord<>(ORDERS.topic(), value)));
            }
            for (Future<RecordMetadata> ack : acks) {
                ack.get(30, TimeUnit.SECONDS);
            }
        }
    }

    private static List<byte[]> read(String bootstrap) {
        List<byte[]> values = new ArrayList<>();
        try (var consumer = new KafkaConsumer<>(
                Map.<String, Object>of("bootstrap.servers", bootstrap, "auto.offset.reset", "earliest"),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer())) {
            consumer.assign(List.of(ORDERS));
            while (values.size() < RECORDS) {
                var records = consumer.poll(Duration.ofSeconds(20));
                assertThat(records)
                        .as("records after the first %s", values.size())
                        .isNotEmpty();
                records.forEach(record -> values.add(record.value()));
            }
        }
        return values;
    }
}
