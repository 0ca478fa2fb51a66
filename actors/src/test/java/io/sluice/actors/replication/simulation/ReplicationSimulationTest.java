/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.actors.replication.simulation;

import org.junit.jupiter.api.Test;

/**
 * Ten thousand runs of trouble. To see one again: {@code mvn -pl actors -am test -Dtest=ReplicationSimulationTest -Dsurefire.failIfNoSpecifiedTests=false
 * -Dsluice.simulation.seed=N}; {@code -Dsluice.simulation.seeds=N} makes it N runs.
 */
class ReplicationSimulationTest {
    private static final long SEEDS = Long.getLong("sluice.simulation.seeds", 10_000);
    private static final Long ONLY = Long.getLong("sluice.simulation.seed");

    @Test
    void nothingCommittedIsEverLost() {
        if (ONLY != null) {
            Runs.show(ONLY);
            return;
        }
        Census census = new Census();
        for (long seed = 0; seed < SEEDS; seed++) {
            Runs.mustHold(seed, census);
        }
        System.out.printf("replication: %,d runs, %s%n", SEEDS, census);
    }
}
