/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.actors.replication;

import static io.sluice.actors.replication.ReplicaRig.FLOOR;
import static io.sluice.actors.replication.ReplicaRig.THREE;
import static io.sluice.actors.replication.ReplicaRig.campaign;
import static io.sluice.actors.replication.ReplicaRig.fetch;
import static io.sluice.actors.replication.ReplicaRig.promise;
import static io.sluice.actors.replication.ReplicaRig.sent;
import static io.sluice.actors.replication.ReplicaRig.state;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

/** How a replica comes to lead: promises, refusals, the best log. */
class ReplicaElectionTest {
    private final ReplicaRig rig = new ReplicaRig();
    private final ListLog log = rig.log;

    @Test
    void aReplicaAloneLeadsAndCommitsOnceItsEpochIsOnDisk() {
        // Given
        log.grow(0, 10);
        ReplicaCore core = rig.core(ReplicaSet.first(List.of(1)), 1, new ReplicaState(7, 7));
        ReplicaState first = new ReplicaState(8, 8);
        assertThat(core.campaign(FLOOR)).containsExactly(new ReplicaEffect.Persist(first));

        // When
        List<ReplicaEffect> effects = core.persisted(first);

        // Then
        assertThat(effects).startsWith(new ReplicaEffect.BecomeLeader(8, 10), new ReplicaEffect.HighWatermark(10));
        assertThat(core.role()).isEqualTo(ReplicaCore.Role.LEADER);
        log.grow(8, 5);
        core.appended(15);
        assertThat(core.highWatermark()).isEqualTo(15);
    }

    @Test
    void nothingHappensWhenAnotherStateIsOnDiskThanTheOneAskedFor() {
        // Given
        ReplicaCore core = rig.core(ReplicaSet.first(List.of(1)), 1, ReplicaState.BLANK);
        core.campaign(FLOOR);

        // When
        List<ReplicaEffect> effects = core.persisted(new ReplicaState(3, 3));

        // Then
        assertThat(effects).isEmpty();
        assertThat(core.role()).isEqualTo(ReplicaCore.Role.CANDIDATE);
    }

    @Test
    void aCandidateOfThreeLeadsWithOnePromiseBesidesItsOwn() {
        // Given
        log.grow(4, 100);
        ReplicaCore core = rig.core(THREE, 1, new ReplicaState(4, 4));
        ReplicaMessage.Prepare prepare = campaign(core, new ReplicaState(5, 4));

        // When
        List<ReplicaEffect> effects = core.receive(3, promise(prepare, 4, 90));

        // Then
        assertThat(effects)
                .containsExactly(
                        new ReplicaEffect.BecomeLeader(5, 100),
                        new ReplicaEffect.Persist(new ReplicaState(5, 5)),
                        new ReplicaEffect.Send(2, new ReplicaMessage.Leading(5, 100, 0)),
                        new ReplicaEffect.Send(3, new ReplicaMessage.Leading(5, 100, 0)));
    }

    @Test
    void aCandidateOfFiveHasItsPromisesConfirmedFirst() {
        // Given
        ReplicaCore core = rig.core(ReplicaSet.first(List.of(1, 2, 3, 4, 5)), 1, ReplicaState.BLANK);
        ReplicaMessage.Prepare prepare = campaign(core, new ReplicaState(0, -1));
        core.receive(3, promise(prepare, -1, 0));

        // When
        List<ReplicaEffect> effects = core.receive(4, promise(prepare, -1, 0));

        // Then
        long number = prepare.number() + 1;
        assertThat(effects)
                .containsExactly(
                        new ReplicaEffect.Send(3, new ReplicaMessage.Confirm(0, number, 0)),
                        new ReplicaEffect.Send(4, new ReplicaMessage.Confirm(0, number, 0)));
        core.receive(3, new ReplicaMessage.Confirmed(0, number, 50, 0, false));
        core.receive(4, new ReplicaMessage.Confirmed(0, number, 51, 0, false));
        assertThat(core.role())
                .as("4 has another session than the one it promised in")
                .isEqualTo(ReplicaCore.Role.CANDIDATE);
        core.receive(4, new ReplicaMessage.Confirmed(0, number, 50, 0, false));
        assertThat(core.role()).isEqualTo(ReplicaCore.Role.LEADER);
    }

