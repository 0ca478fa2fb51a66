/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.actors.group.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.actors.group.GroupRequest.Protocol;
import io.sluice.actors.group.GroupResponse.Joined;
import io.sluice.actors.group.GroupState;
import io.sluice.actors.group.core.Scene.Client;
import io.sluice.actors.group.core.Scene.Pending;
import io.sluice.log.ErrorCode;
import java.util.List;
import org.junit.jupiter.api.Test;

class StaticMemberTest {
    private final Scene scene = new Scene();
    private final Client dynamic = scene.client("dynamic");
    private final Client fixed = scene.staticClient("fixed", "instance-1");

    @Test
    void restartedMemberGetsItsAssignmentBackWithoutARebalance() {
        // Given
        scene.stabilize(dynamic, fixed);
        Client restarted = scene.staticClient("fixed", "instance-1");

        // When
        Joined joined = restarted.join().get();
        restarted.took(joined);
        var synced = restarted.sync().get();

        // Then
        assertThat(joined.memberId()).isNotEqualTo(fixed.memberId);
        assertThat(joined.generation()).isEqualTo(fixed.generation);
        assertThat(scene.state()).isEqualTo(GroupState.STABLE);
        assertThat(synced.assignment()).isEqualTo(fixed.assignment);
        assertThat(dynamic.heartbeat()).isEqualTo(ErrorCode.NONE);
    }

    @Test
    void whoStillUsesTheOldIdIsFenced() {
        // Given
        scene.stabilize(dynamic, fixed);
        scene.staticClient("fixed", "instance-1").join();

        // When
        ErrorCode heartbeat = fixed.heartbeat();
        ErrorCode commit = fixed.commit(0, 1);
        ErrorCode leave = fixed.leave();
        Joined join = fixed.join().get();

        // Then
        assertThat(List.of(heartbeat, commit, leave, join.error())).containsOnly(ErrorCode.FENCED_INSTANCE_ID);
    }

    @Test
    void restartedLeaderIsToldToKeepTheAssignmentIfItUnderstands() {
        // Given
        scene.stabilize(fixed, dynamic);
        Client restarted = scene.staticClient("fixed", "instance-1");

        // When
        Joined joined = restarted.join().get();

        // Then
        assertThat(fixed.leads()).isTrue();
        assertThat(joined.skipAssignment()).isTrue();
        assertThat(joined.leader()).isEqualTo(joined.memberId());
        assertThat(joined.members()).hasSize(2);
    }

    @Test
    void restartedLeaderOfAnOldClientTakesItselfForAFollower() {
        // Given
        scene.stabilize(fixed, dynamic);
        Client restarted = scene.staticClient("fixed", "instance-1");
        restarted.skipAssignment = false;

        // When
        Joined joined = restarted.join().get();

        // Then
        assertThat(joined.skipAssignment()).isFalse();
        assertThat(joined.leader()).isEqualTo(fixed.memberId);
        assertThat(joined.members()).isEmpty();
    }

    @Test
    void restartedMemberThatWantsOtherTopicsMakesTheGroupRebalance() {
        // Given
        scene.stabilize(dynamic, fixed);
        Client restarted = scene.staticClient("fixed", "instance-1");
        restarted.protocols = List.of(new Protocol("range", Scene.subscription("orders", "payments")));

        // When
        Pending<Joined> join = restarted.join();

        // Then
        assertThat(join.isThere()).isFalse();
        assertThat(dynamic.heartbeat()).isEqualTo(ErrorCode.REBALANCE_IN_PROGRESS);
        assertThat(dynamic.join().get().generation()).isEqualTo(fixed.generation + 1);
        assertThat(join.get().generation()).isEqualTo(fixed.generation + 1);
    }

    @Test
    void restartSurvivesTheCoordinator() {
        // Given
        scene.stabilize(dynamic, fixed);
        Client restarted = scene.staticClient("fixed", "instance-1");
        restarted.took(restarted.join().get());

        // When
        scene.failOver();

        // Then
        assertThat(restarted.heartbeat()).isEqualTo(ErrorCode.NONE);
        assertThat(fixed.heartbeat()).isEqualTo(ErrorCode.FENCED_INSTANCE_ID);
    }

    @Test
    void absentMemberKeepsItsPlaceThroughARebalanceUntilItsSessionIsOver() {
        // Given
        scene.stabilize(dynamic, fixed);
        fixed.sessionMs = Scene.SESSION_MS;
        Client third = scene.client("third");
        Pending<Joined> joinOfThird = third.join();
        Pending<Joined> joinOfDynamic = dynamic.join();

        // When
        scene.pass(Scene.SESSION_MS);

        // Then
        assertThat(joinOfThird.get().error()).isEqualTo(ErrorCode.NONE);
        assertThat(joinOfDynamic.get().error()).isEqualTo(ErrorCode.NONE);
        assertThat(scene.group().memberOfInstance("instance-1")).isNull();
    }

    @Test
    void secondInstanceOfTheSameNameFencesTheFirstWhileBothWait() {
        // Given
        scene.stabilize(dynamic);
        Pending<Joined> first = fixed.join();
        Client twin = scene.staticClient("twin", "instance-1");

        // When
        Pending<Joined> second = twin.join();
        dynamic.join();

        // Then
        assertThat(first.get().error()).isEqualTo(ErrorCode.FENCED_INSTANCE_ID);
        assertThat(second.get().error()).isEqualTo(ErrorCode.NONE);
        assertThat(scene.group().size()).isEqualTo(2);
    }
}
