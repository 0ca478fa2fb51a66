/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.system.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.DataInputStream;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What tests do to nodes really happens to them. One node is mostly enough to see it. */
@Tag("process")
@Tag("slow")
class TestClusterIT {
    private static final int TIMEOUT_MS = 500;
    private static final int HEALED_WITHIN_MS = 10_000;

    /** Length, API key 18, version 0, correlation id, no client id. */
    private static final byte[] API_VERSIONS = {0, 0, 0, 10, 0, 18, 0, 0, 0, 0, 0, 1, -1, -1};

    @RegisterExtension
    final Clusters clusters = new Clusters();

    @Test
    @Timeout(120)
    void aNodeCanBeStoppedKilledPausedAndWiped() throws Exception {
        TestCluster cluster = clusters.start(1, builder -> builder.set("num.partitions", 2));
        TestNode node = cluster.node(1);
        create(cluster, "kept");
        await("what it counts can be read").untilAsserted(() -> assertThat(node.counters())
                .contains("ready=yes", "\nsluice_topics{node=\"1\"} ", "\nVmRSS:"));

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

    @ParameterizedTest
    @EnumSource(names = {"NAMESPACES", "PROXIES"})
    @Timeout(60)
    void aCutIsSilentAndCanBeHealed(Network.Kind links) throws IOException {
        // Given
        assumeWorks(links);
        TestCluster cluster = clusters.start(1, builder -> builder.links(links));
        TestNode node = cluster.node(1);
        awaitAnswer(node);
        try (Socket before = connect(node)) {
            // When
            cluster.isolateFromClients(node);
            // Then
            assertThat(answers(before))
                    .as("answers over a connection that was there")
                    .isFalse();
            assertThat(answersAnybody(node)).as("answers who comes").isFalse();
            // When
            cluster.heal();
            // Then
            awaitAnswer(node);
            before.setSoTimeout(HEALED_WITHIN_MS);
            assertThat(before.getInputStream().read())
                    .as("what was sent during the cut is answered")
                    .isNotNegative();
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"NAMESPACES", "PROXIES"})
    @Timeout(60)
    void thePortOfADeadNodeRefusesButNotThroughACut(Network.Kind links) throws IOException {
        // Given
        assumeWorks(links);
        TestCluster cluster = clusters.start(1, builder -> builder.links(links));
        TestNode node = cluster.node(1);
        awaitAnswer(node);
        // When
        try (Socket open = connect(node)) {
            node.kill();
            // Then
            assertThat(hasEnded(open)).as("the connection has ended").isTrue();
        }
        await("the port refuses")
                .untilAsserted(
                        () -> assertThatThrownBy(() -> connect(node).close()).isInstanceOf(ConnectException.class));
        // When
        cluster.isolateFromClients(node);
        // Then
        await("it is just silent")
                .ignoreExceptionsInstanceOf(ConnectException.class)
                .until(() -> !answersAnybody(node));
        cluster.heal();
        node.start();
        awaitAnswer(node);
    }

    @Test
    @Timeout(180)
    void aNodeBehindProxiesIsCutOffFromTheOthersAndComesBack() throws Exception {
        // Given
        assumeWorks(Network.Kind.PROXIES);
        TestCluster cluster = clusters.start(3, builder -> builder.links(Network.Kind.PROXIES));
        TestNode lonely = cluster.node(2);
        // When
        cluster.isolate(lonely);
        // Then
        await("it ends by itself, for it sees no majority")
                .atMost(Duration.ofSeconds(30))
                .until(() -> !lonely.isReady());
        create(cluster, "made-meanwhile", 3);
        cluster.makeWhole();
        try (var admin = Admin.create(Map.of("bootstrap.servers", lonely.kafka()))) {
            assertThat(admin.listTopics().names().get()).containsExactly("made-meanwhile");
        }
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
        create(cluster, topic, 1);
    }

    private static void create(TestCluster cluster, String topic, int replicas) throws Exception {
        try (var admin = cluster.admin()) {
            admin.createTopics(List.of(new NewTopic(topic, 2, (short) replicas)))
                    .all()
                    .get();
        }
    }

    private static List<String> topics(TestCluster cluster) throws Exception {
        try (var admin = cluster.admin()) {
            return List.copyOf(admin.listTopics().names().get());
        }
    }

    private static void assumeWorks(Network.Kind links) {
        assumeTrue(links != Network.Kind.NAMESPACES || Namespaces.available(), "needs root and iproute2");
        assumeTrue(links != Network.Kind.PROXIES || Proxies.available(), "needs all of 127.0.0.0/8");
    }

    private static Socket connect(TestNode node) throws IOException {
        String[] address = node.kafka().split(":", 2);
        var socket = new Socket();
        try {
            socket.connect(new InetSocketAddress(address[0], Integer.parseInt(address[1])), TIMEOUT_MS);
            return socket;
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    private static void awaitAnswer(TestNode node) {
        await(node + " answers")
                .ignoreExceptionsInstanceOf(ConnectException.class)
                .until(() -> answersAnybody(node));
    }

    private static boolean answersAnybody(TestNode node) throws IOException {
        try (Socket socket = connect(node)) {
            return answers(socket);
        } catch (SocketTimeoutException silent) {
            return false;
        }
    }

    /** Sends a request, and waits for the answer. */
    /** By FIN or by RST: a process that is killed with bytes that it had not read resets its connections. */
    private static boolean hasEnded(Socket open) throws IOException {
        open.setSoTimeout(HEALED_WITHIN_MS);
        try {
            return open.getInputStream().read() == -1;
        } catch (SocketTimeoutException e) {
            return false;
        } catch (SocketException e) {
            return true;
        }
    }

    private static boolean answers(Socket socket) throws IOException {
        socket.getOutputStream().write(API_VERSIONS);
        socket.setSoTimeout(TIMEOUT_MS);
        try {
            int length = new DataInputStream(socket.getInputStream()).readInt();
            return socket.getInputStream().readNBytes(length).length == length;
        } catch (SocketTimeoutException silent) {
            return false;
        }
    }
}
