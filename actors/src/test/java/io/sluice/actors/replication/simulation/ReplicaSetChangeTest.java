/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.actors.replication.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.actors.replication.Mistake;
import io.sluice.actors.replication.ReplicaCore;
import org.junit.jupiter.api.Test;

/** A replica that has missed two changes of the set must not be elected by what was a majority once. */
class ReplicaSetChangeTest {
    @Test
    void whoHasActedOnANewerSetHelpsNoCandidateOfAnOlderOne() {
        // Given
        Simulation simulation = twoChangesMissed(Mistake.NONE);

        // When
        simulation.settleAmong(1, 2);

        // Then
        assertThat(simulation.node(1).core.role()).as(simulation.story()).isEqualTo(ReplicaCore.Role.WAITING);
        assertThat(simulation.node(2).core.state().promised()).isZero();
    }

    @Test
    void aRecordIsLostIfOlderSetsAreHelped() {
        assertThatThrownBy(() -> twoChangesMissed(Mistake.HELPS_OLDER_SETS).settleAmong(1, 2))
                .isInstanceOf(Violation.class)
                .hasMessageContaining("committed record 1/e0");
    }

    @Test
    void aLeaderThatIsRemovedHandsOverOnceTheSetWithoutItIsInForce() {
        // Given
        Simulation simulation = new Simulation(3, 0, Mistake.NONE);
        simulation.campaign(simulation.node(0));
        simulation.settleAmong(0, 1, 2);
        simulation.node(0).append();
        simulation.settleAmong(0, 1, 2);
        simulation.propose(1, 2);

        // When
        simulation.learnSet(simulation.node(0));
        simulation.settleAmong(0, 1, 2);

        // Then
        assertThat(simulation.inForce()).as(simulation.story()).isEqualTo(1);
        assertThat(simulation.node(0).core.role()).isEqualTo(ReplicaCore.Role.WAITING);
        simulation.learnSet(simulation.node(1));
        simulation.campaign(simulation.node(1));
        simulation.settleAmong(1, 2);
        assertThat(simulation.node(1).core.role()).as(simulation.story()).isEqualTo(ReplicaCore.Role.LEADER);
    }

    /**
     * 0 leads 1 and 2. While 1 hears nothing, 3 joins and 1 is removed; then 0 and 3 commit a record of which 2 hears nothing. 1, which knows the
     * first set only, campaigns.
     */
    private static Simulation twoChangesMissed(Mistake mistake) {
        Simulation simulation = new Simulation(3, 1, mistake);
        simulation.campaign(simulation.node(0));
        simulation.settleAmong(0, 1, 2);
        simulation.node(0).append();
        simulation.settleAmong(0, 1, 2);
        simulation.follow(simulation.node(3), simulation.node(0));
        simulation.settleAmong(0, 1, 2, 3);
        assertThat(simulation.node(3).core.isSuspect()).as(simulation.story()).isFalse();
        simulation.propose(0, 1, 2, 3);
        simulation.learnSet(simulation.node(0));
        simulation.settleAmong(0, 2, 3);
        assertThat(simulation.inForce()).as(simulation.story()).isEqualTo(1);
        simulation.propose(0, 2, 3);
        simulation.learnSet(simulation.node(0));
        simulation.settleAmong(0, 3);
        assertThat(simulation.inForce()).as(simulation.story()).isEqualTo(2);
        simulation.node(0).append();
        simulation.settleAmong(0, 3);
        assertThat(simulation.oracle.size()).as(simulation.story()).isEqualTo(2);
        simulation.campaign(simulation.node(1));
        return simulation;
    }
}
