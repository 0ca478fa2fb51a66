/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.actors.subscription;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.actors.Limits;
import io.sluice.actors.partition.DataWaiter;
import io.sluice.actors.partition.TopicPartition;
import io.sluice.actors.subscription.SubscriptionEvent.Gap;
import io.sluice.actors.subscription.SubscriptionEvent.GapReason;
import io.sluice.actors.subscription.SubscriptionEvent.Progress;
import io.sluice.actors.subscription.SubscriptionEvent.Records;
import io.sluice.actors.subscription.SubscriptionException.Code;
import io.sluice.log.LogConfig;
import io.sluice.log.LogView;
import io.sluice.log.batch.BatchBuilder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Subscriptions over real partitions and logs. */
class SubscriptionSourceTest {
    private static final StartPosition EARLIEST = StartPosition.earliest();

    @TempDir
    Path folder;

    private LogRig rig;

    @AfterEach
    void close() {
        rig.close();
    }

    private LogRig rig(int partitions) {
        rig = new LogRig(folder, partitions);
        return rig;
    }

    private LogRig rig(int partitions, SubscriptionSettings settings, Limits limits) {
        rig = new LogRig(folder, partitions, settings, limits, LogConfig.DEFAULTS);
        return rig;
    }

    private static SubscriptionRequest all(StartPosition from) {
        return SubscriptionRequest.of(from, LogRig.TOPIC);
    }

    private static SubscriptionRequest with(SlowReaderPolicy policy, RecordFilter filter, StartPosition from) {
        return new SubscriptionRequest(
                List.of(TopicSelection.all(LogRig.TOPIC)), from, Isolation.READ_COMMITTED, filter, policy, 0);
    }

    private static Positions started(Subscriber subscriber) throws Exception {
        return subscriber.control.started().toCompletableFuture().get(10, TimeUnit.SECONDS);
    }

    private static Positions positions(long... offsets) {
        Positions positions = Positions.EMPTY;
        for (int i = 0; i < offsets.length; i++) {
            positions = positions.with(LogRig.TOPIC, i, offsets[i]);
        }
        return positions;
    }

    @Test
    void deliversWhatIsThereAndWhatComes() throws Exception {
        // Given
        rig(1).append(0, "a", "b");
        rig.append(0, "c");
        Subscriber subscriber = rig.subscribe(all(EARLIEST));
        List<String> backlog = subscriber.values(3);
        assertThat(subscriber.isQuiet(50)).isTrue();

        // When
        rig.append(0, "d");

        // Then
        assertThat(backlog).containsExactly("a", "b", "c");
        assertThat(subscriber.values(1)).containsExactly("d");
        assertThat(subscriber.control.positions()).isEqualTo(positions(4));
        assertThat(started(subscriber)).isEqualTo(positions(0));
    }

    @Test
    void beginsWhereItIsTold() throws Exception {
        // Given
        rig(2).append(0, BatchBuilder.create().add(1_000, null, bytes("a")));
        rig.append(0, BatchBuilder.create().add(2_000, null, bytes("b")).add(3_000, null, bytes("c")));
        rig.append(1, BatchBuilder.create().add(2_500, null, bytes("d")));

        // When
        Subscriber earliest = rig.subscribe(all(EARLIEST));
        Subscriber latest = rig.subscribe(all(StartPosition.latest()));
        Subscriber time = rig.subscribe(all(new StartPosition.Timestamp(2_600)));
        Subscriber offsets =
                rig.subscribe(all(new StartPosition.Offsets(Positions.of(LogRig.TOPIC, 0, 2), StartPosition.latest())));

        // Then
        assertThat(started(earliest)).isEqualTo(positions(0, 0));
        assertThat(started(latest)).isEqualTo(positions(3, 1));
        assertThat(started(time)).isEqualTo(positions(2, 1));
        assertThat(started(offsets)).isEqualTo(positions(2, 1));
        assertThat(earliest.values(4)).containsExactlyInAnyOrder("a", "b", "c", "d");
        assertThat(time.values(1)).containsExactly("c");
        assertThat(offsets.values(1)).containsExactly("c");
        assertThat(latest.isQuiet(50)).isTrue();
    }

