/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.kafka.group;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.typed.ActorSystem;
import akka.actor.typed.javadsl.Behaviors;
import akka.stream.javadsl.Keep;
import akka.stream.javadsl.Sink;
import io.sluice.actors.subscription.Isolation;
import io.sluice.actors.subscription.Positions;
import io.sluice.actors.subscription.RecordFilter;
import io.sluice.actors.subscription.SlowReaderPolicy;
import io.sluice.actors.subscription.StartPosition;
import io.sluice.actors.subscription.SubscriptionControl;
import io.sluice.actors.subscription.SubscriptionEvent;
import io.sluice.actors.subscription.SubscriptionRequest;
import io.sluice.actors.subscription.TopicSelection;
import io.sluice.kafka.testing.Cluster;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Subscriptions on three nodes share a group with an ordinary Kafka consumer. */
@Tag("slow")
@Timeout(value = 4, unit = TimeUnit.MINUTES)
class GroupSubscriptionIT {
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final int PARTITIONS = 6;

    /** One that reads on a node. */
    private final class Reader {
        private final List<String> received = new CopyOnWriteArrayList<>();
        private final AtomicReference<Throwable> failure = new AtomicReference<>();
        private final SubscriptionControl control;

        Reader(int node, boolean autoCommit) {
            control = cluster.member(node)
                    .node()
                    .subscriptions()
                    .subscribe(new SubscriptionRequest(
                            List.of(TopicSelection.all("orders")),
                            new StartPosition.Group("readers", StartPosition.earliest(), autoCommit, "reader-" + node),
                            Isolation.READ_COMMITTED,
                            RecordFilter.ALL,
                            SlowReaderPolicy.PAUSE,
                            SubscriptionRequest.DEFAULT_BUFFER))
                    .toMat(Sink.foreach(this::receive), Keep.both())
                    .mapMaterializedValue(both -> {
                        both.second().whenComplete((done, cause) -> failure.set(cause));
                        return both.first();
                    })
                    .run(readers);
        }

        private void receive(SubscriptionEvent event) {
            if (event instanceof SubscriptionEvent.Records records) {
                records.records()
                        .forEach(record -> received.add(StandardCharsets.UTF_8
                                .decode(record.value().duplicate())
                                .toString()));
            }
        }

        int partitions() {
            assertThat(failure.get()).isNull();
            return control.positions().offsets().size();
        }
    }

    @TempDir
    private Path folder;

    private final ActorSystem<Void> readers = ActorSystem.create(Behaviors.empty(), "readers");
    private Cluster cluster;

    @BeforeEach
    void start() throws Exception {
        cluster = Cluster.start(folder, 3, id -> Map.of("group.initial.rebalance.delay.ms", "200"));
        cluster.topic("orders", PARTITIONS, 3);
    }

    @AfterEach
    void stop() {
        readers.terminate();
        cluster.close();
    }

    private void produce(int from, int to) throws Exception {
        try (KafkaProducer<String, String> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", cluster.bootstrap()), new StringSerializer(), new StringSerializer())) {
            List<Future<RecordMetadata>> sent = new ArrayList<>();
            for (int i = from; i < to; i++) {
                sent.add(producer.send(new ProducerRecord<>("orders", i % PARTITIONS, null, "v" + i)));
            }
            for (Future<RecordMetadata> record : sent) {
                record.get(60, TimeUnit.SECONDS);
            }
        }
    }

    private KafkaConsumer<String, String> consumer() {
        return new KafkaConsumer<>(
                Map.of(
                        "bootstrap.servers",
                        cluster.bootstrap(),
                        "group.id",
                        "readers",
                        "enable.auto.commit",
                        "false",
                        "auto.offset.reset",
                        "earliest"),
                new StringDeserializer(),
                new StringDeserializer());
    }

    private static List<String> values(int from, int to) {
        return IntStream.range(from, to).mapToObj(i -> "v" + i).toList();
    }

