/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.actors.replication;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Nobody waits for ever for a broker that is gone, whatever was expected of it. */
class LostBrokerTest {
    private final ReplicaRig rig = new ReplicaRig();
    private ReplicaCore core;

    @BeforeEach
    void aReplicaThatHasLed() {
        rig.log.grow(0, 5);
        core = rig.core(ReplicaRig.THREE, 1, new ReplicaState(0, 0));
    }

    @Test
    void aWinnerWhoseSourceIsGoneCampaignsAnew() {
        // Given: 3 has the best log
        promisedBy(3, campaign(1), 9);
        assertThat(core.role()).isEqualTo(ReplicaCore.Role.CATCHING_UP);

        // When
        List<ReplicaEffect> effects = core.gone(3);

        // Then
        assertThat(effects).contains(new ReplicaEffect.StepDown(1));
        promisedBy(2, campaign(2), 5);
        assertThat(core.role()).isEqualTo(ReplicaCore.Role.LEADER);
    }

    @Test
    void aWinnerWhoseSourceNeverAnswersGivesUp() {
        // Given
        promisedBy(3, campaign(1), 9);

        // When
        int retries = 0;
        while (core.role() == ReplicaCore.Role.CATCHING_UP && retries < 100) {
            core.retry();
            retries++;
        }

        // Then
        assertThat(core.role()).isEqualTo(ReplicaCore.Role.WAITING);
        assertThat(retries).isLessThan(20);
    }

    @Test
    void thePromiseOfAGoneBrokerIsNotCountedSinceItsLogCanNotBeHad() {
        // Given a candidate of five
        ReplicaSet five = ReplicaSet.first(List.of(1, 2, 3, 4, 5));
        core = rig.core(five, 1, new ReplicaState(0, 0));
        ReplicaMessage.Prepare prepare = campaign(1);
        promisedBy(3, prepare, 9);

        // When
        core.gone(3);
        promisedBy(2, prepare, 5);

        // Then
        assertThat(core.role()).isEqualTo(ReplicaCore.Role.CANDIDATE);
    }

    @Test
    void whoHasPromisedACandidateThatIsGoneSeeksAnother() {
        // Given
        core.receive(2, new ReplicaMessage.Prepare(1, 99, 0));
        core.persisted(new ReplicaState(1, 0));
        assertThat(core.gone(3)).isEmpty();

        // When
        List<ReplicaEffect> effects = core.gone(2);

        // Then
        assertThat(effects).containsExactly(new ReplicaEffect.LeaderLost(2));
    }

    @Test
    void whoSeeksALeaderThatIsGoneSeeksAnother() {
        // Given
        core.follow(2, 3);
        assertThat(core.awaitsAnswer()).isTrue();

        // When
        List<ReplicaEffect> effects = core.gone(2);

        // Then
        assertThat(effects).containsExactly(new ReplicaEffect.LeaderLost(2));
        assertThat(core.awaitsAnswer()).isFalse();
    }

    private ReplicaMessage.Prepare campaign(int epoch) {
        return ReplicaRig.campaign(core, new ReplicaState(epoch, 0));
    }

    private void promisedBy(int broker, ReplicaMessage.Prepare prepare, long logEnd) {
        core.receive(broker, ReplicaRig.promise(prepare, 0, logEnd));
    }
}
