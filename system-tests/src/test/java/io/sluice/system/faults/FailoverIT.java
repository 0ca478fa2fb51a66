/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.system.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.sluice.system.checker.Verdict;
import io.sluice.system.cluster.Clusters;
import io.sluice.system.cluster.TestCluster;
import io.sluice.system.cluster.TestNode;
import io.sluice.system.workload.Workload;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What three nodes are for: one of them goes away under load, in each way in which it can, and clients hardly notice. */
@Tag("process")
@Timeout(300)
class FailoverIT {
    private static final String TOPIC = "orders";
    private static final Duration SERVES_AGAIN_WITHIN = Duration.ofSeconds(20);
    private static final Duration STOPS_WITHIN = Duration.ofSeconds(10);
    private static final Duration JOINS_WITHIN = Duration.ofSeconds(30);

    @RegisterExtension
    final Clusters clusters = new Clusters();

    private TestCluster cluster;
    private Workload workload;
    private Leaders leaders;

    @BeforeEach
    void threeNodesUnderLoad() throws Exception {
        cluster = clusters.start(3, builder -> {});
        workload = Workload.start(new Workload.Options(cluster.bootstrap(), TOPIC, 6, 3, 2, 1));
        leaders = new Leaders(cluster, TOPIC, workload.groups());
        workload.awaitProgress(JOINS_WITHIN);
        workload.awaitCommits(JOINS_WITHIN);
    }

    @AfterEach
    void endClients() {
        if (workload != null) {
            workload.close();
        }
    }

    @Test
    void theCoordinatorOfAGroupIsKilled() throws Exception {
        // Given
        TestNode coordinator = leaders.ofGroup("g1").orElseThrow();
        workload.takeLongestGap();
        // When
        workload.note("kill -9 of " + coordinator);
        coordinator.kill();
        // Then
        workload.awaitProgress(SERVES_AGAIN_WITHIN); // it led partitions too
        printGap("kill -9 of a leader");
        workload.awaitCommits(SERVES_AGAIN_WITHIN);
        coordinator.start();
        assertAllTrue();
    }

    @Test
    @Tag("slow")
    void allNodesAreRestartedOneAfterTheOther() throws Exception {
        workload.takeLongestGap();
        // When
        for (TestNode node : cluster.nodes()) {
            workload.note("SIGTERM to " + node);
            long began = System.nanoTime();
            assertThat(node.stop()).as("exit code of %s", node).isZero();
            assertThat(Duration.ofNanos(System.nanoTime() - began))
                    .as("time to stop %s", node)
                    .isLessThan(STOPS_WITHIN);
            workload.awaitProgress(SERVES_AGAIN_WITHIN);
            node.start();
            workload.awaitProgress(SERVES_AGAIN_WITHIN);
        }
        // Then
        printGap("rolling restart");
        assertThat(workload.failedSends()).as("failed sends").isZero();
        assertAllTrue();
    }

    @Test
    @Tag("slow")
    void aNodeThatLostItsDiskStandsInForAnother() throws Exception {
        // Given
        TestNode wiped = cluster.node(1);
        TestNode next = cluster.node(2);
        workload.note(wiped + " loses its disk");
        wiped.kill();
        wiped.wipe();
        wiped.start();
        cluster.awaitTrusted();
        // When
        workload.note("kill -9 of " + next);
        next.kill();
        // Then
        workload.awaitProgress(SERVES_AGAIN_WITHIN);
        next.start();
        assertAllTrue();
    }

    @Test
    @Tag("slow")
    void aLeaderIsCutOffFromTheOthers() throws Exception {
        // Given
        assumeTrue(cluster.canCut(), "needs root and iproute2");
        TestNode leader = leaders.ofPartition(0).orElseThrow();
        // When
        workload.note(leader + " is cut off");
        cluster.isolate(leader);
        // Then
        workload.awaitProgress(SERVES_AGAIN_WITHIN);
        printGap("a leader is cut off");
        cluster.makeWhole();
        workload.awaitProgress(SERVES_AGAIN_WITHIN);
        assertAllTrue();
    }

    private void printGap(String situation) {
        System.out.printf("%s: longest gap %s%n", situation, workload.takeLongestGap());
    }

    private void assertAllTrue() throws Exception {
        Verdict verdict = workload.finish();
        assertThat(verdict.clean()).as("%s", verdict).isTrue();
        cluster.awaitSameLogs(TOPIC);
    }
}
