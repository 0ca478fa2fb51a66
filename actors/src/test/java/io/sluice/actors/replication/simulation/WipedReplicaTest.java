/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.actors.replication.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.actors.replication.Mistake;
import io.sluice.actors.replication.ReplicaCore;
import org.junit.jupiter.api.Test;

/**
 * A replica promises an epoch, loses its disk, and the leader of the epoch before takes it in again: its acknowledgements must not count for the old
 * leader while its promise counts for the new one. Random runs hardly ever get there.
 */
class WipedReplicaTest {
    @Test
    void ofThreeTheLeaderAsksTheCandidateBeforeItReadmits() {
        // Given
        Simulation simulation = promisedWipedAndBack(Mistake.NONE);

        // When
        simulation.settleAmong(0, 1);

        // Then
        assertThat(simulation.node(0).core.role()).as(simulation.story()).isNotEqualTo(ReplicaCore.Role.LEADER);
        assertThat(simulation.node(2).core.isSuspect()).isTrue();
    }

    @Test
    void ofThreeARecordIsLostIfTheLeaderDoesNotAsk() {
        // Given
        Simulation simulation = promisedWipedAndBack(Mistake.READMITS_WITHOUT_ASKING_THE_OTHERS);
        simulation.settleAmong(0, 2);
        simulation.node(0).append();
        simulation.settleAmong(0, 2);
        assertThat(simulation.oracle.size()).as(simulation.story()).isEqualTo(2);

        // When, then
        assertThatThrownBy(() -> simulation.deliverFromTo(2, 1))
                .isInstanceOf(Violation.class)
                .hasMessageContaining("committed record 1/e0");
    }

    /** 0 leads, 2 has promised 1 the next epoch, was wiped, and fetches from 0; its promise is under way still. */
    private static Simulation promisedWipedAndBack(Mistake mistake) {
        Simulation simulation = new Simulation(3, 0, mistake);
        simulation.campaign(simulation.node(0));
        simulation.settleAmong(0, 1, 2);
        simulation.node(0).append();
        simulation.settleAmong(0, 1, 2);
        simulation.campaign(simulation.node(1));
        simulation.settleAmong(1);
        simulation.deliverFromTo(1, 2);
        simulation.node(2).wipe();
        simulation.startIfDown(simulation.node(2));
        simulation.follow(simulation.node(2), simulation.node(0));
        simulation.deliverFromTo(2, 0);
        simulation.deliverFromTo(0, 2);
        simulation.deliverFromTo(2, 0);
        return simulation;
    }

    @Test
    void ofFiveAPromiseIsConfirmedByThoseWhoGaveIt() {
        // Given
        Simulation simulation = countedTwice(Mistake.NONE);

        // When
        simulation.settleAmong(2, 3, 4);

        // Then
        assertThat(simulation.node(4).core.role()).as(simulation.story()).isEqualTo(ReplicaCore.Role.CANDIDATE);
    }

    @Test
    void ofFiveARecordIsLostIfPromisesAreNotConfirmed() {
        assertThatThrownBy(() -> countedTwice(Mistake.DOES_NOT_CONFIRM_PROMISES).settleAmong(2, 3, 4))
                .isInstanceOf(Violation.class)
                .hasMessageContaining("committed record 1/e0");
    }

    /**
     * 0 leads. 3 promises 4 the next epoch, is wiped and re-admitted by 0, for which 1 and 2 stand. Then 2 promises 4, too, and 0 commits
     * one more record with 1 and 3. 4 has three promises, but has not looked at the third yet.
     */
    private static Simulation countedTwice(Mistake mistake) {
        Simulation simulation = new Simulation(5, 0, mistake);
        simulation.campaign(simulation.node(0));
        simulation.settleAmong(0, 1, 2, 3, 4);
        simulation.node(0).append();
        simulation.settleAmong(0, 1, 2, 3, 4);
        simulation.campaign(simulation.node(4));
        simulation.settleAmong(4);
        simulation.deliverFromTo(4, 3);
        simulation.deliverFromTo(3, 4);
        simulation.node(3).wipe();
        simulation.startIfDown(simulation.node(3));
        simulation.follow(simulation.node(3), simulation.node(0));
        simulation.settleAmong(0, 1, 2, 3);
        assertThat(simulation.node(3).core.isSuspect()).as(simulation.story()).isFalse();
        simulation.deliverFromTo(4, 2);
        simulation.node(0).append();
        simulation.settleAmong(0, 1, 3);
        assertThat(simulation.oracle.size()).as(simulation.story()).isEqualTo(2);
        return simulation;
    }
}
