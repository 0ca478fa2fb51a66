/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.system.subscribers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sluice.system.cluster.Clusters;
import io.sluice.system.cluster.TestCluster;
import io.sluice.system.cluster.TestNode;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** A thousand readers with sluice.js lose their node at once, and come back at once. */
@Tag("process")
@Tag("slow")
@Timeout(300)
class ReconnectStormIT {
    private static final String TOPIC = "orders";
    private static final int PARTITIONS = 3;
    private static final int READERS = 1_000;
    private static final int BEFORE = 600;
    private static final int ALL = 1_200;
    private static final Duration BACK_WITHIN = Duration.ofSeconds(60);

    @RegisterExtension
    final Clusters clusters = new Clusters();

    @TempDir
    Path folder;

    private final OpenSockets sockets = new OpenSockets();

    @Test
    void whenANodeComesBackAllResumeAndNobodyLosesARecord() throws Exception {
        // Given
        TestCluster cluster = clusters.start(1, builder -> {});
        TestNode node = cluster.node(1);
        try (NumberedRecords records = NumberedRecords.create(cluster.bootstrap(), TOPIC, PARTITIONS, 1);
                SubscriberProcess readers = SubscriberProcess.storm(folder, TOPIC, READERS, List.of(node.http()))) {
            records.allow(BEFORE);
            records.awaitAcknowledged(BEFORE);

            // When: in the middle of what is sent to them
            readers.awaitOfAll((long) READERS * BEFORE / 2);
            long had = readers.ofAll();
            node.kill();
            assertThat(had).as("it was in the middle").isLessThan((long) READERS * BEFORE);
            records.allow(ALL);
            long began = System.nanoTime();
            node.start();

            // Then
            awaitSockets(node, READERS);
            System.out.printf(
                    "%d of %d records were there; %d readers were back %d ms after the node was started%n",
                    had,
                    READERS * BEFORE,
                    READERS,
                    Duration.ofNanos(System.nanoTime() - began).toMillis());
            records.awaitAcknowledged(ALL);
            readers.awaitCount(ALL);
            assertThat(readers.ofAll()).isEqualTo((long) READERS * ALL);
            assertThat(node.isReady()).as("%s lives", node).isTrue();
            assertThat(node.starts()).as("starts of %s", node).isEqualTo(2);
        }
    }

    @Test
    void whenANodeStopsItSendsThemToTheOthersAndNobodyLosesARecord() throws Exception {
        // Given: readers that know one node only
        TestCluster cluster = clusters.start(3, builder -> {});
        TestNode first = cluster.node(1);
        try (NumberedRecords records = NumberedRecords.create(cluster.bootstrap(), TOPIC, PARTITIONS, 3);
                SubscriberProcess readers = SubscriberProcess.storm(folder, TOPIC, READERS, List.of(first.http()))) {
            awaitSockets(first, READERS);
            records.allow(BEFORE);
            records.awaitAcknowledged(BEFORE);
            readers.awaitCount(BEFORE);

            // When
            records.allow(ALL);
            long began = System.nanoTime();
            assertThat(first.stop()).as("exit code of %s", first).isZero();

            // Then
            await("all are back")
                    .atMost(BACK_WITHIN)
                    .until(() -> sockets.of(cluster.node(2)) + sockets.of(cluster.node(3)) == READERS);
            System.out.printf(
                    "%d ms after %s was told to stop all are back, %d at node 2 and %d at node 3%n",
                    Duration.ofNanos(System.nanoTime() - began).toMillis(),
                    first,
                    sockets.of(cluster.node(2)),
                    sockets.of(cluster.node(3)));
            assertThat(sockets.of(cluster.node(2))).as("not all at one node").isBetween(READERS / 4, READERS * 3 / 4);
            records.awaitAcknowledged(ALL);
            readers.awaitCount(ALL);
            assertThat(readers.ofAll()).isEqualTo((long) READERS * ALL);
        }
    }

    private void awaitSockets(TestNode node, int count) {
        await(count + " sockets of " + node).atMost(BACK_WITHIN).untilAsserted(() -> assertThat(sockets.of(node))
                .isEqualTo(count));
    }
}
