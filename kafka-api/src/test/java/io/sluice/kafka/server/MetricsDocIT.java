/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.kafka.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.sluice.actors.group.GroupCoordinators;
import io.sluice.actors.group.GroupRequest.Commit;
import io.sluice.actors.group.GroupRequest.NewOffset;
import io.sluice.actors.group.GroupResponse.Committed;
import io.sluice.actors.replication.ReplicaFetches;
import io.sluice.cluster.NodeOptions;
import io.sluice.cluster.SluiceNode;
import io.sluice.cluster.config.BrokerSettings;
import io.sluice.kafka.replica.ReplicaFetchLimits;
import io.sluice.kafka.replica.ReplicaFetcher;
import io.sluice.log.ErrorCode;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code docs/metrics.md} names the metrics of a node with a listener: all of them, and no other but those of HTTP. */
class MetricsDocIT {
    private static final Path PAGE = Path.of("..", "docs", "metrics.md");
    private static final Pattern ROW = Pattern.compile("^\\| `(sluice\\.[a-z.]+)` \\|", Pattern.MULTILINE);

    /** Nobody is fetched from. */
    private static final class NoPeers implements ReplicaFetches.Peers {
        @Override
        public int self() {
            return 1;
        }

        @Override
        public String clusterId() {
            return "";
        }

        @Override
        public InetSocketAddress address(int broker) {
            return null;
        }
    }

    /** For what is counted by group and partition: of the one topic that there is, the groups' own. */
    private static void commitAnOffset(SluiceNode node) {
        NewOffset offset = new NewOffset(GroupCoordinators.TOPIC, new UUID(0, 0), 0, 0, -1, "");
        Awaitility.await("a coordinator is there").untilAsserted(() -> {
            Committed answer = node.groupAccess()
                    .ask(new Commit("g", -1, "", null, -1, false, List.of(offset)), 10_000)
                    .get(10, TimeUnit.SECONDS);
            assertThat(answer.error()).isEqualTo(ErrorCode.NONE);
        });
    }

    @Test
    void thePageNamesEveryMetric(@TempDir Path data) throws Exception {
        // Given
        Set<String> documented = new TreeSet<>();
        Matcher row = ROW.matcher(Files.readString(PAGE));
        while (row.find()) {
            if (!row.group(1).startsWith("sluice.http.") && !row.group(1).startsWith("sluice.websocket.")) {
                documented.add(row.group(1));
            }
        }
        SimpleMeterRegistry registry = new SimpleMeterRegistry();
        NodeOptions options = NodeOptions.of(BrokerSettings.parse(Map.of("sluice.group.lag.interval.ms", "50")), data)
                .withMetrics(registry);

        // When
        SluiceNode node = SluiceNode.start(options).toCompletableFuture().get(60, TimeUnit.SECONDS);
        KafkaListener listener = KafkaListener.start(node, ListenerOptions.of("127.0.0.1", 0, registry));
        ReplicaFetcher fetcher =
                new ReplicaFetcher(new NoPeers(), null, ReplicaFetchLimits.of(node.settings()), registry);
        commitAnOffset(node);
        Awaitility.await("the lag is known")
                .until(() -> registry.find("sluice.group.lag").gauge() != null);
        Set<String> published = registry.getMeters().stream()
                .map(meter -> meter.getId().getName())
                .collect(Collectors.toCollection(TreeSet::new));
        fetcher.close();
        listener.close();
        node.stop().toCompletableFuture().get(60, TimeUnit.SECONDS);

        // Then
        assertThat(published).containsExactlyInAnyOrderElementsOf(documented);
    }
}
