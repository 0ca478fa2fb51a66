/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.actors.replication;

import static io.sluice.actors.replication.ReplicaRig.FLOOR;
import static io.sluice.actors.replication.ReplicaRig.THREE;
import static io.sluice.actors.replication.ReplicaRig.campaign;
import static io.sluice.actors.replication.ReplicaRig.fetch;
import static io.sluice.actors.replication.ReplicaRig.sent;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Replicas that may have lost what they had acknowledged. */
class SuspectReplicaTest {
    private static final UUID DISK = new UUID(0, 7);
    private static final UUID MONDAY = new UUID(0, 8);
    private static final UUID TUESDAY = new UUID(0, 9);

    private final ReplicaRig rig = new ReplicaRig();
    private final ListLog log = rig.log;

    @Test
    void aReplicaIsSuspectAfterAPowerLossAndTrustedAgainWhenALeaderSaysSo() {
        // Given
        log.grow(0, 5);
        ReplicaState monday = new ReplicaState(0, 0, 0, DISK, MONDAY);
        ReplicaCore core = rig.core(THREE, 1, monday, new ReplicaOrigin(DISK, TUESDAY, true, false));
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
        ReplicaCore core = rig.leader(1);
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
    void whereAllOthersHaveForgottenALaterEpochMayBeLostWhichIsAnError() {
        // Given
        ReplicaCore core = rig.leader(1);
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
        ReplicaCore core = rig.core(THREE, 1, monday, new ReplicaOrigin(DISK, TUESDAY, true, false));
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
        ReplicaCore before = rig.core(THREE, 1, monday, new ReplicaOrigin(DISK, MONDAY, true, false));
        assertThat(before.stop()).containsExactly(new ReplicaEffect.Persist(stopped));

        // When
        ReplicaCore core = rig.core(THREE, 1, stopped, new ReplicaOrigin(DISK, TUESDAY, true, false));

        // Then
        assertThat(core.isSuspect()).isFalse();
        assertThat(core.start()).containsExactly(new ReplicaEffect.Persist(new ReplicaState(0, 0, 0, DISK, TUESDAY)));
    }
}
