/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.actors.replication;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class ReplicaCoreTest {
    @Test
    void aReplicaAloneLeadsOnceItsEpochIsOnDisk() {
        // Given
        ReplicaCore core = new ReplicaCore(1, List.of(1), 1, ReplicaState.BLANK);
        ReplicaState first = new ReplicaState(0, 0);
        assertThat(core.campaign(10)).containsExactly(new ReplicaEffect.Persist(first));
        assertThat(core.role()).isEqualTo(ReplicaCore.Role.CANDIDATE);

        // When
        List<ReplicaEffect> effects = core.persisted(first);

        // Then
        assertThat(effects).containsExactly(new ReplicaEffect.Lead(0));
        assertThat(core.role()).isEqualTo(ReplicaCore.Role.LEADER);
        assertThat(core.appended(15)).isEqualTo(15);
        assertThat(core.highWatermark()).isEqualTo(15);
    }

    @Test
    void eachStartHasAnEpochOfItsOwn() {
        // Given
        ReplicaCore core = new ReplicaCore(1, List.of(1), 1, new ReplicaState(7, 7));

        // When
        List<ReplicaEffect> effects = core.campaign(0);

        // Then
        assertThat(effects).containsExactly(new ReplicaEffect.Persist(new ReplicaState(8, 8)));
    }

    @Test
    void nothingHappensWhenAnotherStateIsOnDiskThanTheOneAskedFor() {
        // Given
        ReplicaCore core = new ReplicaCore(1, List.of(1), 1, ReplicaState.BLANK);
        core.campaign(0);

        // When
        List<ReplicaEffect> effects = core.persisted(new ReplicaState(3, 3));

        // Then
        assertThat(effects).isEmpty();
        assertThat(core.role()).isEqualTo(ReplicaCore.Role.CANDIDATE);
    }

    @Test
    void aCandidateOfThreeNeedsAMajorityOfPromises() {
        // Given
        ReplicaCore core = new ReplicaCore(1, List.of(1, 2, 3), 1, new ReplicaState(4, 4));
        core.campaign(100);
        ReplicaState promised = new ReplicaState(5, 4);
        assertThat(core.persisted(promised))
                .containsExactly(
                        new ReplicaEffect.Send(2, new ReplicaMessage.Prepare(5)),
                        new ReplicaEffect.Send(3, new ReplicaMessage.Prepare(5)));

        // When
        List<ReplicaEffect> effects = core.receive(3, new ReplicaMessage.Promise(5, 4, 90));

        // Then
        assertThat(effects)
                .containsExactly(new ReplicaEffect.Persist(new ReplicaState(5, 5)), new ReplicaEffect.Lead(5));
    }

    @Test
    void syncedCountsBeforeLengthWhenALogIsChosen() {
        // Given
        ReplicaCore core = new ReplicaCore(1, List.of(1, 2, 3), 1, new ReplicaState(4, 3));
        core.campaign(1_000);
        core.persisted(new ReplicaState(5, 3));

        // When
        List<ReplicaEffect> effects = core.receive(2, new ReplicaMessage.Promise(5, 4, 10));

        // Then
        assertThat(effects).containsExactly(new ReplicaEffect.CatchUp(5, 2, 10));
        assertThat(core.role()).isEqualTo(ReplicaCore.Role.CANDIDATE);
    }

    @Test
    void theHighWatermarkIsWhatAQuorumHolds() {
        // Given
        ReplicaCore core = new ReplicaCore(1, List.of(1, 2, 3), 1, ReplicaState.BLANK);
        core.campaign(0);
        core.persisted(new ReplicaState(0, -1));
        core.receive(2, new ReplicaMessage.Promise(0, -1, 0));
        core.persisted(new ReplicaState(0, 0));
        assertThat(core.appended(50)).as("the leader alone commits nothing").isZero();

        // When
        core.receive(2, new ReplicaMessage.Fetch(0, 30));

        // Then
        assertThat(core.highWatermark()).isEqualTo(30);
    }

    @Test
    void aFetchOfAnotherEpochCommitsNothing() {
        // Given
        ReplicaCore core = new ReplicaCore(1, List.of(1, 2, 3), 1, ReplicaState.BLANK);
        core.campaign(0);
        core.persisted(new ReplicaState(0, -1));
        core.receive(2, new ReplicaMessage.Promise(0, -1, 0));
        core.persisted(new ReplicaState(0, 0));
        core.appended(50);

        // When
        core.receive(2, new ReplicaMessage.Fetch(1, 50));

        // Then
        assertThat(core.highWatermark()).isZero();
    }

    @Test
    void minInsyncReplicasRaisesTheQuorum() {
        // Given
        ReplicaCore core = new ReplicaCore(1, List.of(1, 2, 3), 3, ReplicaState.BLANK);
        core.campaign(0);
        core.persisted(new ReplicaState(0, -1));
        core.receive(2, new ReplicaMessage.Promise(0, -1, 0));
        core.persisted(new ReplicaState(0, 0));
        core.appended(50);
        core.receive(2, new ReplicaMessage.Fetch(0, 50));
        assertThat(core.highWatermark()).isZero();

        // When
        core.receive(3, new ReplicaMessage.Fetch(0, 20));

        // Then
        assertThat(core.highWatermark()).isEqualTo(20);
    }

    @Test
    void aLeaderStepsDownForAHigherEpochAndPromisesIt() {
        // Given
        ReplicaCore core = new ReplicaCore(1, List.of(1, 2, 3), 1, ReplicaState.BLANK);
        core.campaign(0);
        core.persisted(new ReplicaState(0, -1));
        core.receive(2, new ReplicaMessage.Promise(0, -1, 0));
        core.persisted(new ReplicaState(0, 0));

        // When
        List<ReplicaEffect> effects = core.receive(3, new ReplicaMessage.Prepare(4));

        // Then
        assertThat(effects)
                .containsExactly(
                        new ReplicaEffect.StepDown(4),
                        new ReplicaEffect.Persist(new ReplicaState(4, 0)),
                        new ReplicaEffect.Send(3, new ReplicaMessage.Promise(4, 0, 0)));
        assertThat(core.role()).isEqualTo(ReplicaCore.Role.FOLLOWER);
    }

    @Test
    void anEpochThatIsPromisedAlreadyIsRefused() {
        // Given
        ReplicaCore core = new ReplicaCore(1, List.of(1, 2, 3), 1, new ReplicaState(6, 6));

        // When
        List<ReplicaEffect> effects = core.receive(2, new ReplicaMessage.Prepare(6));

        // Then
        assertThat(effects).containsExactly(new ReplicaEffect.Send(2, new ReplicaMessage.Refuse(6)));
    }

    @Test
    void aPromiseThatIsNotOnDiskYetIsNotGivenTwice() {
        // Given
        ReplicaCore core = new ReplicaCore(1, List.of(1, 2, 3), 1, ReplicaState.BLANK);
        core.receive(2, new ReplicaMessage.Prepare(0));

        // When
        List<ReplicaEffect> effects = core.receive(3, new ReplicaMessage.Prepare(0));

        // Then
        assertThat(effects).containsExactly(new ReplicaEffect.Send(3, new ReplicaMessage.Refuse(0)));
    }

    @Test
    void aRefusalOfAHigherEpochEndsACandidacy() {
        // Given
        ReplicaCore core = new ReplicaCore(1, List.of(1, 2, 3), 1, ReplicaState.BLANK);
        core.campaign(0);
        core.persisted(new ReplicaState(0, -1));

        // When
        List<ReplicaEffect> effects = core.receive(2, new ReplicaMessage.Refuse(9));

        // Then
        assertThat(effects).containsExactly(new ReplicaEffect.StepDown(9));
        assertThat(core.role()).isEqualTo(ReplicaCore.Role.FOLLOWER);
    }

    @Test
    void aBrokerWithoutAReplicaHasNoCore() {
        assertThatThrownBy(() -> new ReplicaCore(4, List.of(1, 2, 3), 1, ReplicaState.BLANK))
                .hasMessageContaining("broker 4 is not among the replicas [1, 2, 3]");
    }
}