    private Map<TopicPartition, OffsetAndMetadata> committed() throws Exception {
        try (Admin admin = cluster.admin()) {
            return admin.listConsumerGroupOffsets("readers")
                    .partitionsToOffsetAndMetadata()
                    .get(60, TimeUnit.SECONDS);
        }
    }

    @Test
    void membersOnEveryNodeShareThePartitionsAndGoOnWhereTheGroupWas() throws Exception {
        // Given two members on two nodes: the coordinator is on one of the three
        Reader first = new Reader(1, false);
        Reader second = new Reader(2, false);
        Awaitility.await().atMost(SOON).untilAsserted(() -> {
            assertThat(first.partitions()).isEqualTo(PARTITIONS / 2);
            assertThat(second.partitions()).isEqualTo(PARTITIONS / 2);
        });

        // When
        produce(0, 60);
        Awaitility.await().atMost(SOON).untilAsserted(() -> {
            List<String> all = new ArrayList<>(first.received);
            all.addAll(second.received);
            assertThat(all).containsExactlyInAnyOrderElementsOf(values(0, 60));
        });
        assertThat(first.control.commit(second.control.positions()).toCompletableFuture())
                .as("the partitions of another member")
                .failsWithin(SOON)
                .withThrowableThat()
                .withMessageContaining("is not this member's");
        for (Reader reader : List.of(first, second)) {
            reader.control
                    .commit(reader.control.positions())
                    .toCompletableFuture()
                    .get(60, TimeUnit.SECONDS);
        }
        first.control.stop();
        produce(60, 120);

        // Then the one that is left has what came since
        Awaitility.await().atMost(SOON).untilAsserted(() -> {
            assertThat(second.partitions()).isEqualTo(PARTITIONS);
            List<String> all = new ArrayList<>(first.received);
            all.addAll(second.received);
            assertThat(all).containsExactlyInAnyOrderElementsOf(values(0, 120));
        });
        assertThat(committed()).hasSize(PARTITIONS);
    }

    @Test
    void anOrdinaryConsumerIsAMemberLikeThem() throws Exception {
        // Given
        Reader reader = new Reader(3, false);
        Awaitility.await().atMost(SOON).untilAsserted(() -> assertThat(reader.partitions())
                .isEqualTo(PARTITIONS));
        List<String> received = new CopyOnWriteArrayList<>();

        // When
        try (KafkaConsumer<String, String> consumer = consumer()) {
            consumer.subscribe(Set.of("orders"));
            Awaitility.await().atMost(SOON).untilAsserted(() -> {
                consumer.poll(Duration.ofMillis(100)).forEach(record -> received.add(record.value()));
                assertThat(consumer.assignment()).hasSize(PARTITIONS / 2);
                assertThat(reader.partitions()).isEqualTo(PARTITIONS / 2);
            });
            produce(0, 60);

            // Then
            Awaitility.await().atMost(SOON).untilAsserted(() -> {
                consumer.poll(Duration.ofMillis(100)).forEach(record -> received.add(record.value()));
                List<String> all = new ArrayList<>(reader.received);
                all.addAll(received);
                assertThat(all).containsExactlyInAnyOrderElementsOf(values(0, 60));
            });
            assertThat(received).hasSize(30);
            consumer.commitSync();
        }

        // And when it has left, its partitions come back
        Awaitility.await().atMost(SOON).untilAsserted(() -> assertThat(reader.partitions())
                .isEqualTo(PARTITIONS));
    }

    @Test
    void whatWasDeliveredIsCommittedIfThatWasChosen() throws Exception {
        // Given
        produce(0, 60);
        Reader reader = new Reader(1, true);
        Awaitility.await().atMost(SOON).untilAsserted(() -> assertThat(reader.received)
                .hasSize(60));

        // When
        reader.control.stop();

        // Then
        Awaitility.await().atMost(SOON).untilAsserted(() -> assertThat(
                        committed().values())
                .hasSize(PARTITIONS)
                .allSatisfy(offset -> assertThat(offset.offset()).isEqualTo(10)));
        Positions end = reader.control.positions();
        assertThat(end.offsets().values())
                .allSatisfy(offset -> assertThat(offset).isEqualTo(10L));
    }
}
