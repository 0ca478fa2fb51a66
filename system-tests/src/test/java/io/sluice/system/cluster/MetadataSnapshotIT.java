/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.system.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.config.ConfigResource;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Metadata that is in snapshots: nodes that missed records which are deleted by now, and damaged snapshots. */
@Tag("process")
@Tag("slow")
class MetadataSnapshotIT {
    private static final Duration WITHIN = Duration.ofSeconds(60);
    private static final int BYTES_BETWEEN = 3_000;
    private static final int CHANGES = 60;

    @RegisterExtension
    final Clusters clusters = new Clusters();

    private final Set<String> made = new TreeSet<>();

    @Test
    @Timeout(240)
    void aNodeThatWasAwayForLongCatchesUpBySnapshot() throws Exception {
        // Given: node 3 missed records that the others have deleted since
        TestCluster cluster = clusters.start(
                3, builder -> builder.set("metadata.log.max.record.bytes.between.snapshots", BYTES_BETWEEN)
                        .set("log.retention.check.interval.ms", 1_000));
        TestNode away = cluster.node(3);
        create(cluster, "before", 1);
        away.kill();
        create(cluster, "missed", 2);
        change(cluster, "before-0");
        for (int id : List.of(1, 2)) {
            await("node " + id + " has two snapshots")
                    .atMost(WITHIN)
                    .until(() -> snapshots(cluster.node(id)).size() == 2);
        }

        // When
        away.start();

        // Then
        assertThat(Files.readString(away.log()))
                .contains("its snapshot is fetched")
                .contains("as a snapshot of broker");
        awaitTopics(away);

        // And: it votes with what it has, and what it has outlasts the others and its own end
        cluster.node(1).kill();
        create(cluster, "without-1", 2);
        cluster.node(1).start();
        away.kill();
        create(cluster, "without-3", 1);
        away.start();
        for (TestNode node : cluster.nodes()) {
            awaitTopics(node);
        }
    }

    @Test
    @Timeout(240)
    void damagedSnapshotsAreReplacedByTheLogOrByAnothers() throws Exception {
        // Given
        TestCluster cluster = clusters.start(
                3, builder -> builder.set("metadata.log.max.record.bytes.between.snapshots", BYTES_BETWEEN));
        TestNode node = cluster.node(2);
        create(cluster, "topic", 2);
        change(cluster, "topic-0");
        await("two snapshots").atMost(WITHIN).until(() -> snapshots(node).size() == 2);

        // When: the newest is damaged
        node.kill();
        List<Path> kept = snapshots(node);
        damage(kept.get(1));
        node.start();

        // Then: the one before and the log are enough
        assertThat(Files.readString(node.log()))
                .contains(kept.get(1).getFileName() + " has CRC")
                .doesNotContain("other brokers are asked");
        awaitTopics(node);

        // When: all are damaged, and the log has not got everything
        node.kill();
        for (Path snapshot : snapshots(node)) {
            damage(snapshot);
        }
        node.start();

        // Then
        awaitTopics(node);
        assertThat(Files.readString(node.log()))
                .contains("other brokers are asked")
                .contains("as a snapshot of broker");
    }

    private void create(TestCluster cluster, String prefix, int count) throws Exception {
        try (var admin = cluster.admin()) {
            for (int i = 0; i < count; i++) {
                String name = prefix + "-" + i;
                admin.createTopics(List.of(new NewTopic(name, 1, (short) 3)))
                        .all()
                        .get();
                made.add(name);
            }
        }
    }

    /** A record each. */
    private static void change(TestCluster cluster, String topic) throws Exception {
        try (var admin = cluster.admin()) {
            var resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
            for (int i = 0; i < CHANGES; i++) {
                var entry = new ConfigEntry("retention.ms", Integer.toString(3_600_000 + i));
                admin.incrementalAlterConfigs(
                                Map.of(resource, List.of(new AlterConfigOp(entry, AlterConfigOp.OpType.SET))))
                        .all()
                        .get();
            }
        }
    }

    /** A node answers for the metadata from its own image. */
    private void awaitTopics(TestNode node) {
        await(node + " knows all topics").atMost(WITHIN).untilAsserted(() -> {
            try (Admin admin = Admin.create(Map.of("bootstrap.servers", node.kafka()))) {
                assertThat(admin.listTopics().names().get()).containsExactlyInAnyOrderElementsOf(made);
            }
        });
    }

    private static List<Path> snapshots(TestNode node) throws IOException {
        try (Stream<Path> files = Files.walk(node.data().resolve("topics").resolve("__cluster_metadata"))) {
            return files.filter(file -> file.toString().endsWith(".image"))
                    .sorted()
                    .toList();
        }
    }

    private static void damage(Path file) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        bytes[bytes.length / 2] ^= 1;
        Files.write(file, bytes);
    }
}
