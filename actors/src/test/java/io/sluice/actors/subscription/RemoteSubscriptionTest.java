/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.actors.subscription;

import static io.sluice.actors.subscription.LogRig.bytes;
import static io.sluice.actors.subscription.LogRig.positions;
import static io.sluice.actors.subscription.LogRig.upTo;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.actors.group.GroupAccess;
import io.sluice.actors.partition.DataWaiter;
import io.sluice.actors.partition.PartitionHandle;
import io.sluice.actors.replication.RemoteLogs;
import io.sluice.actors.subscription.SubscriptionEvent.Gap;
import io.sluice.actors.subscription.SubscriptionEvent.GapReason;
import io.sluice.actors.subscription.SubscriptionException.Code;
import io.sluice.log.ErrorCode;
import io.sluice.log.LogSlice;
import io.sluice.log.LogView;
import io.sluice.log.batch.BatchBuilder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Subscriptions to partitions that are led on another node: real ones, asked as if they were far away. */
class RemoteSubscriptionTest implements PartitionDirectory, RemoteLogs {
    private static final int LEADER = 7;

    private final SubscriptionMeters meters = new SubscriptionMeters();
    private final AtomicInteger reads = new AtomicInteger();
    private final AtomicInteger waiting = new AtomicInteger();
    private final AtomicInteger unreleased = new AtomicInteger();

    /** Whether a question fails, as if the connection had broken. */
    private volatile BooleanSupplier broken = () -> false;

    private volatile ErrorCode readError = ErrorCode.NONE;

    @TempDir
    Path folder;

    private LogRig there;
    private SubscriptionEngine engine;

    @BeforeEach
    void start() {
        there = new LogRig(folder, 1);
        engine = new SubscriptionEngine(
                this, this, GroupAccess.NONE, SubscriptionSettings.DEFAULTS, meters, there.reads);
    }

    @AfterEach
    void close() {
        Awaitility.await("all records are released")
                .untilAsserted(() -> assertThat(unreleased).hasValue(0));
        there.close();
    }

    // ---- the other node

    @Override
    public Topic topic(String name) {
        return there.topic(name);
    }

    @Override
    public boolean exists(UUID topicId) {
        return there.exists(topicId);
    }

    @Override
    public PartitionHandle handle(UUID topicId, int partition) {
        return null;
    }

    @Override
    public boolean isPlacedHere(UUID topicId, int partition) {
        return false;
    }

    @Override
    public Leader leader(UUID topicId, int partition) {
        PartitionHandle handle = there.handle(partition);
        return handle == null ? Leader.NONE : new Leader(LEADER, handle.leaderEpoch());
    }

    @Override
    public CompletableFuture<Answer> ask(int broker, Question question) {
        assertThat(broker).isEqualTo(LEADER);
        PartitionHandle handle = there.handle(question.key().partition());
        if (broken.getAsBoolean()) {
            return CompletableFuture.completedFuture(Answer.failed(ErrorCode.BROKER_NOT_AVAILABLE));
        } else if (handle == null || handle.isClosed()) {
            return CompletableFuture.completedFuture(Answer.failed(ErrorCode.NOT_LEADER_OR_FOLLOWER));
        } else if (question instanceof Await await) {
            return waitFor(handle, await);
        }
        return CompletableFuture.supplyAsync(() -> answer(handle, question), there.background);
    }

    private CompletableFuture<Answer> waitFor(PartitionHandle handle, Await await) {
        CompletableFuture<Answer> answer = new CompletableFuture<>();
        waiting.incrementAndGet();
        DataWaiter waiter = partition -> answer.complete(
                handle.isClosed()
                        ? Answer.failed(ErrorCode.NOT_LEADER_OR_FOLLOWER)
                        : told(handle, ErrorCode.NONE, Answer.NOT_FOUND, null));
        CompletableFuture<Answer> unused = answer.whenComplete((told, taken) -> {
            waiting.decrementAndGet();
            handle.cancel(waiter);
        });
        handle.await(waiter, await.offset(), await.bound());
        return answer;
    }