    @Test
    void manyBatchesOfManyPartitionsComeOnceAndInOrder() throws Exception {
        // Given
        rig(4, LogRig.settings(4_096, 10, Duration.ofSeconds(1)), Limits.DEFAULTS);
        int batches = 300;
        CompletableFuture<Void> producer = CompletableFuture.runAsync(() -> {
            for (int i = 0; i < batches; i++) {
                for (int p = 0; p < 4; p++) {
                    rig.append(p, p + "-" + (2 * i), p + "-" + (2 * i + 1));
                }
            }
        });

        // When
        Subscriber subscriber = rig.subscribe(all(EARLIEST));
        List<String> values = subscriber.values(4 * 2 * batches);

        // Then
        producer.get(10, TimeUnit.SECONDS);
        for (int p = 0; p < 4; p++) {
            String prefix = p + "-";
            assertThat(values.stream().filter(value -> value.startsWith(prefix)))
                    .containsExactlyElementsOf(IntStream.range(0, 2 * batches)
                            .mapToObj(i -> prefix + i)
                            .toList());
        }
        assertThat(rig.meters.records.sum()).isEqualTo(values.size());
    }

    @Test
    void aSubscriptionThatGoesOnAtThePositionsOfAnotherMissesNothing() throws Exception {
        // Given one that has read some of it, a few records at a time
        rig(1, LogRig.settings(4_096, 10, Duration.ofSeconds(1)), Limits.DEFAULTS);
        IntStream.range(0, 50).forEach(i -> rig.append(0, "v" + i));
        Subscriber first = rig.subscribe(all(EARLIEST));
        List<String> values = new ArrayList<>(first.values(20));
        int taken = values.size();
        assertThat(taken).isLessThan(30);
        first.cancel();

        // When
        Subscriber second = rig.subscribe(all(new StartPosition.Offsets(positions(taken), EARLIEST)));
        values.addAll(second.values(50 - taken));

        // Then
        assertThat(values)
                .containsExactlyElementsOf(
                        IntStream.range(0, 50).mapToObj(i -> "v" + i).toList());
    }

    @Test
    void offsetsThatDoNotMatchAreToldAsProgress() throws Exception {
        // Given
        rig(1).append(0, "a", "b", "c");
        RecordFilter onlyB =
                (topic, partition, record) -> Subscriber.value(record).equals("b");

        // When
        Subscriber subscriber = rig.subscribe(with(SlowReaderPolicy.PAUSE, onlyB, EARLIEST));
        SubscriptionEvent first = subscriber.next();
        rig.append(0, "x", "y");
        SubscriptionEvent second = subscriber.next();

        // Then
        assertThat(first).isInstanceOfSatisfying(Records.class, records -> {
            assertThat(records.records()).extracting(Subscriber::value).containsExactly("b");
            assertThat(records.nextOffset()).isEqualTo(3);
        });
        assertThat(second).isEqualTo(new Progress(LogRig.TOPIC, 0, 5));
    }

    @Test
    void controlRecordsAreNotDelivered() throws Exception {
        // Given
        rig(1).append(0, "a");
        BatchBuilder marker = BatchBuilder.create()
                .producer(5, (short) 0, -1)
                .control()
                .transactional()
                .add(1_000, new byte[] {0, 0, 0, 1}, new byte[] {0, 0, 0, 0, 0, 0});
        LogRig.appendAsCoordinator(rig.handle(0), marker);
        rig.append(0, "b");

        // When
        Subscriber subscriber = rig.subscribe(all(EARLIEST));

        // Then
        assertThat(subscriber.values(2)).containsExactly("a", "b");
        assertThat(subscriber.control.positions()).isEqualTo(positions(3));
    }

    @Test
    void deletedRecordsAreAGap() throws Exception {
        // Given
        rig(1);
        IntStream.range(0, 10).forEach(i -> rig.append(0, "v" + i));
        rig.deleteRecords(0, 6);

        // When
        Subscriber subscriber = rig.subscribe(all(new StartPosition.Offsets(positions(2), EARLIEST)));

        // Then
        assertThat(subscriber.next()).isEqualTo(new Gap(LogRig.TOPIC, 0, 2, 6, GapReason.DELETED));
        assertThat(subscriber.values(4)).containsExactly("v6", "v7", "v8", "v9");
    }

    @Test
    void aPartitionThatStopsAndComesBackGoesOnAtTheSamePlace() throws Exception {
        // Given
        rig(2).append(0, "a");
        Subscriber subscriber = rig.subscribe(all(EARLIEST));
        assertThat(subscriber.values(1)).containsExactly("a");

        // When
        rig.stop(0);
        rig.append(1, "meanwhile");
        assertThat(subscriber.values(1)).containsExactly("meanwhile");
        rig.lead(0);
        rig.append(0, "b");

        // Then
        assertThat(subscriber.values(1)).containsExactly("b");
        assertThat(subscriber.control.positions()).isEqualTo(positions(2, 1));
        assertThat(rig.meters.lookups.sum()).isPositive();
    }

