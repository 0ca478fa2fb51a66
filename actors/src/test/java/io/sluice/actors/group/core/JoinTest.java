/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.actors.group.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.actors.group.GroupRequest.Protocol;
import io.sluice.actors.group.GroupResponse.Joined;
import io.sluice.actors.group.GroupSettings;
import io.sluice.actors.group.GroupState;
import io.sluice.actors.group.core.Scene.Client;
import io.sluice.actors.group.core.Scene.Pending;
import io.sluice.log.ErrorCode;
import java.util.List;
import org.junit.jupiter.api.Test;

class JoinTest {
    private final Scene scene = new Scene();
    private final Client a = scene.client("a");
    private final Client b = scene.client("b");

    @Test
    void newMemberGetsAnIdFirstAndHoldsNoGroupOpenIfItNeverComesBack() {
        // Given
        Joined first = scene.ask(a.joinRequest());

        // When
        scene.pass(Scene.SESSION_MS);

        // Then
        assertThat(first.error()).isEqualTo(ErrorCode.MEMBER_ID_REQUIRED);
        assertThat(first.memberId()).startsWith("a-");
        assertThat(scene.group()).isNull();
        assertThat(scene.events).isEmpty();
    }

    @Test
    void memberOfAnOldClientIsLetInAtOnce() {
        // Given
        a.memberIdRequired = false;

        // When
        Joined joined = scene.ask(a.joinRequest());

        // Then
        assertThat(joined.error()).isEqualTo(ErrorCode.NONE);
        assertThat(joined.generation()).isEqualTo(1);
        assertThat(joined.leader()).isEqualTo(joined.memberId());
        assertThat(joined.members()).hasSize(1);
    }

    @Test
    void unknownMemberIdIsRefused() {
        // Given
        a.memberId = "made-up";

        // When
        Joined joined = scene.ask(a.joinRequest());

        // Then
        assertThat(joined.error()).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
        assertThat(scene.group()).isNull();
    }

    @Test
    void secondMemberMakesTheFirstJoinAgainAndBothGetOneGeneration() {
        // Given
        scene.stabilize(a);

        // When
        Pending<Joined> joinOfB = b.join();
        ErrorCode heartbeatOfA = a.heartbeat();
        boolean answeredBeforeA = joinOfB.isThere();
        Joined joinedA = a.join().get();

        // Then
        assertThat(heartbeatOfA).isEqualTo(ErrorCode.REBALANCE_IN_PROGRESS);
        assertThat(answeredBeforeA).isFalse();
        assertThat(joinedA.generation()).isEqualTo(2);
        assertThat(joinOfB.get().generation()).isEqualTo(2);
        assertThat(joinedA.members()).hasSize(2);
        assertThat(joinOfB.get().members()).isEmpty();
        assertThat(joinOfB.get().leader()).isEqualTo(a.memberId);
    }

    @Test
    void memberThatDoesNotJoinAgainInTimeIsLeftBehind() {
        // Given
        scene.stabilize(a);
        Pending<Joined> joinOfB = b.join();

        // When
        for (int i = 0; i < 12; i++) {
            a.heartbeat();
            scene.pass(Scene.REBALANCE_MS / 12);
        }

        // Then
        assertThat(joinOfB.get().generation()).isEqualTo(2);
        assertThat(joinOfB.get().leader()).isEqualTo(b.memberId);
        assertThat(a.heartbeat()).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
    }

    @Test
    void emptyGroupWaitsForMoreMembersAndAgainForEachThatComes() {
        // Given
        Scene patient = new Scene(GroupSettings.DEFAULTS.withInitialRebalanceDelayMs(3_000));
        Client first = patient.client("first");
        Client second = patient.client("second");

        // When
        Pending<Joined> joinOfFirst = first.join();
        patient.pass(2_000);
        Pending<Joined> joinOfSecond = second.join();
        patient.pass(3_000);
        boolean answeredTooSoon = joinOfFirst.isThere();
        patient.pass(1_000);

        // Then
        assertThat(answeredTooSoon).isFalse();
        assertThat(joinOfFirst.get().members()).hasSize(2);
        assertThat(joinOfSecond.get().generation()).isEqualTo(1);
    }

    @Test
    void waitForMoreMembersEndsWhenNobodyIsLeft() {
        // Given
        Scene patient = new Scene(GroupSettings.DEFAULTS.withInitialRebalanceDelayMs(3_000));
        Client only = patient.client("only");
        Pending<Joined> join = only.join();

        // When
        only.leave();

        // Then
        assertThat(join.get().error()).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
        assertThat(patient.state()).isEqualTo(GroupState.EMPTY);
    }

    @Test
    void sessionTimeoutOutOfBoundsIsRefused() {
        // Given
        a.sessionMs = 5_999;
        b.sessionMs = 1_800_001;

        // When
        Joined tooShort = scene.ask(a.joinRequest());
        Joined tooLong = scene.ask(b.joinRequest());

        // Then
        assertThat(tooShort.error()).isEqualTo(ErrorCode.INVALID_SESSION_TIMEOUT);
        assertThat(tooLong.error()).isEqualTo(ErrorCode.INVALID_SESSION_TIMEOUT);
        assertThat(scene.group()).isNull();
    }

