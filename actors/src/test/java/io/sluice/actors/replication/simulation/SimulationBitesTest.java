/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.actors.replication.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.actors.replication.Mistake;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A simulation that finds nothing must be able to find something: each known mistake shows within a bounded number of runs. Those left out are too rare for that and have
 * scenarios of their own: {@link WipedReplicaTest}, {@link ReplicaSetChangeTest}.
 */
class SimulationBitesTest {
    private static final long SEEDS_MAX = Long.getLong("sluice.simulation.bites", 10_000);

    @ParameterizedTest
    @EnumSource(
            mode = EnumSource.Mode.EXCLUDE,
            names = {"NONE", "DOES_NOT_CONFIRM_PROMISES", "HELPS_OLDER_SETS"})
    void aMistakeIsFound(Mistake mistake) {
        // Given
        long seed = -1;
        Violation found = null;

        // When
        while (found == null && ++seed < SEEDS_MAX) {
            found = Runs.violation(seed, mistake);
        }

        // Then
        assertThat(found).as("%s stays hidden for %d runs", mistake, SEEDS_MAX).isNotNull();
        System.out.printf(
                "replication: %s shows in run %d: %s%n",
                mistake, seed, found.getMessage().lines().findFirst().orElse(""));
    }
}