    @Test
    void leadershipThatMovesAgainAndAgainLosesAndDoublesNothing() throws Exception {
        // Given
        rig(1);
        Subscriber subscriber = rig.subscribe(all(EARLIEST));
        CompletableFuture<List<String>> values = CompletableFuture.supplyAsync(() -> valuesOf(subscriber, 200));

        // When
        for (int round = 0; round < 10; round++) {
            for (int i = 0; i < 20; i++) {
                rig.append(0, "v" + (round * 20 + i));
            }
            rig.stop(0);
            rig.lead(0);
        }

        // Then
        assertThat(values.get(20, TimeUnit.SECONDS))
                .containsExactlyElementsOf(
                        IntStream.range(0, 200).mapToObj(i -> "v" + i).toList());
    }

    private static List<String> valuesOf(Subscriber subscriber, int count) {
        try {
            return subscriber.values(count);
        } catch (Exception failure) {
            throw new IllegalStateException(failure);
        }
    }

    @Test
    void aPartitionThatIsElsewhereSendsItsSubscriberThere() throws Exception {
        // Given
        rig(1).stop(0);
        rig.leaderElsewhere = 3;

        // When
        SubscriptionException refused = rig.subscribe(all(EARLIEST)).failure();

        // Then
        assertThat(refused.code()).isEqualTo(Code.NOT_SERVED_HERE);
        assertThat(refused.leader()).isEqualTo(3);
        assertThat(refused).hasMessage("orders-0 is led by broker 3 and has no replica on this node");
    }

    @Test
    void partitionsThatATopicGetsLaterAreReadFromTheirStart() throws Exception {
        // Given one who reads all of the topic, one who reads a part, and one who has paused
        rig(1);
        Subscriber whole = rig.subscribe(all(StartPosition.latest()));
        Subscriber part = rig.subscribe(new SubscriptionRequest(
                List.of(new TopicSelection(LogRig.TOPIC, Set.of(0))),
                EARLIEST,
                Isolation.READ_COMMITTED,
                RecordFilter.ALL,
                SlowReaderPolicy.PAUSE,
                0));
        Subscriber pausing = rig.subscribe(all(EARLIEST));
        for (Subscriber one : List.of(whole, part, pausing)) {
            assertThat(started(one)).isEqualTo(positions(0));
        }
        pausing.control.pause();

        // When
        rig.grow();
        rig.append(1, "a");
        rig.grow();
        rig.append(2, "b");

        // Then
        assertThat(whole.values(2)).containsExactlyInAnyOrder("a", "b");
        assertThat(whole.control.positions()).isEqualTo(positions(0, 1, 1));
        assertThat(part.isQuiet(50)).isTrue();
        assertThat(pausing.isQuiet(50)).isTrue();
        pausing.control.resume();
        assertThat(pausing.values(2)).containsExactlyInAnyOrder("a", "b");
    }

    @Test
    void aTopicThatIsDeletedEndsItsSubscriptions() throws Exception {
        // Given
        Subscriber subscriber = rig(1).subscribe(all(EARLIEST));
        started(subscriber);

        // When
        rig.deleted = true;
        rig.stop(0);

        // Then
        assertThat(subscriber.failure().code()).isEqualTo(Code.TOPIC_DELETED);
    }

    @Test
    void wrongRequestsAreRefusedInOneLine() throws Exception {
        // Given
        rig(2);
        Map<SubscriptionRequest, String> requests = Map.of(
                SubscriptionRequest.of(EARLIEST, "nope"),
                "there is no topic 'nope'",
                SubscriptionRequest.of(EARLIEST),
                "no topic is named",
                SubscriptionRequest.of(EARLIEST, "orders", "orders"),
                "topic 'orders' is named twice",
                new SubscriptionRequest(
                        List.of(new TopicSelection("orders", Set.of(2))),
                        EARLIEST,
                        Isolation.READ_COMMITTED,
                        RecordFilter.ALL,
                        SlowReaderPolicy.PAUSE,
                        0),
                "topic 'orders' has no partition 2, it has 2",
                all(new StartPosition.Offsets(positions(7), EARLIEST)),
                "offset 7 of orders-0 is beyond the end of its log, 0");

        // When, Then
        for (Map.Entry<SubscriptionRequest, String> request : requests.entrySet()) {
            Subscriber subscriber = rig.subscribe(request.getKey());
            assertThat(subscriber.failure()).hasMessage(request.getValue());
        }
        Awaitility.await().until(() -> rig.meters.active.get() == 0);
    }