    @Test
    void memberWithNoProtocolInCommonIsRefusedAndTheGroupDoesNotNotice() {
        // Given
        scene.stabilize(a);
        b.protocols = List.of(new Protocol("roundrobin", Scene.subscription("orders")));

        // When
        Joined joined = scene.ask(b.joinRequest());

        // Then
        assertThat(joined.error()).isEqualTo(ErrorCode.INCONSISTENT_GROUP_PROTOCOL);
        assertThat(scene.state()).isEqualTo(GroupState.STABLE);
    }

    @Test
    void loneMemberMayChangeToAnotherProtocol() {
        // Given
        scene.stabilize(a);
        a.protocols = List.of(new Protocol("roundrobin", Scene.subscription("orders")));

        // When
        Joined joined = a.join().get();

        // Then
        assertThat(joined.protocolName()).isEqualTo("roundrobin");
        assertThat(joined.generation()).isEqualTo(2);
    }

    @Test
    void protocolThatAllSupportAndMostPreferIsElected() {
        // Given
        Client c = scene.client("c");
        a.protocols = protocols("range", "sticky", "roundrobin");
        b.protocols = protocols("roundrobin", "sticky", "only-b");
        c.protocols = protocols("sticky", "roundrobin");

        // When
        a.join();
        b.join();
        Pending<Joined> joinOfC = c.join();
        Pending<Joined> joinOfA = a.join();
        Pending<Joined> joinOfB = b.join();

        // Then: a and c vote for sticky, b for roundrobin; range and only-b are not supported by all
        assertThat(scene.group().protocol).isEqualTo("sticky");
        assertThat(List.of(joinOfA, joinOfB, joinOfC)).anyMatch(Pending::isThere);
    }

    @Test
    void fullGroupRefusesMoreMembersButNotItsOwn() {
        // Given
        Scene small = new Scene(new GroupSettings(
                6_000, 1_800_000, 2, 0, 300_000, 1, 600_000, 4_096, 5_000, 5 << 20, 1_000_000, 10_000, 1 << 20));
        Client first = small.client("first");
        Client second = small.client("second");
        Client third = small.client("third");
        small.stabilize(first, second);

        // When
        Joined refused = small.ask(third.joinRequest());
        Pending<Joined> again = first.join();

        // Then
        assertThat(refused.error()).isEqualTo(ErrorCode.GROUP_MAX_SIZE_REACHED);
        assertThat(again.isThere()).isFalse();
        assertThat(second.join().get().error()).isEqualTo(ErrorCode.NONE);
        assertThat(again.get().error()).isEqualTo(ErrorCode.NONE);
    }

    @Test
    void followerThatAsksAgainUnchangedIsToldItsGenerationWithoutARebalance() {
        // Given
        scene.stabilize(a, b);
        Client follower = a.leads() ? b : a;

        // When
        Joined joined = follower.join().get();

        // Then
        assertThat(joined.generation()).isEqualTo(follower.generation);
        assertThat(scene.state()).isEqualTo(GroupState.STABLE);
    }

    @Test
    void leaderThatAsksAgainMakesEverybodyJoinAgain() {
        // Given
        scene.stabilize(a, b);
        Client leader = a.leads() ? a : b;

        // When
        Pending<Joined> join = leader.join();

        // Then
        assertThat(join.isThere()).isFalse();
        assertThat(scene.state()).isEqualTo(GroupState.PREPARING_REBALANCE);
    }

    @Test
    void secondQuestionOfAMemberLeavesTheFirstNotWithoutAnAnswer() {
        // Given
        scene.stabilize(a, b);
        Client leader = a.leads() ? a : b;
        Pending<Joined> first = leader.join();

        // When
        Pending<Joined> second = leader.join();

        // Then
        assertThat(first.get().error()).isEqualTo(ErrorCode.REBALANCE_IN_PROGRESS);
        assertThat(second.isThere()).isFalse();
    }

    @Test
    void memberThatJoinsWhileTheLeaderAssignsStartsTheNextRebalance() {
        // Given
        a.took(a.join().get());

        // When
        Pending<Joined> joinOfB = b.join();
        var sync = a.sync();

        // Then
        assertThat(sync.get().error()).isEqualTo(ErrorCode.REBALANCE_IN_PROGRESS);
        assertThat(joinOfB.isThere()).isFalse();
        assertThat(a.join().get().generation()).isEqualTo(2);
        assertThat(joinOfB.get().generation()).isEqualTo(2);
    }

    @Test
    void newMemberWhoseClientGaveUpIsForgotten() {
        // Given: an old client, which doesn't know its id before it has an answer
        scene.stabilize(a);
        b.memberIdRequired = false;
        Pending<Joined> ghost = scene.send(b.joinRequest());
        a.took(a.join().get());
        a.sync();

        // When
        scene.pass(Scene.SESSION_MS - 1);
        a.heartbeat();
        scene.pass(1);
        a.took(a.join().get());

        // Then
        assertThat(ghost.get().error()).isEqualTo(ErrorCode.NONE);
        assertThat(scene.group().size()).isEqualTo(1);
        assertThat(a.generation).isEqualTo(3);
    }

    private static List<Protocol> protocols(String... names) {
        return java.util.Arrays.stream(names)
                .map(name -> new Protocol(name, Scene.subscription("orders")))
                .toList();
    }
}
