/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.actors.replication;

import static io.sluice.actors.replication.ReplicaRig.FLOOR;
import static io.sluice.actors.replication.ReplicaRig.THREE;
import static io.sluice.actors.replication.ReplicaRig.fetch;
import static io.sluice.actors.replication.ReplicaRig.sent;
import static io.sluice.actors.replication.ReplicaRig.state;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** What a leader commits, tells its followers, and how it makes sure that it leads. */
class ReplicaLeadershipTest {
    private final ReplicaRig rig = new ReplicaRig();
    private final ListLog log = rig.log;

    @Test
    void theHighWatermarkIsWhatAQuorumOfSyncedReplicasHolds() {
        // Given
        ReplicaCore core = rig.leader(1);
        log.grow(0, 50);
        core.appended(50);
        assertThat(core.highWatermark()).as("the leader alone commits nothing").isZero();

        // When
        List<ReplicaEffect> effects = core.receive(2, fetch(1, 30, true, false));

        // Then
        assertThat(effects)
                .contains(new ReplicaEffect.HighWatermark(30))
                .contains(new ReplicaEffect.Send(2, new ReplicaMessage.Records(0, 1, 30, 30, 0, false)));
    }

    @Test
    void whatIsNotSyncedOrSuspectCommitsNothing() {
        // Given
        ReplicaCore core = rig.leader(1);
        log.grow(0, 50);
        core.appended(50);

        // When
        core.receive(2, fetch(1, 50, false, false));
        core.receive(3, fetch(1, 50, true, true));

        // Then
        assertThat(core.highWatermark()).isZero();
        assertThat(core.progress())
                .containsExactlyInAnyOrder(
                        new ReplicaCore.Progress(2, 50, false, false), new ReplicaCore.Progress(3, 50, false, true));
    }

    @Test
    void minInsyncReplicasRaisesTheQuorum() {
        // Given
        ReplicaCore core = rig.leader(3);
        log.grow(0, 50);
        core.appended(50);
        core.receive(2, fetch(1, 50, true, false));
        assertThat(core.highWatermark()).isZero();

        // When
        core.receive(3, fetch(1, 20, true, false));

        // Then
        assertThat(core.highWatermark()).isEqualTo(20);
    }

    @Test
    void anIdleFollowersFetchRestsAtTheLeader() {
        // Given
        ReplicaCore core = rig.leader(1);
        assertThat(core.receive(2, fetch(1, 0, true, false))).noneMatch(effect -> effect instanceof ReplicaEffect.Send);

        // When
        log.grow(0, 1);
        List<ReplicaEffect> effects = core.appended(1);

        // Then
        assertThat(effects)
                .containsExactly(new ReplicaEffect.Send(2, new ReplicaMessage.Records(0, 1, 0, 0, 0, false)));
    }

    @Test
    void aHighWatermarkThatNoRecordCarriesIsToldWhenAsked() {
        // Given
        ReplicaCore core = rig.leader(1);
        log.grow(0, 1);
        core.appended(1);
        assertThat(core.receive(2, fetch(1, 1, true, false)))
                .containsOnlyOnce(new ReplicaEffect.HighWatermark(1))
                .noneMatch(effect -> effect instanceof ReplicaEffect.Send);

        assertThat(core.hasHighWatermarkToSpread()).isTrue();

        // When
        List<ReplicaEffect> effects = core.spreadHighWatermark();

        // Then
        assertThat(effects)
                .containsExactly(new ReplicaEffect.Send(2, new ReplicaMessage.Records(0, 1, 1, 1, 0, false)));
        assertThat(core.hasHighWatermarkToSpread()).isFalse();
        assertThat(core.spreadHighWatermark()).isEmpty();
    }

    @Test
    void aFollowerThatBeginsToWaitWithAnOldHighWatermarkIsToldTheNewOne() {
        // Given: all that there is has been committed with the help of 2
        ReplicaCore core = rig.leader(1);
        log.grow(0, 1);
        core.appended(1);
        core.receive(2, fetch(1, 1, true, false));
        core.spreadHighWatermark();
        assertThat(core.hasHighWatermarkToSpread()).isFalse();

        // When 3 asks for more, not knowing that
        core.receive(3, fetch(1, 1, true, false));

        // Then
        assertThat(core.hasHighWatermarkToSpread()).isTrue();
    }

