/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.actors.group;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.typed.ActorRef;
import com.typesafe.config.ConfigFactory;
import io.sluice.actors.group.GroupRequest.Commit;
import io.sluice.actors.group.GroupRequest.FetchOffsets;
import io.sluice.actors.group.GroupRequest.Heartbeat;
import io.sluice.actors.group.GroupRequest.Join;
import io.sluice.actors.group.GroupRequest.NewOffset;
import io.sluice.actors.group.GroupRequest.PartitionKey;
import io.sluice.actors.group.GroupRequest.Protocol;
import io.sluice.actors.group.GroupRequest.Sync;
import io.sluice.actors.group.GroupResponse.Joined;
import io.sluice.actors.group.GroupResponse.Listed;
import io.sluice.log.ErrorCode;
import io.sluice.log.batch.BatchBuilder;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class GroupCoordinatorTest {
    private static final String GROUP = "g";
    private static final PartitionKey ORDERS_0 = new PartitionKey("orders", 0);
    private static final ActorTestKit KIT = ActorTestKit.create(ConfigFactory.parseString(
                    "sluice.background-dispatcher { executor = thread-pool-executor, thread-pool-executor.fixed-pool-size = 2 }")
            .withFallback(ConfigFactory.load("application-test")));

    private final FakePartition partition = new FakePartition(0);
    private GroupCoordinatorService service;
    private ActorRef<Void> actor;

    @BeforeEach
    void start() {
        service = new GroupCoordinatorService(
                GroupSettings.DEFAULTS.withInitialRebalanceDelayMs(0), () -> 1, InstantSource.system());
        actor = KIT.spawn(service.at(partition).orElseThrow());
    }

    @AfterEach
    void stop() {
        partition.release();
        KIT.stop(actor);
    }

    @AfterAll
    static void shutdown() {
        KIT.shutdownTestKit();
    }

    private <R extends GroupResponse> CompletableFuture<R> submit(GroupRequest<R> request) {
        CompletableFuture<R> answer = new CompletableFuture<>();
        service.submit(request, response -> {
            if (!answer.complete(response)) {
                throw new AssertionError("answered twice: " + response);
            }
        });
        return answer;
    }

    private <R extends GroupResponse> R ask(GroupRequest<R> request) {
        return submit(request).orTimeout(20, TimeUnit.SECONDS).join();
    }

    private static Commit commit(long offset) {
        return new Commit(
                GROUP, -1, "", null, -1, true, List.of(new NewOffset("orders", new UUID(0, 0), 0, offset, -1, "")));
    }

    private long committed() {
        var offset = ask(new FetchOffsets(GROUP, null)).offsets().get(ORDERS_0);
        return offset == null ? -1 : offset.offset();
    }

    private static GroupSettings shortSessions() {
        return new GroupSettings(
                100, 10_000, 10, 0, 300_000, 1_000_000, 600_000, 4_096, 5_000, 1 << 20, 1_000_000, 100, 1 << 20);
    }

    private void awaitServing() {
        await().until(() ->
                submit(new FetchOffsets(GROUP, null)).get(20, TimeUnit.SECONDS).error() == ErrorCode.NONE);
    }

    private static Join join(String memberId) {
        return new Join(
                GROUP,
                memberId,
                null,
                "client",
                "/127.0.0.1",
                false,
                true,
                10_000,
                10_000,
                "consumer",
                List.of(new Protocol("range", Bytes.EMPTY)),
                null);
    }

    @Test
    void commitIsAnsweredWhenItIsInTheLogAndTheNextCoordinatorKnowsIt() {
        // Given
        awaitServing();

        // When
        ErrorCode error = ask(commit(42)).error();
        KIT.stop(actor);
        actor = KIT.spawn(service.at(partition).orElseThrow());
        awaitServing();

        // Then
        assertThat(error).isEqualTo(ErrorCode.NONE);
        assertThat(committed()).isEqualTo(42);
    }

    @Test
    void requestsThatComeWhileAnAppendIsUnderWayLeaveTogether() {
        // Given
        awaitServing();
        partition.hold();
        List<CompletableFuture<GroupResponse.Committed>> answers = new ArrayList<>();
        answers.add(submit(commit(0)));
        await().until(() -> partition.held() == 1);

        // When
        for (int i = 1; i <= 100; i++) {
            answers.add(submit(commit(i)));
        }
        boolean answeredTooSoon = answers.stream().anyMatch(CompletableFuture::isDone);
        partition.release();

        // Then
        answers.forEach(answer -> assertThat(
                        answer.orTimeout(20, TimeUnit.SECONDS).join().error())
                .isEqualTo(ErrorCode.NONE));
        assertThat(answeredTooSoon).isFalse();
        assertThat(partition.appends()).isLessThan(10);
        assertThat(committed()).isEqualTo(100);
    }

    @Test
    void readerDoesNotSeeWhatIsNotCommitted() {
        // Given
        awaitServing();
        partition.hold();
        var write = submit(commit(7));
        await().until(() -> partition.held() == 1);

        // When
        var read = submit(new FetchOffsets(GROUP, null));
        var heartbeat = ask(new Heartbeat(GROUP, 1, "nobody", null));

        // Then
        assertThat(heartbeat.error()).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
        assertThat(read).isNotDone();
        partition.release();
        assertThat(read.orTimeout(20, TimeUnit.SECONDS).join().offsets()).containsKey(ORDERS_0);
        assertThat(write.orTimeout(20, TimeUnit.SECONDS).join().error()).isEqualTo(ErrorCode.NONE);
    }

    @Test
    void failedAppendIsToldAndWhatItWouldHaveChangedIsForgotten() {
        // Given
        awaitServing();
        ask(commit(1));

        // When
        partition.rejectNext(ErrorCode.REQUEST_TIMED_OUT);
        ErrorCode error = ask(commit(2)).error();
        awaitServing();

        // Then
        assertThat(error).isEqualTo(ErrorCode.COORDINATOR_NOT_AVAILABLE);
        assertThat(committed()).isEqualTo(1);
        assertThat(service.metrics().reloads().sum()).isEqualTo(1);
    }

    @Test
    void fullDiskIsWorthATryAgainAndCommitsGoOnByThemselvesWhenThereIsRoom() {
        // Given a member, and no room from now on
        awaitServing();
        Joined joined = ask(join(""));
        ask(new Sync(GROUP, joined.generation(), joined.memberId(), null, null, null, Map.of()));
        ask(memberCommit(joined, 1));
        partition.rejectAll(ErrorCode.KAFKA_STORAGE_ERROR);

        // When
        List<ErrorCode> errors = new ArrayList<>();
        await().until(() -> {
            errors.add(ask(memberCommit(joined, 2)).error());
            return service.metrics().reloads().sum() >= 3;
        });
        long committedMeanwhile = committed();
        partition.rejectAll(null);

        // Then: a client looks for the coordinator again, and finds this one
        assertThat(errors).containsOnly(ErrorCode.NOT_COORDINATOR, ErrorCode.COORDINATOR_LOAD_IN_PROGRESS);
        assertThat(committedMeanwhile).isLessThanOrEqualTo(1);
        await().until(() -> ask(memberCommit(joined, 3)).error() == ErrorCode.NONE);
        assertThat(committed()).isEqualTo(3);
    }

    private static Commit memberCommit(Joined member, long offset) {
        return new Commit(
                GROUP,
                member.generation(),
                member.memberId(),
                null,
                -1,
                true,
                List.of(new NewOffset("orders", new UUID(0, 0), 0, offset, -1, "")));
    }

    @Test
    void fullMailboxOfThePartitionIsWaitedOut() {
        // Given
        awaitServing();
        partition.rejectNext(ErrorCode.NOT_ENOUGH_REPLICAS);
        partition.rejectNext(ErrorCode.NOT_ENOUGH_REPLICAS);

        // When
        ErrorCode error = ask(commit(3)).error();

        // Then
        assertThat(error).isEqualTo(ErrorCode.NONE);
        assertThat(committed()).isEqualTo(3);
        assertThat(service.metrics().reloads().sum()).isZero();
    }

    @Test
    void whoWaitsForOthersIsToldWhenTheCoordinatorStops() {
        // Given
        awaitServing();
        Joined first = ask(join(""));
        ask(new Sync(GROUP, first.generation(), first.memberId(), null, null, null, Map.of()));
        CompletableFuture<Joined> waiting = submit(join(""));
        ask(new Heartbeat(GROUP, 1, first.memberId(), null));

        // When
        KIT.stop(actor);

        // Then
        assertThat(waiting.orTimeout(20, TimeUnit.SECONDS).join().error()).isEqualTo(ErrorCode.NOT_COORDINATOR);
        await().until(() -> ask(commit(1)).error() == ErrorCode.NOT_COORDINATOR);
    }

    @Test
    void everyQuestionIsAnsweredHoweverTheCoordinatorStops() {
        for (int round = 0; round < 50; round++) {
            // Given
            awaitServing();
            List<CompletableFuture<GroupResponse.Committed>> answers = new ArrayList<>();
            CompletableFuture<Void> asking = CompletableFuture.runAsync(() -> {
                for (int i = 0; i < 200; i++) {
                    answers.add(submit(commit(i)));
                }
            });

            // When
            KIT.stop(actor);
            asking.join();

            // Then
            answers.forEach(answer -> assertThat(
                            answer.orTimeout(20, TimeUnit.SECONDS).join().error())
                    .isIn(ErrorCode.NONE, ErrorCode.NOT_COORDINATOR));
            actor = KIT.spawn(service.at(partition).orElseThrow());
        }
    }

    @Test
    void loadingWaitsUntilAllThatIsInTheLogIsCommitted() {
        // Given
        awaitServing();
        ask(commit(9));
        KIT.stop(actor);
        partition.uncommit();

        // When
        actor = KIT.spawn(service.at(partition).orElseThrow());
        await().until(() -> ask(commit(10)).error() == ErrorCode.COORDINATOR_LOAD_IN_PROGRESS);
        Listed listedWhileLoading = list();
        partition.commitAll();
        awaitServing();

        // Then
        assertThat(listedWhileLoading.error()).isEqualTo(ErrorCode.COORDINATOR_LOAD_IN_PROGRESS);
        assertThat(committed()).isEqualTo(9);
        assertThat(list().groups()).hasSize(1);
    }

    private Listed list() {
        CompletableFuture<Listed> listed = new CompletableFuture<>();
        service.list(Set.of(), Set.of(), listed::complete);
        return listed.orTimeout(20, TimeUnit.SECONDS).join();
    }

    @Test
    void foreignAndBrokenRecordsDoNotStopTheLoading() {
        // Given
        KIT.stop(actor);
        partition.add(BatchBuilder.create()
                .add(1, new byte[] {0, 8, 1, 2, 3}, new byte[] {0, 0})
                .add(1, new byte[] {0, 2, 0}, new byte[] {0, 0})
                .add(1, new byte[] {0, 1, 0, 1, 'g', 0, 1, 't', 0, 0, 0, 0}, new byte[] {0, 9})
                .build());

        // When
        actor = KIT.spawn(service.at(partition).orElseThrow());
        awaitServing();

        // Then
        assertThat(ask(commit(5)).error()).isEqualTo(ErrorCode.NONE);
    }

    @Test
    void silentMemberIsTakenOutInRealTime() {
        // Given
        service = new GroupCoordinatorService(shortSessions(), () -> 1, InstantSource.system());
        KIT.stop(actor);
        actor = KIT.spawn(service.at(partition).orElseThrow());
        awaitServing();
        Join join = new Join(
                GROUP, "", null, "c", "/h", false, true, 200, 200, "t", List.of(new Protocol("p", Bytes.EMPTY)), null);
        Joined joined = ask(join);
        ask(new Sync(GROUP, joined.generation(), joined.memberId(), null, null, null, Map.of()));

        // When
        await().until(() -> service.metrics().expiredSessions().sum() == 1);

        // Then
        assertThat(ask(new Heartbeat(GROUP, joined.generation(), joined.memberId(), null))
                        .error())
                .isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
        assertThat(service.metrics().groups(GroupState.EMPTY)).isEqualTo(1);
    }

    @Test
    void processThatStoodStillTakesNobodyOutBeforeItHasHeardWhatWasSentMeanwhile() {
        // Given: a clock that jumps while the heartbeat is on its way
        AtomicLong nowMs = new AtomicLong(1_000_000);
        service = new GroupCoordinatorService(shortSessions(), () -> 1, () -> Instant.ofEpochMilli(nowMs.get()));
        KIT.stop(actor);
        actor = KIT.spawn(service.at(partition).orElseThrow());
        awaitServing();
        Joined joined = ask(new Join(
                GROUP, "", null, "c", "/h", false, true, 500, 500, "t", List.of(new Protocol("p", Bytes.EMPTY)), null));
        ask(new Sync(GROUP, joined.generation(), joined.memberId(), null, null, null, Map.of()));

        // When: the timer of the session comes late, and the heartbeat after it
        nowMs.addAndGet(60_000);
        await().pollDelay(Duration.ofSeconds(1)).until(() -> true);
        ErrorCode heartbeat = ask(new Heartbeat(GROUP, joined.generation(), joined.memberId(), null))
                .error();

        // Then
        assertThat(heartbeat).isEqualTo(ErrorCode.NONE);
        assertThat(service.metrics().expiredSessions().sum()).isZero();
    }

    @Test
    void nodeWithoutTheTopicOrThePartitionSaysSo() {
        // Given
        GroupCoordinatorService withoutTopic =
                new GroupCoordinatorService(GroupSettings.DEFAULTS, () -> 0, InstantSource.system());
        GroupCoordinatorService withoutPartition =
                new GroupCoordinatorService(GroupSettings.DEFAULTS, () -> 50, InstantSource.system());
        List<ErrorCode> errors = new ArrayList<>();

        // When
        withoutTopic.submit(commit(1), answer -> errors.add(answer.error()));
        withoutPartition.submit(commit(1), answer -> errors.add(answer.error()));
        withoutPartition.submit(new FetchOffsets("x".repeat(10_001), null), answer -> errors.add(answer.error()));

        // Then
        assertThat(errors)
                .containsExactly(
                        ErrorCode.COORDINATOR_NOT_AVAILABLE, ErrorCode.NOT_COORDINATOR, ErrorCode.INVALID_GROUP_ID);
    }

    @Test
    void groupsAreWhereKafkaPutsThem() {
        // When, Then
        assertThat(GroupCoordinators.partitionOf("orders-app", 50))
                .isEqualTo(org.apache.kafka.common.utils.Utils.abs("orders-app".hashCode()) % 50);
        assertThat(GroupCoordinators.partitionOf("polygenelubricants", 50))
                .as("a string whose hash is the smallest int")
                .isEqualTo(org.apache.kafka.common.utils.Utils.abs("polygenelubricants".hashCode()) % 50);
    }
}