    @Test
    void thereAreOnlySoManySubscriptions() throws Exception {
        // Given
        rig(1, LogRig.settings(1 << 16, 2, Duration.ofSeconds(1)), Limits.DEFAULTS)
                .append(0, "a");
        Subscriber one = rig.subscribe(all(EARLIEST));
        Subscriber two = rig.subscribe(all(EARLIEST));
        one.values(1);
        two.values(1);

        // When
        Subscriber three = rig.subscribe(all(EARLIEST));

        // Then
        assertThat(three.failure().code()).isEqualTo(Code.TOO_MANY_SUBSCRIPTIONS);
        assertThatThrownBy(() -> started(three))
                .isInstanceOf(ExecutionException.class)
                .hasCauseInstanceOf(SubscriptionException.class);
        one.cancel();
        Awaitility.await().until(() -> rig.meters.active.get() == 1);
        assertThat(rig.subscribe(all(EARLIEST)).values(1)).containsExactly("a");
    }

    @Test
    void aDamagedBatchFailsItsSubscriptionAndNoOther() throws Exception {
        // Given
        rig(2).append(0, "a".repeat(100));
        rig.append(0, "b".repeat(100));
        rig.append(1, "fine");
        Path log = rig.folder(0).resolve("00000000000000000000.log");
        byte[] content = Files.readAllBytes(log);
        content[content.length - 5] ^= 1;
        Files.write(log, content, StandardOpenOption.WRITE);
        Subscriber other = rig.subscribe(new SubscriptionRequest(
                List.of(new TopicSelection(LogRig.TOPIC, Set.of(1))),
                EARLIEST,
                Isolation.READ_COMMITTED,
                RecordFilter.ALL,
                SlowReaderPolicy.PAUSE,
                0));

        // When
        SubscriptionException damaged = rig.subscribe(all(EARLIEST)).failure();

        // Then
        assertThat(damaged.code()).isEqualTo(Code.CORRUPT_BATCH);
        assertThat(damaged).hasMessage("orders-0 can't be read at offset 1: batch at offset 1: CRC is wrong");
        assertThat(other.values(1)).containsExactly("fine");
    }

    @Test
    void aReaderThatDoesNotTakeHoldsOnlyItsBuffer() throws Exception {
        // Given
        rig(1, LogRig.settings(4_096, 10, Duration.ofMillis(50)), Limits.DEFAULTS);
        Subscriber subscriber = rig.subscribe(with(SlowReaderPolicy.PAUSE, RecordFilter.ALL, EARLIEST));

        // When
        IntStream.range(0, 500).forEach(i -> rig.append(0, "v" + i));
        Awaitility.await().until(() -> rig.meters.pauses.sum() > 0);

        // Then
        assertThat(rig.meters.bufferedBytes.get()).isBetween(1L, 4_096L);
        assertThat(subscriber.values(500)).hasSize(500).endsWith("v499");
        assertThat(rig.meters.bufferedBytes).hasValue(0);
    }

    @Test
    void aSlowReaderThatDropsGetsTheNewestBehindAGap() throws Exception {
        // Given
        rig(1, LogRig.settings(4_096, 10, Duration.ofMillis(40)), Limits.DEFAULTS);
        Subscriber subscriber = rig.subscribe(with(SlowReaderPolicy.DROP, RecordFilter.ALL, StartPosition.latest()));
        started(subscriber);
        rig.append(0, "first");
        assertThat(subscriber.values(1)).containsExactly("first");

        // When
        IntStream.range(0, 200).forEach(i -> rig.append(0, "v" + i));
        Awaitility.await().until(() -> rig.meters.dropped.sum() > 0);
        List<SubscriptionEvent> events = new ArrayList<>();
        while (events.isEmpty() || events.get(events.size() - 1).nextOffset() < 201) {
            events.add(subscriber.next());
        }

        // Then
        long next = 1;
        long gaps = 0;
        for (SubscriptionEvent event : events) {
            if (event instanceof Gap gap) {
                assertThat(gap.reason()).isEqualTo(GapReason.DROPPED);
                assertThat(gap.fromOffset()).isEqualTo(next);
                gaps += gap.toOffset() - gap.fromOffset();
            } else if (event instanceof Records records) {
                assertThat(records.records().get(0).offset()).isEqualTo(next);
            }
            next = event.nextOffset();
        }
        assertThat(gaps).isEqualTo(rig.meters.dropped.sum());
        assertThat(events).filteredOn(event -> event instanceof Gap).hasSize(1);
    }

