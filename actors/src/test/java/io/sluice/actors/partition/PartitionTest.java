/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.actors.partition;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.Behaviors;
import io.sluice.actors.Limits;
import io.sluice.actors.dispatch.CallerThread;
import io.sluice.actors.replication.ReplicaKey;
import io.sluice.actors.replication.ReplicaState;
import io.sluice.log.AppendOrigin;
import io.sluice.log.AppendResult;
import io.sluice.log.ErrorCode;
import io.sluice.log.LogConfig;
import io.sluice.log.LogView;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PartitionTest {
    private final PartitionRig rig = new PartitionRig();

    @AfterEach
    void stopTheRig() {
        rig.close();
    }

    @Test
    void appendsAndPublishesWhatIsCommitted() throws Exception {
        // Given
        PartitionHandle handle = rig.lead(0);

        // When
        AppendResult result = PartitionRig.append(handle, 10).get(20, TimeUnit.SECONDS);

        // Then
        assertThat(result).isEqualTo(new AppendResult.Appended(0, 0, -1, 0));
        assertThat(handle.view().highWatermark()).isEqualTo(1);
        assertThat(handle.leaderEpoch()).isZero();
    }

    @Test
    void networkThreadsRunAPartitionForSmallAppendsUnlessItWaitsForTheDisk() throws Exception {
        // Given
        PartitionHandle plain = rig.lead(0);
        rig.spawn(1, Limits.DEFAULTS, flushing(1, Long.MAX_VALUE));
        PartitionHandle forced = rig.awaitLead();

        // When, then
        assertThat(lent(plain, 100)).as("a small append").isEqualTo(1);
        assertThat(lent(plain, ReadablePartition.CALLER_APPEND_MAX_BYTES + 1))
                .as("a large append")
                .isZero();
        assertThat(lent(forced, 100)).as("an append that may wait for the disk").isZero();
    }

    private static int lent(PartitionHandle to, int bytes) throws Exception {
        try (CallerThread thread = new CallerThread("network")) {
            thread.round(() ->
                            to.append(ByteBuffer.allocate(bytes), AppendOrigin.CLIENT, (short) 1, 1_000, result -> {}))
                    .get(10, TimeUnit.SECONDS);
            return thread.lent;
        }
    }

    @Test
    void whatWaitsInTheMailboxLeavesWithOneWrite() throws Exception {
        // Given: a reply that holds the actor while more arrives
        PartitionHandle handle = rig.lead(0);
        CountDownLatch held = new CountDownLatch(1);
        handle.append(ByteBuffer.allocate(1), AppendOrigin.CLIENT, (short) 1, 1_000, result -> awaitLatch(held));

        // When
        List<CompletableFuture<AppendResult>> results = IntStream.range(0, 50)
                .mapToObj(i -> PartitionRig.append(handle, 10))
                .toList();
        held.countDown();

        // Then
        for (int i = 0; i < 50; i++) {
            assertThat(results.get(i).get(20, TimeUnit.SECONDS))
                    .as("append %s, in the mailbox's order", i)
                    .isEqualTo(new AppendResult.Appended(i + 1, i + 1, -1, 0));
        }
        assertThat(rig.store(0).writes.stream().mapToInt(Integer::intValue).sum())
                .isEqualTo(51);
        assertThat(rig.store(0).writes).as("writes of appends each").hasSizeLessThanOrEqualTo(3);
    }

    @Test
    void aRejectedBatchIsAnsweredAndTheOthersGoOn() throws Exception {
        // Given
        PartitionHandle handle = rig.lead(0);

        // When
        CompletableFuture<AppendResult> bad = PartitionRig.append(handle, 0);
        CompletableFuture<AppendResult> good = PartitionRig.append(handle, 5);

        // Then
        assertThat(bad.get(20, TimeUnit.SECONDS))
                .isEqualTo(new AppendResult.Rejected(ErrorCode.CORRUPT_MESSAGE, "empty"));
        assertThat(good.get(20, TimeUnit.SECONDS)).isEqualTo(new AppendResult.Appended(0, 0, -1, 0));
        assertThat(rig.meters.rejectedAppends.sum()).isEqualTo(1);
    }

    @Test
    void aFullDiskIsRetriableAndWritingResumesByItself() throws Exception {
        // Given
        PartitionHandle handle = rig.lead(0);
        PartitionRig.append(handle, 5).get(20, TimeUnit.SECONDS);
        rig.store(0).diskFull = true;
        assertThat(PartitionRig.append(handle, 5).get(20, TimeUnit.SECONDS))
                .isInstanceOfSatisfying(AppendResult.Rejected.class, rejected -> assertThat(rejected.error())
                        .isEqualTo(ErrorCode.KAFKA_STORAGE_ERROR));
        assertThat(handle.view().highWatermark()).as("readers go on").isEqualTo(1);
        assertThat(rig.meters.diskFullRefusals.sum()).isEqualTo(1);

        // When
        rig.store(0).diskFull = false;
        AppendResult result = PartitionRig.append(handle, 5).get(20, TimeUnit.SECONDS);

        // Then
        assertThat(result).isEqualTo(new AppendResult.Appended(1, 1, -1, 0));
        assertThat(handle.isClosed()).isFalse();
    }

    @Test
    void anIoErrorTakesThePartitionOfflineAndNoOther() throws Exception {
        // Given
        PartitionHandle handle = rig.lead(0);
        PartitionHandle other = rig.lead(1);
        rig.store(0).broken = true;

        // When
        AppendResult result = PartitionRig.append(handle, 5).get(20, TimeUnit.SECONDS);

        // Then
        assertThat(result).isInstanceOfSatisfying(AppendResult.Rejected.class, rejected -> assertThat(rejected.error())
                .isEqualTo(ErrorCode.KAFKA_STORAGE_ERROR));
        assertThat(PartitionRig.next(rig.failures)).contains("t-0").contains("input/output error");
        assertThat(PartitionRig.next(rig.resigned)).isSameAs(handle);
        assertThat(handle.isClosed()).isTrue();
        await().untilAsserted(() -> assertThat(rig.store(0).closed).isTrue());
        assertThat(PartitionRig.append(handle, 5).get(20, TimeUnit.SECONDS)).isEqualTo(notLeader());
        assertThat(PartitionRig.append(other, 5).get(20, TimeUnit.SECONDS)).isInstanceOf(AppendResult.Appended.class);
    }

    @Test
    void aLogThatCannotBeOpenedTakesThePartitionOfflineUntilItIsDeleted() throws Exception {
        // Given
        rig.openFailure = new IOException("batch at 17 is damaged");
        ActorRef<PartitionCommand> actor = rig.spawn(0);
        assertThat(PartitionRig.next(rig.failures)).contains("batch at 17 is damaged");
        assertThat(rig.meters.offline.get()).isEqualTo(1);

        // When
        CompletableFuture<Void> deleted = new CompletableFuture<>();
        actor.tell(new PartitionCommand.Delete(() -> deleted.complete(null)));

        // Then
        deleted.get(20, TimeUnit.SECONDS);
        assertThat(PartitionRig.next(rig.stopped).partition()).isZero();
        assertThat(rig.meters.offline.get()).isZero();
    }

    @Test
    void aReplicaThatIsRemovedKeepsItsPromiseAndIsNotTrustedShouldItComeBack() throws Exception {
        // Given
        ActorRef<PartitionCommand> actor = rig.spawn(0);
        PartitionHandle handle = rig.awaitLead();
        ReplicaKey key = new ReplicaKey(handle.partition().topicId(), 0);
        ReplicaState led = rig.states.get(key);
        assertThat(led.synced()).isEqualTo(handle.leaderEpoch());

        // When
        CompletableFuture<Void> deleted = new CompletableFuture<>();
        actor.tell(new PartitionCommand.Delete(() -> deleted.complete(null), false));

        // Then
        deleted.get(20, TimeUnit.SECONDS);
        assertThat(rig.store(0).deleted).isTrue();
        assertThat(rig.states.get(key)).isEqualTo(led.withoutLog());
        assertThat(rig.states.get(key).promised()).isEqualTo(led.promised());
        assertThat(rig.states.get(key).synced()).isEqualTo(-1);
    }

    @Test
    void stopClosesTheLogAndRefusesEveryCaller() throws Exception {
        // Given
        ActorRef<PartitionCommand> actor = rig.spawn(0);
        PartitionHandle handle = rig.awaitLead();

        // When
        actor.tell(PartitionCommand.Stop.INSTANCE);

        // Then
        PartitionRig.next(rig.stopped);
        assertThat(rig.store(0).closed).isTrue();
        assertThat(rig.store(0).deleted).isFalse();
        assertThat(PartitionRig.append(handle, 5).get(20, TimeUnit.SECONDS)).isEqualTo(notLeader());
        CompletableFuture<ErrorCode> deletion = new CompletableFuture<>();
        handle.deleteRecords(0, (error, logStart) -> deletion.complete(error));
        assertThat(deletion).isCompletedWithValue(ErrorCode.NOT_LEADER_OR_FOLLOWER);
        CompletableFuture<List<PartitionHandle.ProducerInfo>> producers = new CompletableFuture<>();
        handle.describeProducers(producers::complete);
        assertThat(producers).isCompletedWithValue(List.of());
        CompletableFuture<Boolean> leads = new CompletableFuture<>();
        handle.confirmLeads(leads::complete);
        assertThat(leads).isCompletedWithValue(false);
    }

    @Test
    void aLeaderAloneKnowsThatItLeads() throws Exception {
        rig.spawn(0);
        CompletableFuture<Boolean> leads = new CompletableFuture<>();
        rig.awaitLead().confirmLeads(leads::complete);
        assertThat(leads.get(20, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void everyAppendIsAnsweredOnceWhileThePartitionIsDeleted() throws Exception {
        // Given: four busy producers
        ActorRef<PartitionCommand> actor = rig.spawn(0);
        PartitionHandle handle = rig.awaitLead();
        AtomicInteger sent = new AtomicInteger();
        AtomicInteger answered = new AtomicInteger();
        ExecutorService producers = Executors.newFixedThreadPool(4);
        CountDownLatch running = new CountDownLatch(4);
        for (int i = 0; i < 4; i++) {
            producers.execute(() -> {
                for (int n = 0; n < 20_000; n++) {
                    sent.incrementAndGet();
                    handle.append(
                            ByteBuffer.allocate(3),
                            AppendOrigin.CLIENT,
                            (short) 1,
                            1_000,
                            result -> answered.incrementAndGet());
                    if (n == 1_000) {
                        running.countDown();
                    }
                }
            });
        }
        running.await();

        // When
        CompletableFuture<Void> deleted = new CompletableFuture<>();
        actor.tell(new PartitionCommand.Delete(() -> deleted.complete(null)));
        deleted.get(10, TimeUnit.SECONDS);
        producers.shutdown();
        assertThat(producers.awaitTermination(30, TimeUnit.SECONDS)).isTrue();

        // Then
        await().untilAsserted(() -> assertThat(answered.get()).isEqualTo(sent.get()));
        assertThat(sent.get()).isEqualTo(80_000);
        assertThat(rig.store(0).deleted).isTrue();
    }

    @Test
    void aMailboxThatIsFullRefusesAtOnce() throws Exception {
        // Given: an actor that is held, and room for 100 bytes
        Limits few = new Limits(1, 1, 1, 1, 1, 1, 100, 1_000, 10, 1, 1, 1, 1);
        rig.spawn(0, few, LogConfig.DEFAULTS);
        PartitionHandle handle = rig.awaitLead();
        CountDownLatch held = new CountDownLatch(1);
        CountDownLatch holding = new CountDownLatch(1);
        handle.append(ByteBuffer.allocate(1), AppendOrigin.CLIENT, (short) 1, 1_000, result -> {
            holding.countDown();
            awaitLatch(held);
        });
        holding.await();
        CompletableFuture<AppendResult> waits = PartitionRig.append(handle, 90);

        // When
        CompletableFuture<AppendResult> refused = PartitionRig.append(handle, 20);

        // Then
        assertThat(refused)
                .isCompletedWithValueMatching(result -> result instanceof AppendResult.Rejected rejected
                        && rejected.error() == ErrorCode.NOT_ENOUGH_REPLICAS);
        assertThat(rig.meters.mailboxRefusals.sum()).isEqualTo(1);
        held.countDown();
        assertThat(waits.get(20, TimeUnit.SECONDS)).isInstanceOf(AppendResult.Appended.class);
        assertThat(PartitionRig.append(handle, 100).get(20, TimeUnit.SECONDS))
                .as("all bytes were given back")
                .isInstanceOf(AppendResult.Appended.class);
    }

    @Test
    void aWaiterIsWokenOnceByTheWriteThatServesIt() throws Exception {
        // Given
        PartitionHandle handle = rig.lead(0);
        BlockingQueue<String> wakes = new LinkedBlockingQueue<>();
        handle.await(partition -> wakes.add("next"), 0, LogView.Bound.HIGH_WATERMARK);
        handle.await(partition -> wakes.add("later"), 1, LogView.Bound.HIGH_WATERMARK);
        await().untilAsserted(() -> assertThat(rig.meters.waiters.get()).isEqualTo(2));

        // When
        PartitionRig.append(handle, 1).get(20, TimeUnit.SECONDS);

        // Then
        assertThat(PartitionRig.next(wakes)).isEqualTo("next");
        assertThat(rig.meters.waiters.get()).isEqualTo(1);
        PartitionRig.append(handle, 1).get(20, TimeUnit.SECONDS);
        assertThat(PartitionRig.next(wakes)).isEqualTo("later");
        assertThat(wakes).isEmpty();
        assertThat(rig.meters.waiters.get()).isZero();
    }

    @Test
    void aWaiterThatIsServedAlreadyIsWokenWithoutAMessage() throws Exception {
        // Given
        PartitionHandle handle = rig.lead(0);
        PartitionRig.append(handle, 1).get(20, TimeUnit.SECONDS);
        List<Thread> wokenOn = new ArrayList<>();

        // When
        handle.await(partition -> wokenOn.add(Thread.currentThread()), 0, LogView.Bound.HIGH_WATERMARK);

        // Then
        assertThat(wokenOn).containsExactly(Thread.currentThread());
    }

    @Test
    void waitersAreWokenWhenTheLeadershipEnds() throws Exception {
        // Given
        ActorRef<PartitionCommand> actor = rig.spawn(0);
        PartitionHandle handle = rig.awaitLead();
        BlockingQueue<TopicPartition> wakes = new LinkedBlockingQueue<>();
        handle.await(wakes::add, 0, LogView.Bound.LOG_END);

        // When
        actor.tell(PartitionCommand.Stop.INSTANCE);

        // Then
        assertThat(PartitionRig.next(wakes)).isEqualTo(handle.partition());
    }

    @Test
    void flushMsForcesLater() throws Exception {
        // Given
        rig.spawn(0, Limits.DEFAULTS, flushing(Long.MAX_VALUE, 30));
        PartitionHandle handle = rig.awaitLead();

        // When
        PartitionRig.append(handle, 1).get(20, TimeUnit.SECONDS);

        // Then
        await().untilAsserted(() -> assertThat(rig.store(0).forces).isEqualTo(1));
    }

    @Test
    void aChangedConfigurationReachesTheLogAtOnce() throws Exception {
        // Given
        ActorRef<PartitionCommand> actor = rig.spawn(0);
        rig.awaitLead();

        // When
        actor.tell(new PartitionCommand.Configure(flushing(5, 5)));

        // Then
        await().untilAsserted(
                        () -> assertThat(rig.store(0).config.flushMessages()).isEqualTo(5));
        assertThat(rig.store(0).maintained).as("new retention is looked at").isEqualTo(1);
    }

    @Test
    void deleteRecordsMovesTheStartAndRefusesWhatIsNotCommitted() throws Exception {
        // Given
        PartitionHandle handle = rig.lead(0);
        PartitionRig.append(handle, 1).get(20, TimeUnit.SECONDS);
        PartitionRig.append(handle, 1).get(20, TimeUnit.SECONDS);
        CompletableFuture<String> all = new CompletableFuture<>();
        CompletableFuture<String> tooFar = new CompletableFuture<>();

        // When
        handle.deleteRecords(3, (error, start) -> tooFar.complete(error + " " + start));
        handle.deleteRecords(-1, (error, start) -> all.complete(error + " " + start));

        // Then
        assertThat(tooFar.get(20, TimeUnit.SECONDS)).isEqualTo("OFFSET_OUT_OF_RANGE -1");
        assertThat(all.get(20, TimeUnit.SECONDS)).isEqualTo("NONE 2");
        assertThat(handle.view().logStartOffset()).isEqualTo(2);
    }

    @Test
    void aServiceIsStoppedWithTheLeadershipAndStartedAgainAfterAFailure() throws Exception {
        // Given
        BlockingQueue<String> events = new LinkedBlockingQueue<>();
        BlockingQueue<ActorRef<String>> services = new LinkedBlockingQueue<>();
        rig.services = leader -> Optional.of(service(events, services));
        ActorRef<PartitionCommand> actor = rig.spawn(0);
        assertThat(PartitionRig.next(events)).isEqualTo("started");

        // When
        PartitionRig.next(services).tell("fail");

        // Then
        assertThat(PartitionRig.next(events)).isEqualTo("stopped");
        assertThat(PartitionRig.next(events)).isEqualTo("started");
        actor.tell(PartitionCommand.Stop.INSTANCE);
        assertThat(PartitionRig.next(events)).isEqualTo("stopped");
        PartitionRig.next(rig.stopped);
        assertThat(events).isEmpty();
    }

    @Test
    void aCompactionRunsElsewhereAndIsAppliedByTheActor() throws Exception {
        // Given
        ActorRef<PartitionCommand> actor = rig.spawn(0);
        rig.awaitLead();
        BlockingQueue<String> steps = new LinkedBlockingQueue<>();
        rig.store(0).compaction = new PartitionStore.CompactionRun() {
            @Override
            public void run() {
                steps.add("run");
            }

            @Override
            public void apply() {
                steps.add("apply");
            }

            @Override
            public void discard() {
                steps.add("discard");
            }
        };

        // When
        actor.tell(PartitionCommand.Compact.INSTANCE);

        // Then
        assertThat(PartitionRig.next(steps)).isEqualTo("run");
        assertThat(PartitionRig.next(steps)).isEqualTo("apply");
        await().untilAsserted(() -> assertThat(rig.meters.compactions.sum()).isEqualTo(1));
    }

    private static Behavior<Void> service(BlockingQueue<String> events, BlockingQueue<ActorRef<String>> services) {
        Behavior<String> behavior = Behaviors.setup(context -> {
            events.add("started");
            services.add(context.getSelf());
            return Behaviors.receive(String.class)
                    .onMessage(String.class, text -> {
                        throw new IllegalStateException(text);
                    })
                    .onSignal(akka.actor.typed.PostStop.class, signal -> {
                        events.add("stopped");
                        return Behaviors.same();
                    })
                    .build();
        });
        return behavior.unsafeCast();
    }

    private static LogConfig flushing(long messages, long ms) {
        LogConfig d = LogConfig.DEFAULTS;
        return new LogConfig(
                d.segmentBytes(),
                d.segmentMs(),
                d.indexIntervalBytes(),
                d.retentionMs(),
                d.retentionBytes(),
                d.maxMessageBytes(),
                d.compact(),
                d.delete(),
                d.compression(),
                d.compressionLevel(),
                d.logAppendTime(),
                d.timestampBeforeMaxMs(),
                d.timestampAfterMaxMs(),
                d.deleteRetentionMs(),
                d.minCompactionLagMs(),
                d.maxCompactionLagMs(),
                d.minCleanableDirtyRatio(),
                messages,
                ms,
                d.minInsyncReplicas());
    }

    private static AppendResult notLeader() {
        return new AppendResult.Rejected(ErrorCode.NOT_LEADER_OR_FOLLOWER, "this broker does not lead the partition");
    }

    private static void awaitLatch(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