    private Answer answer(PartitionHandle handle, Question question) {
        LogView view = handle.view();
        try {
            if (question instanceof Find find) {
                LogView.TimestampedOffset found = view.offsetForTimestamp(find.timestampMs(), find.bound());
                return told(handle, ErrorCode.NONE, found == null ? Answer.NOT_FOUND : found.offset(), null);
            }
            Read read = (Read) question;
            if (read.maxBytes() == 0) {
                return told(handle, ErrorCode.NONE, Answer.NOT_FOUND, null);
            }
            reads.incrementAndGet();
            if (readError != ErrorCode.NONE) {
                return Answer.failed(readError);
            } else if (read.offset() < view.logStartOffset() || read.offset() > view.logEndOffset()) {
                return told(handle, ErrorCode.OFFSET_OUT_OF_RANGE, Answer.NOT_FOUND, null);
            }
            LogSlice slice = view.read(read.offset(), read.maxBytes(), true, read.bound());
            try {
                return told(handle, ErrorCode.NONE, Answer.NOT_FOUND, slice.length() == 0 ? null : slice.copy());
            } finally {
                slice.release();
            }
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private Answer told(PartitionHandle handle, ErrorCode error, long found, ByteBuffer records) {
        LogView view = handle.view();
        if (records != null) {
            unreleased.incrementAndGet();
        }
        return new Answer(
                error,
                handle.leaderEpoch(),
                view.logStartOffset(),
                view.highWatermark(),
                view.logEndOffset(),
                found,
                records,
                records == null ? () -> {} : unreleased::decrementAndGet);
    }

    private Subscriber subscribe(StartPosition from) {
        return new Subscriber(engine.subscribe(LogRig.all(from)), there.kit.system());
    }

    // ---- tests

    @Test
    void deliversWhatIsThereAndWhatComes() throws Exception {
        // Given
        there.append(0, "a", "b");
        Subscriber subscriber = subscribe(StartPosition.earliest());
        List<String> backlog = subscriber.values(2);
        assertThat(subscriber.isQuiet(50)).isTrue();

        // When
        there.append(0, "c");

        // Then
        assertThat(backlog).containsExactly("a", "b");
        assertThat(subscriber.values(1)).containsExactly("c");
        assertThat(subscriber.control.positions()).isEqualTo(positions(3));
    }

    @Test
    void beginsWhereItIsTold() throws Exception {
        // Given
        there.append(0, BatchBuilder.create().add(1_000, null, bytes("a")));
        there.append(0, BatchBuilder.create().add(2_000, null, bytes("b")));

        // When
        Positions earliest = subscribe(StartPosition.earliest()).started();
        Positions latest = subscribe(StartPosition.latest()).started();
        Positions time = subscribe(new StartPosition.Timestamp(1_500)).started();
        Positions never = subscribe(new StartPosition.Timestamp(9_000)).started();
        Subscriber offset = subscribe(new StartPosition.Offsets(positions(1), StartPosition.latest()));

        // Then
        assertThat(List.of(earliest, latest, time, never))
                .containsExactly(positions(0), positions(2), positions(1), positions(2));
        assertThat(offset.values(1)).containsExactly("b");
    }

    @Test
    void aLeaderThatStopsAndComesBackIsFoundAgain() throws Exception {
        // Given
        Subscriber subscriber = subscribe(StartPosition.earliest());
        List<String> values = new ArrayList<>();

        // When
        for (int round = 0; round < 5; round++) {
            there.append(0, "v" + 2 * round);
            there.append(0, "v" + (2 * round + 1));
            values.addAll(subscriber.values(1));
            there.stop(0);
            there.lead(0);
        }
        values.addAll(subscriber.values(10 - values.size()));

        // Then
        assertThat(values).containsExactlyElementsOf(upTo(10));
        assertThat(subscriber.isQuiet(50)).isTrue();
    }

    @Test
    void connectionsThatBreakLoseAndDoubleNothing() throws Exception {
        // Given
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        broken = () -> {
            synchronized (random) {
                return random.nextInt(8) == 0;
            }
        };
        Subscriber subscriber = subscribe(StartPosition.earliest());

        // When
        CompletableFuture<Void> producer =
                CompletableFuture.runAsync(() -> upTo(200).forEach(value -> there.append(0, value)));
        List<String> values = subscriber.values(200);

        // Then
        producer.get(10, TimeUnit.SECONDS);
        assertThat(values).as("seed %s", seed).containsExactlyElementsOf(upTo(200));
        broken = () -> false;
    }

    @Test
    void deletedRecordsAreAGapAndOffsetsBeyondTheEndAnError() throws Exception {
        // Given
        there.append(0, "a", "b");
        there.append(0, "c");
        there.deleteRecords(0, 2);

        // When
        Subscriber below = subscribe(new StartPosition.Offsets(positions(0), StartPosition.latest()));
        Subscriber beyond = subscribe(new StartPosition.Offsets(positions(9), StartPosition.latest()));

        // Then
        assertThat(below.next()).isEqualTo(new Gap(LogRig.TOPIC, 0, 0, 2, GapReason.DELETED));
        assertThat(below.values(1)).containsExactly("c");
        assertThat(beyond.failure().code()).isEqualTo(Code.OFFSET_OUT_OF_RANGE);
    }

    @Test
    void subscribersOfOneNodeShareWhatTheyRead() throws Exception {
        // Given
        int subscribers = 20;
        int batches = 50;
        List<Subscriber> all = new ArrayList<>();
        for (int i = 0; i < subscribers; i++) {
            all.add(subscribe(StartPosition.earliest()));
            all.get(i).started();
        }

        // When
        for (int i = 0; i < batches; i++) {
            there.append(0, "v" + i);
        }
        for (Subscriber subscriber : all) {
            assertThat(subscriber.values(batches)).containsExactlyElementsOf(upTo(batches));
        }

        // Then: not one read for each
        assertThat(reads.get()).isLessThan(subscribers * batches / 4);
        assertThat(meters.sharedHits.sum()).isPositive();
    }

    @Test
    void aSubscriberThatLeavesWaitsNoLonger() throws Exception {
        // Given
        Subscriber subscriber = subscribe(StartPosition.earliest());
        assertThat(subscriber.isQuiet(50)).isTrue();
        Awaitility.await().untilAsserted(() -> assertThat(waiting).hasValue(1));

        // When
        subscriber.cancel();

        // Then
        Awaitility.await().untilAsserted(() -> assertThat(waiting).hasValue(0));
    }

    @Test
    void aDiskThatFailsThereEndsTheSubscription() throws Exception {
        // Given
        there.append(0, "a");
        readError = ErrorCode.KAFKA_STORAGE_ERROR;

        // When
        SubscriptionException refused = subscribe(StartPosition.earliest()).failure();

        // Then
        assertThat(refused.code()).isEqualTo(Code.READ_FAILED);
        assertThat(refused).hasMessage("orders-0: reading at offset 0 failed on broker 7, whose log says why");
    }
}
