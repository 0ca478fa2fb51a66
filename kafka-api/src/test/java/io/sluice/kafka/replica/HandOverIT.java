/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.kafka.replica;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.kafka.testing.Cluster;
import io.sluice.kafka.testing.Cluster.Member;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A node that stops has others lead before it goes. */
@Tag("slow")
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class HandOverIT {
    private static final int PARTITIONS = 9;

    @Test
    void whenANodeHasHandedOverOthersLeadAlready(@TempDir Path folder) throws Exception {
        // Given a load, so that the leader's log is always a little ahead and who takes over has to fetch the rest
        AtomicBoolean over = new AtomicBoolean();
        try (Cluster cluster = Cluster.start(folder, 3, id -> Map.of())) {
            cluster.topic("orders", PARTITIONS, 3);
            Member stopping = cluster.member(1);
            UUID topic =
                    stopping.node().metadata().topic("orders").orElseThrow().id();
            List<Integer> led = IntStream.range(0, PARTITIONS)
                    .filter(p -> stopping.node().leader(topic, p) != null)
                    .boxed()
                    .toList();
            assertThat(led).as("led by the node that is to stop").isNotEmpty();
            CompletableFuture<Void> load = CompletableFuture.runAsync(() -> produce(cluster.bootstrap(), over));

            // When
            stopping.node().handOver().toCompletableFuture().get(30, TimeUnit.SECONDS);

            // Then
            List<Integer> leaderless = led.stream()
                    .filter(p -> cluster.members().stream()
                            .noneMatch(member ->
                                    member != stopping && member.node().leader(topic, p) != null))
                    .toList();
            assertThat(leaderless)
                    .as("handed over, of %s, but led by nobody", led)
                    .isEmpty();
            over.set(true);
            load.get(30, TimeUnit.SECONDS);
        } finally {
            over.set(true);
        }
    }

    /** Until it is over; every record must be acknowledged. */
    private static void produce(String bootstrap, AtomicBoolean over) {
        try (KafkaProducer<String, String> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", bootstrap, "acks", "all", "max.block.ms", 10_000),
                new StringSerializer(),
                new StringSerializer())) {
            List<Future<RecordMetadata>> sent = new ArrayList<>();
            for (int i = 0; !over.get(); i++) {
                sent.add(producer.send(new ProducerRecord<>("orders", i % PARTITIONS, null, "record " + i)));
            }
            for (Future<RecordMetadata> each : sent) {
                each.get(30, TimeUnit.SECONDS);
            }
        } catch (InterruptedException | ExecutionException | TimeoutException e) {
            throw new IllegalStateException("a record was not acknowledged", e);
        }
    }
}