    @Test
    void aLeadersEpochStandsOnceAMajoritySaysSoSinceItWasAsked() {
        // Given
        ReplicaCore core = rig.leader(1);
        core.receive(2, fetch(1, 0, true, false));
        core.receive(3, fetch(1, 0, true, false));
        ReplicaMessage.Confirm first = (ReplicaMessage.Confirm) sent(core.confirmEpoch(), 2);
        ReplicaMessage.Confirm second = (ReplicaMessage.Confirm) sent(core.confirmEpoch(), 2);

        // Then
        assertThat(core.receive(2, new ReplicaMessage.Confirmed(0, first.number(), 50, 0, false)))
                .as("that is about the time before the second question")
                .isEmpty();
        assertThat(core.receive(3, new ReplicaMessage.Confirmed(0, second.number(), 50, 0, true)))
                .as("a suspect replica may have forgotten a promise")
                .isEmpty();
        assertThat(core.awaitsAnswer()).isTrue();
        ReplicaMessage.Confirm again = (ReplicaMessage.Confirm) sent(core.retry(), 2);
        assertThat(core.receive(2, new ReplicaMessage.Confirmed(0, again.number(), 50, 0, false)))
                .containsExactly(new ReplicaEffect.EpochStands(0));
        assertThat(core.receive(2, new ReplicaMessage.Confirmed(0, again.number(), 50, 0, false)))
                .as("told once")
                .isEmpty();
    }

    @Test
    void aLeaderThatIsAskedAndHearsOfALaterEpochLeadsNoMore() {
        ReplicaCore core = rig.leader(1);
        core.confirmEpoch();
        assertThat(core.receive(2, new ReplicaMessage.Refuse(4, 0))).contains(new ReplicaEffect.StepDown(4));
    }

    @Test
    void theEpochOfAReplicaAloneStands() {
        ReplicaCore core = rig.core(ReplicaSet.first(List.of(1)), 1, new ReplicaState(7, 7));
        core.campaign(FLOOR);
        core.persisted(new ReplicaState(8, 8));
        assertThat(core.confirmEpoch()).containsExactly(new ReplicaEffect.EpochStands(8));
    }

    @Test
    void theSetGrowsByOneOnceAMajorityHelpsNoOlderSet() {
        // Given
        ReplicaCore core = rig.leader(1);
        assertThat(core.receive(2, fetch(1, 0, true, false))).contains(new ReplicaEffect.SetInForce(0, THREE));
        ReplicaSet four = new ReplicaSet(1, List.of(1, 2, 3, 4));
        assertThat(core.changeSet(four)).containsExactly(new ReplicaEffect.Persist(state(0, 0, 1)));
        ReplicaMessage.Confirm confirm = (ReplicaMessage.Confirm) sent(core.persisted(state(0, 0, 1)), 2);
        core.receive(3, fetch(1, 0, true, false));
        core.receive(2, new ReplicaMessage.Confirmed(0, confirm.number(), 50, 1, false));

        // When
        List<ReplicaEffect> effects = core.receive(3, new ReplicaMessage.Confirmed(0, confirm.number(), 50, 1, false));

        // Then
        assertThat(effects).containsExactly(new ReplicaEffect.SetInForce(0, four));
    }

    @Test
    void aLeaderHandsOverToTheFirstThatHasAllThatIsCommitted() {
        // Given: 2 is behind, 3 is not
        ReplicaCore core = rig.leader(1);
        log.grow(0, 10);
        core.appended(10);
        core.receive(2, fetch(1, 5, true, false));
        core.receive(3, fetch(1, 10, true, false));

        // When
        List<ReplicaEffect> effects = core.handOver(List.of(2, 3));

        // Then: it leads until 3 asks for promises
        assertThat(effects).containsExactly(new ReplicaEffect.Send(3, new ReplicaMessage.TakeOver(0)));
        assertThat(core.role()).isEqualTo(ReplicaCore.Role.LEADER);
    }

    @Test
    void aLeaderWhoseFollowersAreAllBehindKeepsLeading() {
        // Given
        ReplicaCore core = rig.leader(1);
        log.grow(0, 10);
        core.appended(10);
        core.receive(3, fetch(1, 10, true, false));
        core.receive(2, fetch(1, 5, true, false));

        // Then
        assertThat(core.handOver(List.of(2))).isEmpty();
    }

    @Test
    void whoAcknowledgesIsToldWhenItChanges() {
        // Given
        ReplicaCore core = rig.leader(1);

        // When, then: a voter, an observer, a suspect one
        assertThat(acknowledging(core.receive(3, fetch(1, 0, true, false)))).containsExactly(List.of(3));
        assertThat(acknowledging(core.receive(7, fetch(1, 0, true, false)))).containsExactly(List.of(3, 7));
        assertThat(acknowledging(core.receive(7, fetch(2, 0, true, false)))).isEmpty();
        assertThat(acknowledging(core.receive(2, fetch(1, 0, true, true)))).isEmpty();
        assertThat(acknowledging(core.gone(3))).containsExactly(List.of(7));
        assertThat(acknowledging(core.receive(7, fetch(3, 0, true, true)))).containsExactly(List.of());
    }

    private static List<List<Integer>> acknowledging(List<ReplicaEffect> effects) {
        return effects.stream()
                .filter(effect -> effect instanceof ReplicaEffect.Acknowledging)
                .map(effect -> ((ReplicaEffect.Acknowledging) effect).nodes())
                .toList();
    }
}