    @Test
    void syncedCountsBeforeLengthAndTheBestLogIsTakenOverFirst() {
        // Given
        log.grow(3, 1_000);
        ReplicaCore core = rig.core(THREE, 1, new ReplicaState(4, 3));
        ReplicaMessage.Prepare prepare = campaign(core, new ReplicaState(5, 3));

        // When
        List<ReplicaEffect> effects = core.receive(2, promise(prepare, 4, 10));

        // Then
        assertThat(core.role()).isEqualTo(ReplicaCore.Role.CATCHING_UP);
        ReplicaMessage.Fetch fetch = (ReplicaMessage.Fetch) sent(effects, 2);
        assertThat(fetch.offset()).isEqualTo(1_000);
        assertThat(fetch.lastEpoch()).isEqualTo(3);
        effects = core.receive(2, new ReplicaMessage.Diverging(5, fetch.number(), 2, 4, 0));
        assertThat(log.endOffset()).as("nothing of epoch 3 is in that log").isZero();
        fetch = (ReplicaMessage.Fetch) sent(effects, 2);
        core.receive(2, new ReplicaMessage.Records(5, fetch.number(), 0, 0, 0, false));
        log.grow(4, 10);
        assertThat(core.appended(10)).startsWith(new ReplicaEffect.BecomeLeader(5, 10));
    }

    @Test
    void anEpochThatIsPromisedAlreadyIsRefusedToOthersAndRepeatedToItsCandidate() {
        // Given
        ReplicaCore core = rig.core(THREE, 1, ReplicaState.BLANK);
        core.receive(2, new ReplicaMessage.Prepare(0, 99, 0));

        // When
        List<ReplicaEffect> other = core.receive(3, new ReplicaMessage.Prepare(0, 44, 0));
        List<ReplicaEffect> same = core.receive(2, new ReplicaMessage.Prepare(0, 99, 0));

        // Then
        assertThat(other).containsExactly(new ReplicaEffect.Send(3, new ReplicaMessage.Refuse(0, 0)));
        assertThat(same).as("not on disk yet").isEmpty();
        assertThat(core.persisted(new ReplicaState(0, -1)))
                .hasSize(2)
                .allMatch(effect ->
                        effect.equals(new ReplicaEffect.Send(2, new ReplicaMessage.Promise(0, 99, 0, -1, 0, false))));
    }

    @Test
    void aRefusalOfAHigherEpochEndsACandidacyAndTheNextOneIsAboveIt() {
        // Given
        ReplicaCore core = rig.core(THREE, 1, ReplicaState.BLANK);
        campaign(core, new ReplicaState(0, -1));

        // When
        List<ReplicaEffect> effects = core.receive(2, new ReplicaMessage.Refuse(9, 0));

        // Then
        assertThat(effects).containsExactly(new ReplicaEffect.StepDown(9));
        assertThat(core.campaign(FLOOR)).containsExactly(new ReplicaEffect.Persist(new ReplicaState(10, -1)));
    }

    @Test
    void aLeaderStepsDownForAHigherEpochAndPromisesItOnceThatIsOnDisk() {
        // Given
        ReplicaCore core = rig.leader(1);

        // When
        List<ReplicaEffect> effects = core.receive(3, new ReplicaMessage.Prepare(4, 99, 0));

        // Then
        ReplicaState promised = new ReplicaState(4, 0);
        assertThat(effects).containsExactly(new ReplicaEffect.StepDown(4), new ReplicaEffect.Persist(promised));
        assertThat(core.persisted(promised))
                .containsExactly(new ReplicaEffect.Send(3, new ReplicaMessage.Promise(4, 99, 0, 0, 0, false)));
    }

    @Test
    void aCandidateOfAnOlderSetIsRefused() {
        // Given
        ReplicaCore core = rig.core(THREE, 1, state(3, 3, 2));

        // When
        List<ReplicaEffect> effects = core.receive(2, new ReplicaMessage.Prepare(9, 1, 1));

        // Then
        assertThat(effects).containsExactly(new ReplicaEffect.Send(2, new ReplicaMessage.Refuse(3, 2)));
    }

    @Test
    void aBrokerWithoutAVoteDoesNotCampaign() {
        // Given
        ReplicaCore core = rig.core(ReplicaSet.first(List.of(2, 3)), 1, ReplicaState.BLANK);

        // When, then
        assertThatThrownBy(() -> core.campaign(FLOOR)).hasMessageContaining("broker 1 has no vote");
    }
}
