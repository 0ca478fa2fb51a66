/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.system.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sluice.system.broker.SluiceProcess;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** kill -9 under load, again and again: what was acknowledged is there, once, in order. */
@Tag("process")
@Tag("slow")
class KillIT {
    private static final int KILLS = Integer.getInteger("sluice.kills", 50);
    private static final int PARTITIONS = 3;
    private static final int FEWEST_ACKS = 300;
    private static final int MOST_ACKS = 6_000;

    @Test
    @Timeout(600)
    void everyAcknowledgedRecordIsThereOnceAndInOrder(@TempDir Path data) throws Exception {
        long seed = Long.getLong("sluice.seed", System.nanoTime());
        System.out.println("seed " + seed + " (repeat with -Dsluice.seed=" + seed + ")");
        var random = new Random(seed);
        SluiceProcess sluice = SluiceProcess.in(data).start();
        int port = sluice.port();
        try {
            createTopic(sluice.bootstrap());
            try (var producer = new NumberedProducer(sluice.bootstrap(), "numbers", PARTITIONS)) {
                // Given a producer that never pauses
                producer.start();
                for (int kill = 1; kill <= KILLS; kill++) {
                    // When the broker is killed some way into the load, and started again
                    awaitAcks(producer, FEWEST_ACKS + random.nextInt(MOST_ACKS), kill, sluice);
                    sluice.kill();
                    sluice = restart(data, port, kill);
                }
                // Then the broker has exactly what the producer was told
                awaitAcks(producer, FEWEST_ACKS, KILLS, sluice);
                producer.finish();
                producer.verify();
                System.out.println(KILLS + " kills, " + producer.acknowledged() + " records, each once and in order");
            }
        } finally {
            sluice.close();
        }
    }

    private static SluiceProcess restart(Path data, int port, int kill) {
        try {
            return SluiceProcess.in(data).port(port).start();
        } catch (IOException | AssertionError e) {
            throw new AssertionError("no start after kill " + kill, e);
        }
    }

    private static void awaitAcks(NumberedProducer producer, int more, int kill, SluiceProcess sluice) {
        long goal = producer.acknowledged() + more;
        await("acks before kill " + kill)
                .atMost(Duration.ofSeconds(30))
                .pollInterval(Duration.ofMillis(5))
                .untilAsserted(() -> {
                    assertThat(producer.failure())
                            .as("a record that was given up")
                            .isNull();
                    assertThat(producer.acknowledged())
                            .as("acknowledged (kill %d); the broker said:%n%s", kill, sluice.output())
                            .isGreaterThanOrEqualTo(goal);
                });
    }

    private static void createTopic(String bootstrap) throws InterruptedException, ExecutionException {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrap))) {
            admin.createTopics(List.of(new NewTopic("numbers", PARTITIONS, (short) 1)))
                    .all()
                    .get();
        }
    }
}
