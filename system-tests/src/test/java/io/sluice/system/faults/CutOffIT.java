/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.system.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.sluice.system.cluster.Clusters;
import io.sluice.system.cluster.TestCluster;
import io.sluice.system.cluster.TestNode;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A node that loses sight of the others says so in its health file, ends, and waits at the door when it is started again. */
@Tag("process")
@Tag("slow")
@Timeout(180)
class CutOffIT {
    private static final Duration SOON = Duration.ofSeconds(40);

    @RegisterExtension
    final Clusters clusters = new Clusters();

    @Test
    void aNodeThatIsCutOffSaysSoUntilItIsBack() {
        // Given: time enough to look
        TestCluster cluster = clusters.start(3, builder -> builder.set("sluice.cluster.minority.grace.ms", 10_000));
        assumeTrue(cluster.canCut(), "needs root and iproute2");
        TestNode node = cluster.node(3);
        awaitHealth(node, "ready=yes", "leads ");

        // When
        cluster.isolate(node);

        // Then
        awaitHealth(node, "ready=no", "sees 1 of the voters [1, 2, 3], which is no majority");
        awaitHealth(cluster.node(1), "ready=yes", "leads ");
        Awaitility.await("gauges of " + node).atMost(SOON).untilAsserted(() -> {
            assertThat(node.metric("sluice_cluster_majority")).isZero();
            assertThat(node.metric("sluice_cluster_voters_seen")).isEqualTo(1);
            assertThat(node.metric("sluice_cluster_brokers_seen")).isEqualTo(1);
            assertThat(node.metric("sluice_node_ready")).isZero();
        });
        awaitHealth(
                node, "ready=no", "not in the cluster: waits to be let in, or for a majority of the voters [1, 2, 3]");

        // When
        cluster.makeWhole();

        // Then
        awaitHealth(node, "ready=yes", "leads ");
    }

    private static void awaitHealth(TestNode node, String... lines) {
        Awaitility.await("health of " + node).atMost(SOON).untilAsserted(() -> assertThat(node.health())
                .contains(lines));
    }
}
