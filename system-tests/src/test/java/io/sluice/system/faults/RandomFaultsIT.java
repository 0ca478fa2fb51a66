/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.system.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.system.checker.Verdict;
import io.sluice.system.cluster.Clusters;
import io.sluice.system.cluster.TestCluster;
import io.sluice.system.workload.Workload;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Random trouble on three nodes under load: afterwards all that clients were told is true.
 *
 * <p>{@code -Dsluice.faults=N} makes N faults (the profile {@code faults} 100), {@code -Dsluice.seed=S} chooses them, {@code -Dsluice.fault.kinds=KILL,STOP}
 * of these kinds only.
 */
@Tag("process")
@Tag("slow")
@Tag("faults")
class RandomFaultsIT {
    private static final int FAULTS = Integer.getInteger("sluice.faults", 10);
    private static final String TOPIC = "orders";
    private static final Duration SERVES_WITHIN = Duration.ofSeconds(45);

    @RegisterExtension
    final Clusters clusters = new Clusters();

    @Test
    @Timeout(value = 3, unit = TimeUnit.HOURS)
    void whatClientsWereToldIsTrue() throws Exception {
        long seed = Long.getLong("sluice.seed", System.nanoTime());
        System.out.println("seed " + seed + " (repeat with -Dsluice.seed=" + seed + ")");
        // Given
        int nodes = Integer.getInteger("sluice.nodes", 3);
        TestCluster cluster = clusters.start(nodes, builder -> {});
        int replication = Math.min(3, nodes);
        var options = new Workload.Options(cluster.bootstrap(), TOPIC, 6, replication, Math.min(2, replication), seed);
        try (var workload = Workload.start(options)) {
            var faults = new Faults(cluster, workload, TOPIC, seed);
            if (!faults.impossible().isEmpty()) {
                System.out.println("not made here (not wanted, no root, or too few nodes): " + faults.impossible());
            }
            workload.awaitProgress(SERVES_WITHIN);
            // When
            for (int number = 1; number <= FAULTS; number++) {
                faults.next(number);
            }
            // Then
            Verdict verdict = workload.finish();
            System.out.println(verdict + "sends that failed for impatience: " + workload.failedSends());
            assertThat(verdict.clean()).as("seed %d: %s", seed, verdict).isTrue();
        }
    }
}
