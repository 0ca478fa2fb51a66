/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.kafka.fetch;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.typed.ActorSystem;
import akka.actor.typed.javadsl.Behaviors;
import akka.stream.javadsl.Keep;
import akka.stream.javadsl.Sink;
import io.sluice.actors.subscription.Positions;
import io.sluice.actors.subscription.StartPosition;
import io.sluice.actors.subscription.SubscriptionControl;
import io.sluice.actors.subscription.SubscriptionEvent;
import io.sluice.actors.subscription.SubscriptionRequest;
import io.sluice.cluster.metadata.MetadataImage.PartitionInfo;
import io.sluice.cluster.metadata.MetadataImage.TopicInfo;
import io.sluice.kafka.testing.Cluster;
import io.sluice.kafka.testing.Cluster.Member;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.StringSerializer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A subscription on a node that has no replica of what it reads. */
@Tag("slow")
@Timeout(value = 4, unit = TimeUnit.MINUTES)
class RemoteSubscriptionIT {
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final int ROUND = 500;

    @TempDir
    private Path folder;

    private final ActorSystem<Void> subscriber = ActorSystem.create(Behaviors.empty(), "subscriber");
    private final Map<Integer, List<String>> received = new ConcurrentHashMap<>();
    private final AtomicReference<Throwable> failure = new AtomicReference<>();
    private Cluster cluster;

    @AfterEach
    void stop() {
        subscriber.terminate();
        if (cluster != null) {
            cluster.close();
        }
    }

    private SubscriptionControl subscribe(Member member, StartPosition from) {
        return member.node()
                .subscriptions()
                .subscribe(SubscriptionRequest.of(from, "orders"))
                .toMat(Sink.foreach(this::receive), Keep.both())
                .mapMaterializedValue(both -> {
                    both.second().whenComplete((done, cause) -> failure.set(cause));
                    return both.first();
                })
                .run(subscriber);
    }

    private void receive(SubscriptionEvent event) {
        if (event instanceof SubscriptionEvent.Records records) {
            records.records().forEach(record -> received.computeIfAbsent(
                            records.partition(), partition -> new CopyOnWriteArrayList<>())
                    .add(StandardCharsets.UTF_8
                            .decode(record.value().duplicate())
                            .toString()));
        }
    }

    private static void produce(KafkaProducer<String, String> producer, int partitions, int from, int to)
            throws Exception {
        List<Future<RecordMetadata>> sent = new ArrayList<>();
        for (int i = from; i < to; i++) {
            for (int partition = 0; partition < partitions; partition++) {
                sent.add(producer.send(new ProducerRecord<>("orders", partition, null, "v" + i)));
            }
        }
        for (Future<RecordMetadata> record : sent) {
            record.get(60, TimeUnit.SECONDS);
        }
    }

    private KafkaProducer<String, String> producer() {
        return new KafkaProducer<>(
                Map.of("bootstrap.servers", cluster.bootstrap(), "linger.ms", 2, "acks", "all"),
                new StringSerializer(),
                new StringSerializer());
    }

    private void assertReceived(int partitions, int count) {
        List<String> all = IntStream.range(0, count).mapToObj(i -> "v" + i).toList();
        Awaitility.await().atMost(SOON).untilAsserted(() -> {
            assertThat(failure.get()).as("the stream ended").isNull();
            for (int partition = 0; partition < partitions; partition++) {
                assertThat(received.getOrDefault(partition, List.of()))
                        .as("partition %s", partition)
                        .containsExactlyElementsOf(all);
            }
        });
    }

    private TopicInfo orders() {
        return cluster.otherThan().node().metadata().topic("orders").orElseThrow();
    }

    @Test
    void everyRecordComesOnceThoughTheLeaderElsewhereStopsAndComesBack() throws Exception {
        // Given one partition with replicas on three of four nodes, and a subscription on the fourth
        cluster = Cluster.start(folder, 4, id -> Map.of());
        cluster.topic("orders", 1, 3);
        PartitionInfo partition = orders().partitions().get(0);
        Member here = cluster.members().stream()
                .filter(member -> !partition.isOn(member.id()))
                .findFirst()
                .orElseThrow();
        SubscriptionControl control = subscribe(here, StartPosition.earliest());
        int produced = 0;

        // When its leader stops while records come, twice
        try (KafkaProducer<String, String> producer = producer()) {
            for (int round = 0; round < 2; round++) {
                produce(producer, 1, produced, produced + ROUND);
                Member leader =
                        cluster.member(here.node().leadership(orders().id(), 0).brokerId());
                leader.stop();
                produce(producer, 1, produced + ROUND, produced + 2 * ROUND);
                leader.start();
                produced += 2 * ROUND;
            }
        }

        // Then
        assertReceived(1, produced);
        assertThat(control.positions()).isEqualTo(Positions.of("orders", 0, produced));
        assertThat(here.metric("sluice.remote.bytes")).isPositive();
    }

    @Test
    void aSubscriptionReadsPartitionsThatAreLedAnywhere() throws Exception {
        // Given partitions with one replica each, all over three nodes
        cluster = Cluster.start(folder, 3, id -> Map.of());
        cluster.topic("orders", 6, 1);
        subscribe(cluster.member(2), StartPosition.earliest());
        long elsewhere = orders().partitions().stream().filter(p -> !p.isOn(2)).count();
        assertThat(elsewhere).isPositive();

        // When
        try (KafkaProducer<String, String> producer = producer()) {
            produce(producer, 6, 0, ROUND);
        }

        // Then
        assertReceived(6, ROUND);
        assertThat(cluster.member(2).metric("sluice.remote.bytes")).isPositive();
        Awaitility.await().untilAsserted(() -> assertThat(cluster.member(2).metric("sluice.remote.waiting"))
                .isEqualTo((double) elsewhere));

        // And another one of the same node begins at a time, and where the first one is
        Positions now = Positions.parse("orders:0=500,1=500,2=500,3=500,4=500,5=500");
        SubscriptionControl time = subscribe(cluster.member(2), new StartPosition.Timestamp(Long.MAX_VALUE));
        assertThat(time.started().toCompletableFuture().get(60, TimeUnit.SECONDS))
                .isEqualTo(now);
    }
}
