/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.actors.replication;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class ReplicaCoreTest {
    private static final int FLOOR = 1_000;
    private static final ReplicaSet THREE = ReplicaSet.first(List.of(1, 2, 3));
    private static final ReplicaSet FIVE = ReplicaSet.first(List.of(1, 2, 3, 4, 5));
    private static final UUID DISK = new UUID(0, 7);
    private static final UUID MONDAY = new UUID(0, 8);
    private static final UUID TUESDAY = new UUID(0, 9);

    private final ListLog log = new ListLog();

    @Test
    void aReplicaAloneLeadsAndCommitsOnceItsEpochIsOnDisk() {
        // Given
        log.grow(0, 10);
        ReplicaCore core = core(ReplicaSet.first(List.of(1)), 1, new ReplicaState(7, 7));
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
        ReplicaCore core = core(ReplicaSet.first(List.of(1)), 1, ReplicaState.BLANK);
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
        ReplicaCore core = core(THREE, 1, new ReplicaState(4, 4));
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
        ReplicaCore core = core(FIVE, 1, ReplicaState.BLANK);
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
        ReplicaCore core = core(THREE, 1, new ReplicaState(4, 3));
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
    void theHighWatermarkIsWhatAQuorumOfSyncedReplicasHolds() {
        // Given
        ReplicaCore core = leader(1);
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
        ReplicaCore core = leader(1);
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
        ReplicaCore core = leader(3);
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
        ReplicaCore core = leader(1);
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
        ReplicaCore core = leader(1);
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
        ReplicaCore core = leader(1);
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
    void aLeaderStepsDownForAHigherEpochAndPromisesItOnceThatIsOnDisk() {
        // Given
        ReplicaCore core = leader(1);

        // When
        List<ReplicaEffect> effects = core.receive(3, new ReplicaMessage.Prepare(4, 99, 0));

        // Then
        ReplicaState promised = new ReplicaState(4, 0);
        assertThat(effects).containsExactly(new ReplicaEffect.StepDown(4), new ReplicaEffect.Persist(promised));
        assertThat(core.persisted(promised))
                .containsExactly(new ReplicaEffect.Send(3, new ReplicaMessage.Promise(4, 99, 0, 0, 0, false)));
    }

    @Test
    void aReplicaServesACatchUpOnlyInTheSessionInWhichItHasPromisedIt() {
        // Given
        log.grow(0, 5);
        ReplicaCore core = core(THREE, 1, new ReplicaState(0, 0));
        core.receive(2, new ReplicaMessage.Prepare(1, 99, 0));
        core.persisted(new ReplicaState(1, 0));

        // When
        List<ReplicaEffect> thisSession = core.receive(2, new ReplicaMessage.Fetch(1, 50, 1, 0, 3, 0, false, false, 0));
        List<ReplicaEffect> earlierSession =
                core.receive(2, new ReplicaMessage.Fetch(1, 50, 2, 77, 3, 0, false, false, 0));

        // Then
        assertThat(thisSession)
                .containsExactly(new ReplicaEffect.Send(2, new ReplicaMessage.Records(1, 1, 3, 0, 0, false)));
        assertThat(earlierSession).containsExactly(new ReplicaEffect.Send(2, new ReplicaMessage.Refuse(1, 0)));
    }

    @Test
    void anEpochThatIsPromisedAlreadyIsRefusedToOthersAndRepeatedToItsCandidate() {
        // Given
        ReplicaCore core = core(THREE, 1, ReplicaState.BLANK);
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
        ReplicaCore core = core(THREE, 1, ReplicaState.BLANK);
        campaign(core, new ReplicaState(0, -1));

        // When
        List<ReplicaEffect> effects = core.receive(2, new ReplicaMessage.Refuse(9, 0));

        // Then
        assertThat(effects).containsExactly(new ReplicaEffect.StepDown(9));
        assertThat(core.campaign(FLOOR)).containsExactly(new ReplicaEffect.Persist(new ReplicaState(10, -1)));
    }

    @Test
    void aFollowerFetchesWritesAndAcknowledgesOnceItHasTheStartOfTheEpoch() {
        // Given
        ReplicaCore core = core(THREE, 1, ReplicaState.BLANK);
        assertThat(core.receive(2, new ReplicaMessage.Leading(3, 20, 0)))
                .containsExactly(
                        new ReplicaEffect.Following(2, 3, 20), new ReplicaEffect.Persist(new ReplicaState(3, -1)));
        ReplicaMessage.Fetch first = (ReplicaMessage.Fetch) sent(core.persisted(new ReplicaState(3, -1)), 2);
        assertThat(first.synced()).isFalse();

        // When
        assertThat(core.receive(2, new ReplicaMessage.Records(3, first.number(), 0, 15, 0, false)))
                .containsExactly(new ReplicaEffect.WriteFetched(2, first.number()));
        log.grow(1, 20);
        List<ReplicaEffect> effects = core.appended(20);

        // Then
        ReplicaState synced = new ReplicaState(3, 3);
        assertThat(effects).containsExactly(new ReplicaEffect.HighWatermark(15), new ReplicaEffect.Persist(synced));
        assertThat(((ReplicaMessage.Fetch) sent(core.persisted(synced), 2)).synced())
                .isTrue();
    }

    @Test
    void anAnswerToAnEarlierFetchIsDropped() {
        // Given
        log.grow(0, 5);
        ReplicaCore core = core(THREE, 1, new ReplicaState(0, 0));
        core.receive(2, new ReplicaMessage.Leading(0, 0, 0));
        ReplicaMessage.Fetch first = (ReplicaMessage.Fetch) sent(core.retry(), 2);
        core.retry();

        // When
        List<ReplicaEffect> effects = core.receive(2, new ReplicaMessage.Diverging(0, first.number(), 0, 2, 0));

        // Then
        assertThat(effects).isEmpty();
        assertThat(log.endOffset()).isEqualTo(5);
    }

    @Test
    void aReplicaIsSuspectAfterAPowerLossAndTrustedAgainWhenALeaderSaysSo() {
        // Given
        log.grow(0, 5);
        ReplicaState monday = new ReplicaState(0, 0, 0, DISK, MONDAY);
        ReplicaCore core = core(THREE, 1, monday, new ReplicaOrigin(DISK, TUESDAY, true, false));
        assertThat(core.isSuspect()).isTrue();
        ReplicaMessage.Fetch fetch =
                (ReplicaMessage.Fetch) sent(core.receive(2, new ReplicaMessage.Leading(0, 0, 0)), 2);
        assertThat(fetch.suspect()).isTrue();
        core.receive(2, new ReplicaMessage.Records(0, fetch.number(), 5, 5, 0, true));

        // When
        List<ReplicaEffect> effects = core.appended(5);

        // Then
        assertThat(effects)
                .contains(
                        new ReplicaEffect.Admitted(0),
                        new ReplicaEffect.Persist(new ReplicaState(0, 0, 0, DISK, TUESDAY)));
    }

    @Test
    void aLeaderReadmitsOnceAMajorityHasConfirmedItsEpochAndTheLogIsCaughtUp() {
        // Given
        ReplicaCore core = leader(1);
        log.grow(0, 10);
        core.appended(10);
        ReplicaMessage.Confirm confirm = (ReplicaMessage.Confirm) sent(core.receive(3, fetch(1, 4, true, true)), 2);

        // When
        core.receive(2, new ReplicaMessage.Confirmed(0, confirm.number(), 50, 0, false));

        // Then
        assertThat(core.receive(3, fetch(2, 9, true, true)))
                .containsExactly(new ReplicaEffect.Send(3, new ReplicaMessage.Records(0, 2, 9, 0, 0, false)));
        assertThat(core.receive(3, fetch(3, 10, true, true)))
                .containsExactly(new ReplicaEffect.Send(3, new ReplicaMessage.Records(0, 3, 10, 0, 0, true)));
    }

    @Test
    void aLeadersEpochStandsOnceAMajoritySaysSoSinceItWasAsked() {
        // Given
        ReplicaCore core = leader(1);
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
        ReplicaCore core = leader(1);
        core.confirmEpoch();
        assertThat(core.receive(2, new ReplicaMessage.Refuse(4, 0))).contains(new ReplicaEffect.StepDown(4));
    }

    @Test
    void theEpochOfAReplicaAloneStands() {
        ReplicaCore core = core(ReplicaSet.first(List.of(1)), 1, new ReplicaState(7, 7));
        core.campaign(FLOOR);
        core.persisted(new ReplicaState(8, 8));
        assertThat(core.confirmEpoch()).containsExactly(new ReplicaEffect.EpochStands(8));
    }

    @Test
    void whereAllOthersHaveForgottenALaterEpochMayBeLostWhichIsAnError() {
        // Given
        ReplicaCore core = leader(1);
        log.grow(0, 10);
        core.appended(10);
        ReplicaMessage.Confirm confirm = (ReplicaMessage.Confirm) sent(core.receive(3, fetch(1, 4, true, true)), 2);

        // When
        List<ReplicaEffect> effects = core.receive(2, new ReplicaMessage.Confirmed(0, confirm.number(), 50, 0, true));

        // Then
        assertThat(effects).contains(new ReplicaEffect.UncleanElection(0, 1, 10));
    }

    @Test
    void whereAllAreSuspectAndAllAnswerTheBestLogIsTakenWithAnError() {
        // Given
        log.grow(0, 5);
        ReplicaState monday = new ReplicaState(0, 0, 0, DISK, MONDAY);
        ReplicaCore core = core(THREE, 1, monday, new ReplicaOrigin(DISK, TUESDAY, true, false));
        ReplicaMessage.Prepare low = campaign(core, new ReplicaState(1, 0, 0, DISK, MONDAY));
        core.receive(2, new ReplicaMessage.Promise(1, low.number(), 50, 0, 3, true));
        core.receive(3, new ReplicaMessage.Promise(1, low.number(), 50, 0, 4, true));
        ReplicaMessage.Prepare prepare =
                (ReplicaMessage.Prepare) sent(core.persisted(new ReplicaState(FLOOR, 0, 0, DISK, MONDAY)), 2);
        core.receive(2, new ReplicaMessage.Promise(FLOOR, prepare.number(), 50, 0, 3, true));
        core.receive(3, new ReplicaMessage.Promise(FLOOR, prepare.number(), 50, 0, 4, true));
        long number = prepare.number() + 1;
        core.receive(2, new ReplicaMessage.Confirmed(FLOOR, number, 50, 0, true));

        assertThat(core.receive(3, new ReplicaMessage.Confirmed(FLOOR, number, 50, 0, true)))
                .containsExactly(new ReplicaEffect.ConfirmSet(FLOOR, 0));

        // When
        List<ReplicaEffect> effects = core.setConfirmed(FLOOR);

        // Then
        assertThat(effects)
                .startsWith(new ReplicaEffect.UncleanElection(FLOOR, 1, 5), new ReplicaEffect.BecomeLeader(FLOOR, 5));
    }

    @Test
    void aCleanStopIsTrustedAfterTheNextBoot() {
        // Given
        log.grow(0, 5);
        ReplicaState monday = new ReplicaState(0, 0, 0, DISK, MONDAY);
        ReplicaState stopped = new ReplicaState(0, 0, 0, DISK, ReplicaState.NONE);
        ReplicaCore before = core(THREE, 1, monday, new ReplicaOrigin(DISK, MONDAY, true, false));
        assertThat(before.stop()).containsExactly(new ReplicaEffect.Persist(stopped));

        // When
        ReplicaCore core = core(THREE, 1, stopped, new ReplicaOrigin(DISK, TUESDAY, true, false));

        // Then
        assertThat(core.isSuspect()).isFalse();
        assertThat(core.start()).containsExactly(new ReplicaEffect.Persist(new ReplicaState(0, 0, 0, DISK, TUESDAY)));
    }

    @Test
    void theSetGrowsByOneOnceAMajorityHelpsNoOlderSet() {
        // Given
        ReplicaCore core = leader(1);
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
    void aCandidateOfAnOlderSetIsRefused() {
        // Given
        ReplicaCore core = core(THREE, 1, state(3, 3, 2));

        // When
        List<ReplicaEffect> effects = core.receive(2, new ReplicaMessage.Prepare(9, 1, 1));

        // Then
        assertThat(effects).containsExactly(new ReplicaEffect.Send(2, new ReplicaMessage.Refuse(3, 2)));
    }

    @Test
    void aBrokerWithoutAVoteDoesNotCampaign() {
        // Given
        ReplicaCore core = core(ReplicaSet.first(List.of(2, 3)), 1, ReplicaState.BLANK);

        // When, then
        assertThatThrownBy(() -> core.campaign(FLOOR)).hasMessageContaining("broker 1 has no vote");
    }

    private ReplicaCore core(ReplicaSet set, int minInsync, ReplicaState remembered) {
        return core(set, minInsync, remembered, ReplicaOrigin.UNQUESTIONED);
    }

    @Test
    void aLeaderHandsOverToTheFirstThatHasAllThatIsCommitted() {
        // Given: 2 is behind, 3 is not
        ReplicaCore core = leader(1);
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
        ReplicaCore core = leader(1);
        log.grow(0, 10);
        core.appended(10);
        core.receive(3, fetch(1, 10, true, false));
        core.receive(2, fetch(1, 5, true, false));

        // Then
        assertThat(core.handOver(List.of(2))).isEmpty();
    }

    @Test
    void aFollowerTakesOverWhenItsOwnLeaderWantsItTo() {
        // Given
        ReplicaCore core = core(THREE, 1, ReplicaState.BLANK);
        core.persisted(new ReplicaState(4, -1));
        core.receive(2, new ReplicaMessage.Leading(4, 0, 0));
        assertThat(core.role()).isEqualTo(ReplicaCore.Role.FOLLOWER);

        // Then
        assertThat(core.receive(3, new ReplicaMessage.TakeOver(4))).isEmpty();
        assertThat(core.receive(2, new ReplicaMessage.TakeOver(3))).isEmpty();
        assertThat(core.receive(2, new ReplicaMessage.TakeOver(4))).containsExactly(new ReplicaEffect.TakesOver(4));
    }

    @Test
    void aFollowerDoesNotTurnAwayForALeaderOfThePast() {
        // Given: 2 has taken over from 3
        ReplicaCore core = core(THREE, 1, ReplicaState.BLANK);
        core.receive(2, new ReplicaMessage.Leading(4, 0, 0));

        // Then
        assertThat(core.follow(3, 3)).isEmpty();
        assertThat(core.leader()).isEqualTo(2);
        assertThat(core.follow(3, 5))
                .containsExactly(
                        new ReplicaEffect.Send(3, new ReplicaMessage.Seek(4)), new ReplicaEffect.LeaderLost(2));
    }

    @Test
    void aFollowerOfABrokerThatIsGoneLooksForAnotherLeader() {
        // Given
        ReplicaCore core = core(THREE, 1, ReplicaState.BLANK);
        core.receive(2, new ReplicaMessage.Leading(4, 0, 0));

        // Then
        assertThat(core.gone(3)).isEmpty();
        assertThat(core.gone(2)).containsExactly(new ReplicaEffect.LeaderLost(2));
        assertThat(core.role()).isEqualTo(ReplicaCore.Role.WAITING);
    }

    private ReplicaCore core(ReplicaSet set, int minInsync, ReplicaState remembered, ReplicaOrigin origin) {
        return new ReplicaCore(new ReplicaCore.Identity(1, 0, set, minInsync, origin), remembered, log);
    }

    @Test
    void whoAcknowledgesIsToldWhenItChanges() {
        // Given
        ReplicaCore core = leader(1);

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

    private static ReplicaState state(int promised, int synced, int setVersion) {
        return new ReplicaState(promised, synced, setVersion, ReplicaState.NONE, ReplicaState.NONE);
    }

    /** Leader of epoch 0 with an empty log, synced. */
    private ReplicaCore leader(int minInsync) {
        ReplicaCore core = core(THREE, minInsync, ReplicaState.BLANK);
        core.receive(2, promise(campaign(core, new ReplicaState(0, -1)), -1, 0));
        log.begin(0);
        core.persisted(new ReplicaState(0, 0));
        return core;
    }

    /** Campaigns, and has the promise to itself written. */
    private static ReplicaMessage.Prepare campaign(ReplicaCore core, ReplicaState promised) {
        core.campaign(FLOOR);
        return (ReplicaMessage.Prepare) sent(core.persisted(promised), 2);
    }

    private static ReplicaMessage.Promise promise(ReplicaMessage.Prepare prepare, int synced, long logEnd) {
        return new ReplicaMessage.Promise(prepare.epoch(), prepare.number(), 50, synced, logEnd, false);
    }

    private static ReplicaMessage.Fetch fetch(long number, long offset, boolean synced, boolean suspect) {
        return new ReplicaMessage.Fetch(
                0, 50, number, ReplicaMessage.Fetch.LEADER, offset, offset == 0 ? -1 : 0, synced, suspect, 0);
    }

    private static ReplicaMessage sent(List<ReplicaEffect> effects, int to) {
        return effects.stream()
                .filter(effect -> effect instanceof ReplicaEffect.Send send && send.to() == to)
                .map(effect -> ((ReplicaEffect.Send) effect).message())
                .findFirst()
                .orElseThrow(() -> new AssertionError("nothing is sent to " + to + " by " + effects));
    }
}
