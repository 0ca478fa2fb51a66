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
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.StringSerializer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A subscription on one of three nodes, while leaders come and go. */
@Timeout(value = 4, unit = TimeUnit.MINUTES)
class SubscriptionIT {
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final int PARTITIONS = 3;
    private static final int ROUND = 500;

    @TempDir
    private Path folder;

    private final ActorSystem<Void> subscriber = ActorSystem.create(Behaviors.empty(), "subscriber");
    private final Map<Integer, List<String>> received = new ConcurrentHashMap<>();
    private Cluster cluster;

    @AfterEach
    void stop() {
        subscriber.terminate();
        if (cluster != null) {
            cluster.close();
        }
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

    private static List<String> expected(int records) {
        return IntStream.range(0, records).mapToObj(i -> "v" + i).toList();
    }

    private static void produce(KafkaProducer<String, String> producer, int from, int to) throws Exception {
        List<Future<RecordMetadata>> sent = new ArrayList<>();
        for (int i = from; i < to; i++) {
            for (int partition = 0; partition < PARTITIONS; partition++) {
                sent.add(producer.send(new ProducerRecord<>("orders", partition, null, "v" + i)));
            }
        }
        for (Future<RecordMetadata> record : sent) {
            record.get(60, TimeUnit.SECONDS);
        }
    }

    @Test
    void everyRecordComesOnceWhileLeadersStopAndComeBack() throws Exception {
        // Given
        cluster = Cluster.start(folder, 3, id -> Map.of());
        cluster.topic("orders", PARTITIONS, 3);
        AtomicBoolean failed = new AtomicBoolean();
        SubscriptionControl control = cluster.member(1)
                .node()
                .subscriptions()
                .subscribe(SubscriptionRequest.of(StartPosition.earliest(), "orders"))
                .toMat(Sink.foreach(this::receive), Keep.both())
                .mapMaterializedValue(both -> {
                    both.second().whenComplete((done, failure) -> failed.set(true));
                    return both.first();
                })
                .run(subscriber);
        int produced = 0;

        // When
        try (KafkaProducer<String, String> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", cluster.bootstrap(), "linger.ms", 2, "acks", "all"),
                new StringSerializer(),
                new StringSerializer())) {
            for (int id = 2; id <= 3; id++) {
                Member restarted = cluster.member(id);
                produce(producer, produced, produced + ROUND);
                restarted.stop();
                produce(producer, produced + ROUND, produced + 2 * ROUND);
                restarted.start();
                produced += 2 * ROUND;
            }
        }

        // Then
        List<String> all = expected(produced);
        Awaitility.await().atMost(SOON).untilAsserted(() -> {
            assertThat(failed).as("the stream ended").isFalse();
            for (int partition = 0; partition < PARTITIONS; partition++) {
                assertThat(received.getOrDefault(partition, List.of()))
                        .as("partition %s", partition)
                        .containsExactlyElementsOf(all);
            }
        });
        Positions end = Positions.parse("orders:0=2000,1=2000,2=2000");
        assertThat(control.positions()).isEqualTo(end);
    }
}
