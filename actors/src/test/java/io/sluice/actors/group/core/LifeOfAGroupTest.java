/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.actors.group.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.actors.group.Bytes;
import io.sluice.actors.group.GroupRequest.Commit;
import io.sluice.actors.group.GroupRequest.Describe;
import io.sluice.actors.group.GroupRequest.Heartbeat;
import io.sluice.actors.group.GroupRequest.Leave;
import io.sluice.actors.group.GroupRequest.Leaver;
import io.sluice.actors.group.GroupRequest.NewOffset;
import io.sluice.actors.group.GroupRequest.Sync;
import io.sluice.actors.group.GroupResponse.Joined;
import io.sluice.actors.group.GroupResponse.Left;
import io.sluice.actors.group.GroupResponse.LeftMember;
import io.sluice.actors.group.GroupSettings;
import io.sluice.actors.group.GroupState;
import io.sluice.actors.group.core.Scene.Client;
import io.sluice.actors.group.core.Scene.Pending;
import io.sluice.actors.group.record.GroupEvent.GroupSaved;
import io.sluice.log.ErrorCode;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class LifeOfAGroupTest {
    private final Scene scene = new Scene();
    private final Client a = scene.client("a");
    private final Client b = scene.client("b");

    @Test
    void everybodyGetsTheLeadersAssignmentAndTheLogKnowsIt() {
        // When
        scene.stabilize(a, b);

        // Then
        assertThat(a.assignment).isEqualTo(Scene.text(a.memberId + "@" + a.generation));
        assertThat(b.assignment).isEqualTo(Scene.text(b.memberId + "@" + b.generation));
        GroupSaved last = (GroupSaved) scene.events.get(scene.events.size() - 1);
        assertThat(last.group().members()).hasSize(2);
        assertThat(last.group().generation()).isEqualTo(a.generation);
    }

    @Test
    void followersWaitForTheLeadersAssignment() {
        // Given
        a.join();
        Pending<Joined> joinOfB = b.join();
        a.took(a.join().get());
        b.took(joinOfB.get());
        Client leader = a.leads() ? a : b;
        Client follower = a.leads() ? b : a;

        // When
        var syncOfFollower = follower.sync();
        boolean answeredBeforeLeader = syncOfFollower.isThere();
        leader.sync();

        // Then
        assertThat(answeredBeforeLeader).isFalse();
        assertThat(syncOfFollower.get().error()).isEqualTo(ErrorCode.NONE);
    }

    @Test
    void answersThatNeedTheLogWaitForTheirEventsAndHeartbeatsDoNot() {
        // Given
        scene.stabilize(a);

        // When
        scene.shard.handle(
                new Commit(
                        Scene.GROUP,
                        a.generation,
                        a.memberId,
                        null,
                        -1,
                        true,
                        List.of(new NewOffset("orders", Scene.TOPIC_ID, 0, 5, -1, ""))),
                answer -> {},
                scene.nowMs);
        scene.shard.handle(new Heartbeat(Scene.GROUP, a.generation, a.memberId, null), answer -> {}, scene.nowMs);
        Effects effects = scene.shard.drain();

        // Then
        assertThat(effects.events()).hasSize(1);
        assertThat(effects.answers()).extracting(Answer::events).containsExactly(1, -1);
    }

    @Test
    void silentMemberLosesItsSessionAndTheOthersShareItsPart() {
        // Given
        scene.stabilize(a, b);

        // When
        scene.pass(Scene.SESSION_MS - 1);
        ErrorCode justInTime = a.heartbeat();
        scene.pass(1);

        // Then
        assertThat(justInTime).isEqualTo(ErrorCode.NONE);
        assertThat(b.heartbeat()).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
        assertThat(a.heartbeat()).isEqualTo(ErrorCode.REBALANCE_IN_PROGRESS);
        assertThat(scene.metrics.expiredSessions().sum()).isEqualTo(1);
        assertThat(a.join().get().members()).hasSize(1);
    }

    @Test
    void memberThatWaitsForTheRebalanceIsNotSilent() {
        // Given
        scene.stabilize(a, b);
        Client c = scene.client("c");
        Pending<Joined> joinOfC = c.join();
        Pending<Joined> joinOfA = a.join();

        // When: b keeps its session but takes its time
        for (int i = 0; i < 5; i++) {
            scene.pass(Scene.SESSION_MS - 1_000);
            b.heartbeat();
        }
        Pending<Joined> joinOfB = b.join();

        // Then
        assertThat(joinOfA.get().error()).isEqualTo(ErrorCode.NONE);
        assertThat(joinOfB.get().error()).isEqualTo(ErrorCode.NONE);
        assertThat(joinOfC.get().error()).isEqualTo(ErrorCode.NONE);
        assertThat(scene.group().size()).isEqualTo(3);
    }

    @Test
    void leaverStartsARebalanceAtOnceAndTheLastOneLeavesTheGroupEmpty() {
        // Given
        scene.stabilize(a, b);

        // When
        ErrorCode left = b.leave();
        ErrorCode heartbeat = a.heartbeat();
        a.leave();

        // Then
        assertThat(left).isEqualTo(ErrorCode.NONE);
        assertThat(heartbeat).isEqualTo(ErrorCode.REBALANCE_IN_PROGRESS);
        assertThat(scene.state()).isEqualTo(GroupState.EMPTY);
        GroupSaved last = (GroupSaved) scene.events.get(scene.events.size() - 1);
        assertThat(last.group().members()).isEmpty();
        assertThat(last.group().protocolType()).isEqualTo("consumer");
    }

    @Test
    void leavingWhileOthersWaitCompletesTheRebalanceAtOnce() {
        // Given
        scene.stabilize(a, b);
        Client c = scene.client("c");
        Pending<Joined> joinOfC = c.join();
        Pending<Joined> joinOfA = a.join();

        // When
        b.leave();

        // Then
        assertThat(joinOfA.get().generation()).isEqualTo(joinOfC.get().generation());
        assertThat(scene.state()).isEqualTo(GroupState.COMPLETING_REBALANCE);
    }

    @Test
    void administratorRemovesManyMembersWithOneRebalance() {
        // Given
        Client s = scene.staticClient("s", "instance-1");
        scene.stabilize(a, b, s);
        long rebalancesBefore = scene.metrics.rebalances().sum();

        // When
        Left left = scene.ask(new Leave(
                Scene.GROUP,
                List.of(
                        new Leaver(b.memberId, null, "removed"),
                        new Leaver("", "instance-1", "removed"),
                        new Leaver("", "nobody", null),
                        new Leaver("unknown", null, null))));

        // Then
        assertThat(left.members())
                .extracting(LeftMember::error)
                .containsExactly(
                        ErrorCode.NONE, ErrorCode.NONE, ErrorCode.UNKNOWN_MEMBER_ID, ErrorCode.UNKNOWN_MEMBER_ID);
        assertThat(scene.metrics.rebalances().sum()).isEqualTo(rebalancesBefore + 1);
        assertThat(scene.group().size()).isEqualTo(1);
    }

    @Test
    void idThatWasGivenOutCanBeGivenBack() {
        // Given
        scene.stabilize(a);
        b.memberId = scene.ask(b.joinRequest()).memberId();

        // When
        ErrorCode left = b.leave();

        // Then
        assertThat(left).isEqualTo(ErrorCode.NONE);
        assertThat(scene.group().expected()).isEmpty();
        assertThat(scene.state()).isEqualTo(GroupState.STABLE);
    }

    @Test
    void requestsOfAnOldGenerationAreRefused() {
        // Given
        scene.stabilize(a);
        int old = a.generation;
        a.took(a.join().get());
        a.sync();

        // When
        ErrorCode heartbeat =
                scene.ask(new Heartbeat(Scene.GROUP, old, a.memberId, null)).error();
        ErrorCode sync = scene.ask(new Sync(Scene.GROUP, old, a.memberId, null, null, null, Map.of()))
                .error();
        a.generation = old;
        ErrorCode commit = a.commit(0, 1);

        // Then
        assertThat(List.of(heartbeat, sync, commit)).containsOnly(ErrorCode.ILLEGAL_GENERATION);
    }

    @Test
    void syncWithAnotherProtocolThanTheGroupsIsRefused() {
        // Given
        scene.stabilize(a);

        // When
        ErrorCode otherType = scene.ask(
                        new Sync(Scene.GROUP, a.generation, a.memberId, null, "connect", "range", Map.of()))
                .error();
        ErrorCode otherName = scene.ask(
                        new Sync(Scene.GROUP, a.generation, a.memberId, null, "consumer", "sticky", Map.of()))
                .error();
        ErrorCode oldClient = scene.ask(new Sync(Scene.GROUP, a.generation, a.memberId, null, null, null, Map.of()))
                .error();

        // Then
        assertThat(List.of(otherType, otherName)).containsOnly(ErrorCode.INCONSISTENT_GROUP_PROTOCOL);
        assertThat(oldClient).isEqualTo(ErrorCode.NONE);
    }

    @Test
    void memberThatNeverAsksForItsAssignmentIsTakenOut() {
        // Given
        a.join();
        Pending<Joined> joinOfB = b.join();
        a.took(a.join().get());
        b.took(joinOfB.get());
        Client leader = a.leads() ? a : b;
        Client silent = a.leads() ? b : a;
        leader.sync();

        // When: it sends heartbeats all the same
        for (int i = 0; i < Scene.REBALANCE_MS / 5_000; i++) {
            scene.pass(5_000);
            leader.heartbeat();
            silent.heartbeat();
        }

        // Then
        assertThat(silent.heartbeat()).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
        assertThat(leader.heartbeat()).isEqualTo(ErrorCode.REBALANCE_IN_PROGRESS);
    }

    @Test
    void assignmentThatDoesNotFitARecordIsRefusedBeforeAnybodyHasIt() {
        // Given
        a.took(a.join().get());
        Bytes huge = Bytes.of(new byte[GroupSettings.DEFAULTS.maxBatchBytes()]);

        // When
        ErrorCode error = scene.ask(new Sync(
                        Scene.GROUP, a.generation, a.memberId, null, "consumer", "range", Map.of(a.memberId, huge)))
                .error();

        // Then
        assertThat(error).isEqualTo(ErrorCode.MESSAGE_TOO_LARGE);
        assertThat(scene.events).isEmpty();
        assertThat(scene.state()).isEqualTo(GroupState.PREPARING_REBALANCE);
    }

    @Test
    void groupLivesOnAtAnotherCoordinator() {
        // Given
        scene.stabilize(a, b);
        a.commit(0, 42);

        // When
        scene.failOver();

        // Then
        assertThat(scene.state()).isEqualTo(GroupState.STABLE);
        assertThat(a.heartbeat()).isEqualTo(ErrorCode.NONE);
        assertThat(b.sync().get().assignment()).isEqualTo(b.assignment);
        assertThat(a.commit(0, 43)).isEqualTo(ErrorCode.NONE);
        scene.pass(Scene.SESSION_MS);
        assertThat(scene.state()).isEqualTo(GroupState.EMPTY);
    }

    @Test
    void whoWaitsIsToldWhenTheCoordinatorGoes() {
        // Given
        scene.stabilize(a, b);
        Pending<Joined> waiting = a.join();
        if (waiting.isThere()) {
            waiting = b.join();
        }

        // When
        scene.failOver();

        // Then
        assertThat(waiting.get().error()).isEqualTo(ErrorCode.NOT_COORDINATOR);
    }

    @Test
    void descriptionShowsMembersOnlyWithWhatTheyHaveWhenStable() {
        // Given
        scene.stabilize(a);

        // When
        var stable = scene.ask(new Describe(Scene.GROUP));
        b.join();
        var rebalancing = scene.ask(new Describe(Scene.GROUP));
        var unknown = scene.ask(new Describe("nobody"));

        // Then
        assertThat(stable.state()).isEqualTo("Stable");
        assertThat(stable.protocolName()).isEqualTo("range");
        assertThat(stable.members().get(0).assignment()).isEqualTo(a.assignment);
        assertThat(stable.members().get(0).clientHost()).isEqualTo("/127.0.0.1");
        assertThat(rebalancing.state()).isEqualTo("PreparingRebalance");
        assertThat(rebalancing.protocolName()).isEmpty();
        assertThat(rebalancing.members()).allMatch(member -> member.assignment().length() == 0);
        assertThat(unknown.error()).isEqualTo(ErrorCode.GROUP_ID_NOT_FOUND);
    }

    @Test
    void listIsFilteredByStateAndType() {
        // Given
        scene.stabilize(a);

        // When
        var all = scene.shard.list(Set.of(), Set.of());
        var stable = scene.shard.list(Set.of("stable"), Set.of("Classic"));
        var empty = scene.shard.list(Set.of("Empty"), Set.of());
        var newer = scene.shard.list(Set.of(), Set.of("consumer"));

        // Then
        assertThat(all).hasSize(1);
        assertThat(all.get(0).protocolType()).isEqualTo("consumer");
        assertThat(stable).isEqualTo(all);
        assertThat(empty).isEmpty();
        assertThat(newer).isEmpty();
    }

    @Test
    void groupsAreCountedByState() {
        // Given
        scene.stabilize(a);

        // When
        a.leave();

        // Then
        assertThat(scene.metrics.groups(GroupState.EMPTY)).isEqualTo(1);
        assertThat(scene.metrics.groups(GroupState.STABLE)).isZero();
        scene.shard.dispose(ErrorCode.NOT_COORDINATOR);
        assertThat(scene.metrics.groups(GroupState.EMPTY)).isZero();
    }
}
