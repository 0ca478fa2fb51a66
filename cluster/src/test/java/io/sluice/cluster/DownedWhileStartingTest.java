/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import akka.cluster.Cluster;
import io.sluice.cluster.config.BrokerSettings;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Two of three voters are there and in the cluster, and wait for the third: the metadata can't begin without it. */
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class DownedWhileStartingTest {
    private static final Duration AT_ONCE = Duration.ofSeconds(8);

    @TempDir
    private Path folder;

    private List<RunningNode> nodes;
    private List<CompletableFuture<Void>> starts;

    @BeforeEach
    void twoNodesThatStart() throws Exception {
        int first = freePort();
        int second = freePort();
        String seeds = "127.0.0.1:" + first + ",127.0.0.1:" + second;
        nodes = List.of(open(1, first, seeds), open(2, second, seeds));
        SluiceNode.Address nowhere = new SluiceNode.Address("127.0.0.1", 1);
        starts = nodes.stream()
                .map(node -> node.enter(nowhere, nowhere).toCompletableFuture())
                .toList();
        for (RunningNode node : nodes) {
            Awaitility.await("both are in")
                    .atMost(Duration.ofSeconds(30))
                    .until(() -> node.parts.liveBrokers().size() == 2
                            && node.parts.partitions.replica(io.sluice.cluster.sharding.EntityIds.METADATA_TOPIC_ID, 0)
                                    != null);
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private RunningNode open(int id, int port, String seeds) {
        BrokerSettings settings = BrokerSettings.parse(Map.of(
                "node.id",
                Integer.toString(id),
                "sluice.cluster.listen",
                "127.0.0.1:" + port,
                "sluice.cluster.seeds",
                seeds,
                "sluice.cluster.voters",
                "1,2,3"));
        return (RunningNode) SluiceNode.open(NodeOptions.of(settings, folder.resolve("node-" + id)));
    }

    @AfterEach
    void stop() throws Exception {
        for (RunningNode node : nodes) {
            node.stop().toCompletableFuture().get(60, TimeUnit.SECONDS);
        }
    }

    @Test
    void aNodeThatIsDeclaredDeadEndsAtOnceAndSaysWhy() {
        // Given
        RunningNode dead = nodes.get(1);
        Cluster cluster = Cluster.get(dead.parts.system);
        assertThat(starts.get(1)).isNotDone();

        // When
        long began = System.nanoTime();
        cluster.down(cluster.selfAddress());
        Throwable failure = catchThrowable(() -> starts.get(1).join());
        Duration took = Duration.ofNanos(System.nanoTime() - began);

        // Then
        System.out.println("a node that was downed while it started has ended after " + took.toMillis() + " ms");
        assertThat(failure)
                .isInstanceOf(CompletionException.class)
                .cause()
                .isInstanceOfSatisfying(StartupException.class, reason -> assertThat(reason.isPassing())
                        .isTrue())
                .hasMessageStartingWith("this node was declared dead while it started");
        assertThat(took).isLessThan(AT_ONCE);
        assertThat(dead.whenStopped().toCompletableFuture()).isDone();
    }
}
