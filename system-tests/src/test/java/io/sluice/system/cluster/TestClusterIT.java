/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.system.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.List;
import org.apache.kafka.clients.admin.NewTopic;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What tests do to nodes really happens to them. One node is enough to see it. */
@Tag("process")
class TestClusterIT {
    private static final int TIMEOUT_MS = 500;

    @RegisterExtension
    final Clusters clusters = new Clusters();

    @Test
    @Timeout(120)
    void aNodeCanBeStoppedKilledPausedAndWiped() throws Exception {
        TestCluster cluster = clusters.start(1, builder -> builder.set("num.partitions", 2));
        TestNode node = cluster.node(1);
        create(cluster, "kept");

        assertThat(node.stop()).as("exit code of a clean stop").isZero();
        node.start();
        assertThat(topics(cluster)).containsExactly("kept");

        node.pause();
        assertThat(node.isRunning()).isTrue();
        node.resume();
        node.kill();
        assertThat(node.isRunning()).isFalse();
        node.start();
        assertThat(node.isReady()).isTrue();

        node.slowDown();
        node.undoSlowness();
        create(cluster, "after-pulses-" + node.current().pid());

        node.kill();
        node.wipe();
        node.start();
        assertThat(topics(cluster)).isEmpty();
    }

    @Test
    @Timeout(60)
    void aCutIsSilentAndCanBeHealed() throws IOException {
        // Given
        assumeTrue(Namespaces.available(), "needs root and iproute2");
        TestCluster cluster = clusters.start(1, builder -> {});
        TestNode node = cluster.node(1);
        connect(node);
        // When
        cluster.isolateFromClients(node);
        // Then
        assertThatThrownBy(() -> connect(node)).isInstanceOf(SocketTimeoutException.class);
        cluster.heal();
        connect(node);
    }

    @Test
    @Timeout(60)
    void aDiskCanBeSlowedDown() throws Exception {
        // Given
        TestCluster cluster = clusters.start(1, builder -> {});
        TestNode node = cluster.node(1);
        assumeTrue(node.canSlowDisk(), "needs root and cgroup v1's blkio.throttle");
        long fast = nanosToCreate(cluster, "fast");
        // When
        node.slowDownDisk();
        // Then
        long slow = nanosToCreate(cluster, "slow");
        node.undoSlowness();
        System.out.printf("creating a topic took %d us, on a slow disk %d us%n", fast / 1_000, slow / 1_000);
        assertThat(slow).isGreaterThan(fast);
    }

    private static long nanosToCreate(TestCluster cluster, String topic) throws Exception {
        create(cluster, topic + "-warm");
        long began = System.nanoTime();
        create(cluster, topic);
        return System.nanoTime() - began;
    }

    private static void create(TestCluster cluster, String topic) throws Exception {
        try (var admin = cluster.admin()) {
            admin.createTopics(List.of(new NewTopic(topic, 2, (short) 1))).all().get();
        }
    }

    private static List<String> topics(TestCluster cluster) throws Exception {
        try (var admin = cluster.admin()) {
            return List.copyOf(admin.listTopics().names().get());
        }
    }

    private static void connect(TestNode node) throws IOException {
        String[] address = node.kafka().split(":", 2);
        try (var socket = new Socket()) {
            socket.connect(new InetSocketAddress(address[0], Integer.parseInt(address[1])), TIMEOUT_MS);
        }
    }
}