    @Test
    void aSlowReaderThatWantsToBeClosedIs() throws Exception {
        // Given
        rig(1, LogRig.settings(4_096, 10, Duration.ofMillis(40)), Limits.DEFAULTS);
        Subscriber subscriber = rig.subscribe(with(SlowReaderPolicy.CLOSE, RecordFilter.ALL, StartPosition.latest()));
        started(subscriber);
        rig.append(0, "first");
        subscriber.values(1);

        // When
        IntStream.range(0, 200).forEach(i -> rig.append(0, "v" + i));
        Awaitility.await().until(() -> rig.meters.slowClosed.sum() > 0);

        // Then
        assertThat(subscriber.failure().code()).isEqualTo(Code.SLOW_READER);
    }

    @Test
    void manySubscribersShareReadsAndBatches() throws Exception {
        // Given
        rig(1).append(0, "a");
        List<Subscriber> subscribers = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            subscribers.add(rig.subscribe(all(StartPosition.latest())));
        }
        for (Subscriber subscriber : subscribers) {
            started(subscriber);
            assertThat(subscriber.isQuiet(1)).isTrue();
        }
        long readsBefore = rig.meters.sharedMisses.sum();
        Awaitility.await("one waits for all").until(() -> rig.partitionMeters.waiters.get() == 1);

        // When
        rig.append(0, "b", "c");
        List<DecodedBatch> batches = new ArrayList<>();
        for (Subscriber subscriber : subscribers) {
            batches.add(((Records) subscriber.next()).batch());
        }

        // Then
        assertThat(rig.meters.sharedMisses.sum() - readsBefore).isOne();
        assertThat(batches).allSatisfy(batch -> assertThat(batch).isSameAs(batches.get(0)));
        subscribers.forEach(Subscriber::cancel);
        Awaitility.await().until(() -> rig.meters.active.get() == 0);
        assertThat(rig.meters.sharedBytes).hasValue(0);
        Awaitility.await("no waiter is left").until(() -> rig.partitionMeters.waiters.get() == 0);
    }

    @Test
    void moreWaitersThanAPartitionTakesAreServedAllTheSame() throws Exception {
        // Given
        Limits two = limits(2);
        rig(1, SubscriptionSettings.DEFAULTS, two);
        for (int i = 0; i < 2; i++) {
            rig.handle(0)
                    .await(
                            new DataWaiter() {
                                @Override
                                public void dataAvailable(TopicPartition partition) {}
                            },
                            1_000,
                            LogView.Bound.HIGH_WATERMARK);
        }
        List<Subscriber> subscribers = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            subscribers.add(rig.subscribe(all(EARLIEST)));
        }
        for (Subscriber subscriber : subscribers) {
            assertThat(subscriber.isQuiet(20)).isTrue();
        }

        // When
        rig.append(0, "a");

        // Then
        for (Subscriber subscriber : subscribers) {
            assertThat(subscriber.values(1)).containsExactly("a");
        }
        assertThat(rig.partitionMeters.waiterRefusals.sum()).isBetween(1L, 200L);
    }

    private static Limits limits(int partitionWaiters) {
        Limits d = Limits.DEFAULTS;
        return new Limits(
                d.socketRequestMaxBytes(),
                d.inflightMaxBytes(),
                d.connectionInflightMaxBytes(),
                d.maxConnections(),
                d.maxConnectionsPerAddress(),
                d.waitingFetches(),
                d.partitionMailboxMaxBytes(),
                d.mailboxMaxBytes(),
                partitionWaiters,
                d.partitionsPerTopic(),
                d.partitions(),
                d.cleanerThreads(),
                d.controllerRequests());
    }

    @Test
    void itsControlSeeksPausesAndStops() throws Exception {
        // Given
        rig(2);
        IntStream.range(0, 5).forEach(i -> rig.append(0, "v" + i));
        Subscriber subscriber = rig.subscribe(all(EARLIEST));
        assertThat(subscriber.values(5)).endsWith("v4");

        // When, Then: seek
        assertThat(subscriber.isQuiet(20)).isTrue();
        subscriber.control.seek(positions(3, 0));
        assertThat(subscriber.values(2)).containsExactly("v3", "v4");

        // pause and resume
        subscriber.control.pause(Set.of(new PartitionName(LogRig.TOPIC, 0)));
        rig.append(0, "v5");
        rig.append(1, "w0");
        assertThat(subscriber.values(1)).containsExactly("w0");
        assertThat(subscriber.isQuiet(50)).isTrue();
        subscriber.control.resume();
        assertThat(subscriber.values(1)).containsExactly("v5");

        // stop
        subscriber.control.stop();
        assertThat(subscriber.completes()).isTrue();
        assertThat(subscriber.control.positions()).isEqualTo(positions(6, 1));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
