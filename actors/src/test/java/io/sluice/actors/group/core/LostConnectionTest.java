/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.actors.group.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.actors.group.GroupResponse.Joined;
import io.sluice.actors.group.GroupResponse.Synced;
import io.sluice.actors.group.GroupSettings;
import io.sluice.actors.group.GroupState;
import io.sluice.actors.group.core.Scene.Client;
import io.sluice.actors.group.core.Scene.Pending;
import io.sluice.log.ErrorCode;
import org.junit.jupiter.api.Test;

/** Members whose connection ends while they wait for the coordinator. */
class LostConnectionTest {
    private final Scene scene = new Scene();
    private final Client a = scene.client("a");
    private final Client b = scene.client("b");
    private final Client c = scene.client("c");

    LostConnectionTest() {
        b.rebalanceMs = Integer.MAX_VALUE;
    }

    /** {@code a} is silent from now on, as far as joining goes, but sends its heartbeats. */
    private void passWithHeartbeatsOfA(long ms) {
        for (long passed = 0; passed < ms; passed += Scene.SESSION_MS / 2) {
            a.heartbeat();
            scene.pass(Scene.SESSION_MS / 2);
        }
    }

    @Test
    void joiningMemberIsForgottenAfterItsSessionAndNotAfterItsRebalanceTimeout() {
        // Given
        scene.stabilize(a);
        Pending<Joined> join = b.join();

        // When
        scene.disconnect(join);
        scene.pass(Scene.SESSION_MS - 1);
        int before = scene.group().size();
        a.heartbeat();
        scene.pass(1);

        // Then
        assertThat(before).isEqualTo(2);
        assertThat(scene.group().size()).isEqualTo(1);
        assertThat(join.get().error()).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
        assertThat(scene.metrics.expiredSessions().sum()).isEqualTo(1);
    }

    @Test
    void othersDoNotWaitAsLongAsTheLostOneWould() {
        // Given: b and c wait for a, which never joins again
        scene.stabilize(a);
        Pending<Joined> lost = b.join();
        Pending<Joined> waiting = c.join();

        // When
        scene.disconnect(lost);
        passWithHeartbeatsOfA(Scene.REBALANCE_MS);

        // Then
        assertThat(waiting.get().error()).isEqualTo(ErrorCode.NONE);
        assertThat(waiting.get().leader()).isEqualTo(c.memberId);
        assertThat(scene.group().size()).isEqualTo(1);
    }

    @Test
    void waitThatIsOverAlreadyForThoseWhoAreLeftEndsWithTheLostOne() {
        // Given: b holds the others for longer than they have asked for
        scene.stabilize(a);
        Pending<Joined> lost = b.join();
        Pending<Joined> waiting = c.join();
        passWithHeartbeatsOfA(Scene.REBALANCE_MS * 2);
        boolean answeredBefore = waiting.isThere();

        // When
        scene.disconnect(lost);
        passWithHeartbeatsOfA(Scene.SESSION_MS);

        // Then
        assertThat(answeredBefore).isFalse();
        assertThat(waiting.get().error()).isEqualTo(ErrorCode.NONE);
    }

    @Test
    void newMembersDoNotGatherForEverForTheSakeOfALostOne() {
        // Given
        Scene patient = new Scene(GroupSettings.DEFAULTS.withInitialRebalanceDelayMs(3_000));
        Client first = patient.client("first");
        first.rebalanceMs = Integer.MAX_VALUE;
        Pending<Joined> lost = first.join();
        Pending<Joined> second = patient.client("second").join();

        // When: somebody comes every two seconds
        patient.disconnect(lost);
        for (int i = 0; i < Scene.REBALANCE_MS / 2_000; i++) {
            patient.client("more" + i).join();
            patient.pass(2_000);
        }

        // Then
        assertThat(second.isThere()).isTrue();
    }

    @Test
    void memberThatComesBackInTimeKeepsItsPlace() {
        // Given
        scene.stabilize(a);
        Pending<Joined> lost = b.join();
        scene.disconnect(lost);
        scene.pass(Scene.SESSION_MS / 2);

        // When
        Pending<Joined> again = scene.send(b.joinRequest());
        passWithHeartbeatsOfA(Scene.SESSION_MS * 3);
        a.took(a.join().get());

        // Then
        assertThat(lost.get().error()).isEqualTo(ErrorCode.REBALANCE_IN_PROGRESS);
        assertThat(again.get().error()).isEqualTo(ErrorCode.NONE);
        assertThat(scene.group().size()).isEqualTo(2);
    }

    @Test
    void memberThatWaitsForItsAssignmentIsForgottenAfterItsSession() {
        // Given: both have the generation, and the leader never assigns
        scene.stabilize(a);
        Pending<Joined> joinOfB = b.join();
        a.took(a.join().get());
        b.took(joinOfB.get());
        Pending<Synced> sync = b.sync();

        // When
        scene.disconnect(sync);
        passWithHeartbeatsOfA(Scene.SESSION_MS);

        // Then
        assertThat(sync.get().error()).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
        assertThat(scene.state()).isEqualTo(GroupState.PREPARING_REBALANCE);
        assertThat(scene.group().size()).isEqualTo(1);
    }

    @Test
    void requestThatIsAnsweredAlreadyChangesNothing() {
        // Given
        Pending<Joined> join = a.join();
        a.took(join.get());
        a.sync().get();

        // When
        scene.disconnect(join);
        passWithHeartbeatsOfA(Scene.SESSION_MS * 2);

        // Then
        assertThat(scene.state()).isEqualTo(GroupState.STABLE);
        assertThat(scene.group().size()).isEqualTo(1);
    }
}
