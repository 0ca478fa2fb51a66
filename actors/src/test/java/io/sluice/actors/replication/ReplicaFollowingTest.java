/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.actors.replication;

import static io.sluice.actors.replication.ReplicaRig.THREE;
import static io.sluice.actors.replication.ReplicaRig.sent;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** What a follower fetches and acknowledges, and whom it follows. */
class ReplicaFollowingTest {
    private final ReplicaRig rig = new ReplicaRig();
    private final ListLog log = rig.log;

    @Test
    void aFollowerFetchesWritesAndAcknowledgesOnceItHasTheStartOfTheEpoch() {
        // Given
        ReplicaCore core = rig.core(THREE, 1, ReplicaState.BLANK);
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
        ReplicaCore core = rig.core(THREE, 1, new ReplicaState(0, 0));
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
    void aReplicaServesACatchUpOnlyInTheSessionInWhichItHasPromisedIt() {
        // Given
        log.grow(0, 5);
        ReplicaCore core = rig.core(THREE, 1, new ReplicaState(0, 0));
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
    void aFollowerTakesOverWhenItsOwnLeaderWantsItTo() {
        // Given
        ReplicaCore core = rig.core(THREE, 1, ReplicaState.BLANK);
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
        ReplicaCore core = rig.core(THREE, 1, ReplicaState.BLANK);
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
        ReplicaCore core = rig.core(THREE, 1, ReplicaState.BLANK);
        core.receive(2, new ReplicaMessage.Leading(4, 0, 0));

        // Then
        assertThat(core.gone(3)).isEmpty();
        assertThat(core.gone(2)).containsExactly(new ReplicaEffect.LeaderLost(2));
        assertThat(core.role()).isEqualTo(ReplicaCore.Role.WAITING);
    }
}
