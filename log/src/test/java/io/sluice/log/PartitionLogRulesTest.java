/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.log.AppendResult.Appended;
import io.sluice.log.AppendResult.Duplicate;
import io.sluice.log.AppendResult.Rejected;
import io.sluice.log.LogView.Bound;
import io.sluice.log.LogView.EpochEnd;
import io.sluice.log.batch.Batch;
import io.sluice.log.batch.BatchBuilder;
import io.sluice.log.batch.Compression;
import io.sluice.log.batch.Record;
import io.sluice.log.batch.Records;
import io.sluice.log.file.NioLogFiles;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Executor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a topic's settings and a producer's identity do to a log, on a real file system. */
class PartitionLogRulesTest {
    @TempDir
    Path temp;

    private long nowMs = LogModel.NOW_MS;
    private final Executor background = Runnable::run;
    private final LogContext context =
            LogContext.of(new NioLogFiles(), () -> Instant.ofEpochMilli(nowMs), background, LogLimits.DEFAULTS);
    private PartitionLog log;

    @AfterEach
    void close() throws IOException {
        log.close();
    }

    @Test
    void theBrokersTimeIsThatOfEveryRecord() throws IOException {
        // Given
        open(new TestConfig().logAppendTime());
        // When
        AppendResult result = append(records(5, 2));
        // Then
        assertThat(result).isEqualTo(new Appended(0, 1, nowMs, 0));
        Batch batch = readAll().get(0);
        assertThat(batch.isCrcValid()).isTrue();
        assertThat(batch.isLogAppendTime()).isTrue();
        for (Record record : Records.in(batch.bytes())) {
            assertThat(record.timestampMs()).isEqualTo(nowMs);
        }
        assertThat(log.view().offsetForTimestamp(nowMs, Bound.LOG_END).offset()).isZero();
    }

    @Test
    void whatIsDiscardedHasNeverCome() throws IOException {
        // Given
        open(new TestConfig());
        append(records(10, 2).producer(1, (short) 0, 0));
        log.prepare(records(10, 3).producer(1, (short) 0, 2).build(), AppendOrigin.CLIENT, 0);
        // When
        log.discard();
        // Then
        assertThat(log.pendingBytes()).isZero();
        log.truncateTo(log.view().logEndOffset());
        assertThat(append(records(10, 3).producer(1, (short) 0, 2))).isEqualTo(new Appended(2, 4, -1, 0));
        assertThat(log.view().logEndOffset()).isEqualTo(5);
    }

    @ParameterizedTest
    @EnumSource
    void batchesOfAnotherCodecAreCompressedAnew(Compression codec) throws IOException {
        // Given
        open(new TestConfig().compression(codec));
        ByteBuffer sent = BatchBuilder.create()
                .compression(codec == Compression.LZ4 ? Compression.GZIP : Compression.LZ4)
                .producer(3, (short) 1, 0)
                .add(nowMs, new byte[] {1}, "value".getBytes(java.nio.charset.StandardCharsets.UTF_8))
                .add(nowMs + 1, null, null, List.of(new Record.Header("h", null)))
                .build();
        // When
        AppendResult result = append(sent);
        // Then
        assertThat(result).isInstanceOf(Appended.class);
        Batch batch = readAll().get(0);
        assertThat(batch.codec()).isEqualTo(codec);
        assertThat(batch.isCrcValid()).isTrue();
        assertThat(batch.producerId()).isEqualTo(3);
        assertThat(batch.maxTimestampMs()).isEqualTo(nowMs + 1);
        assertThat(Records.in(batch.bytes())).hasSize(2);
    }

    @Test
    void aBatchSentAgainIsAnsweredWithItsFirstOffsets() throws IOException {
        open(new TestConfig());
        assertThat(append(records(10, 2).producer(1, (short) 0, 0))).isEqualTo(new Appended(0, 1, -1, 0));
        assertThat(append(records(10, 3).producer(1, (short) 0, 2))).isEqualTo(new Appended(2, 4, -1, 0));
        assertThat(append(records(10, 2).producer(1, (short) 0, 0))).isEqualTo(new Duplicate(0, 1, -1, 0));
        assertThat(append(records(10, 1).producer(1, (short) 0, 9)))
                .isInstanceOfSatisfying(Rejected.class, refused -> assertThat(refused.error())
                        .isEqualTo(ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER));
        assertThat(append(records(10, 1).producer(2, (short) 0, 7))).isInstanceOf(Rejected.class);
        log.close();
        reopen();
        assertThat(append(records(10, 3).producer(1, (short) 0, 2))).isEqualTo(new Duplicate(2, 4, -1, 0));
        assertThat(append(records(10, 3).producer(1, (short) 0, 5))).isEqualTo(new Appended(5, 7, -1, 0));
    }

    @Test
    void aRefusedRequestLeavesNoTraceOfItsOtherBatches() throws IOException {
        // Given
        open(new TestConfig());
        ByteBuffer two = together(
                records(10, 1).producer(1, (short) 0, 0).build(),
                records(10, 1).producer(1, (short) 0, 5).build());
        // When
        AppendResult result = log.prepare(two, AppendOrigin.CLIENT, 0);
        // Then
        assertThat(result).isInstanceOf(Rejected.class);
        assertThat(log.pendingBytes()).isZero();
        assertThat(append(records(10, 1).producer(1, (short) 0, 0))).isEqualTo(new Appended(0, 0, -1, 0));
    }

    @Test
    void aSegmentIsCompleteWhenItIsOldEnough() throws IOException {
        open(new TestConfig().segmentMs(1000));
        append(records(10, 1));
        nowMs += 1000;
        append(records(10, 1));
        assertThat(logFiles()).isEqualTo(1);
        nowMs += 1;
        append(records(10, 1));
        assertThat(logFiles()).isEqualTo(2);
        nowMs += 2000;
        log.maintain();
        append(records(10, 1));
        assertThat(logFiles()).isEqualTo(3);
        assertThat(readAll()).hasSize(4);
    }

    @Test
    void oldSegmentsGoAndSlicesOfThemStayReadable() throws IOException {
        // Given
        open(new TestConfig().segmentBytes(600).retentionMs(5000));
        for (int i = 0; i < 10; i++) {
            append(records(100, 2));
        }
        log.advanceHighWatermark(20);
        LogView before = log.view();
        LogSlice slice = before.read(0, 1000, true, Bound.HIGH_WATERMARK);
        ByteBuffer expected = slice.copy();
        nowMs += 5001;
        // When
        log.maintain();
        // Then
        assertThat(log.view().logStartOffset()).isEqualTo(20);
        assertThat(logFiles()).isZero();
        assertThat(slice.copy()).isEqualTo(expected);
        slice.release();
        assertThatThrownBy(() -> before.read(4, 1000, true, Bound.HIGH_WATERMARK))
                .isInstanceOf(OffsetOutOfRangeException.class);
        append(records(100, 1));
        assertThat(readAll().get(0).baseOffset()).isEqualTo(20);
        reopen();
        assertThat(log.view().logStartOffset()).isEqualTo(20);
    }

    @Test
    void recordsAreDeletedByOffset() throws IOException {
        open(new TestConfig().segmentBytes(600));
        for (int i = 0; i < 10; i++) {
            append(records(100, 2));
        }
        log.advanceHighWatermark(16);
        int files = logFiles();
        assertThatThrownBy(() -> log.deleteRecordsBefore(17)).isInstanceOf(OffsetOutOfRangeException.class);
        assertThat(log.deleteRecordsBefore(9)).isEqualTo(9);
        assertThat(log.deleteRecordsBefore(3)).isEqualTo(9);
        assertThat(logFiles()).isLessThan(files);
        LogView view = log.view();
        assertThatThrownBy(() -> view.read(8, 1000, true, Bound.LOG_END)).isInstanceOf(OffsetOutOfRangeException.class);
        assertThat(Batch.in(bytes(view, 9)).get(0).lastOffset()).isEqualTo(9);
        assertThat(view.offsetForTimestamp(0, Bound.LOG_END).offset()).isEqualTo(9);
        reopen();
        assertThat(log.view().logStartOffset()).isEqualTo(9);
    }

    @Test
    void theLatestRecordIsFoundAlsoWhereTheLogStartsBehindTheLatestTime() throws IOException {
        // Given
        open(new TestConfig());
        append(BatchBuilder.create()
                .add(nowMs + 50, null, new byte[1])
                .add(nowMs, null, new byte[1])
                .add(nowMs + 7, null, new byte[1])
                .add(nowMs + 7, null, new byte[1]));
        log.advanceHighWatermark(4);
        assertThat(log.view().offsetOfMaxTimestamp(Bound.LOG_END).offset()).isZero();
        // When
        log.deleteRecordsBefore(1);
        // Then
        assertThat(log.view().offsetOfMaxTimestamp(Bound.LOG_END))
                .isEqualTo(new LogView.TimestampedOffset(nowMs + 7, 2, 0));
        assertThat(log.view().offsetForTimestamp(nowMs + 50, Bound.LOG_END)).isNull();
    }

    @Test
    void leaderEpochsAreRememberedWithTheirFirstBatch() throws IOException {
        open(new TestConfig());
        log.beginEpoch(3);
        assertThat(log.view().endOfEpoch(3)).isEqualTo(new EpochEnd(3, 0));
        appendIn(3, records(10, 2));
        log.beginEpoch(5);
        appendIn(5, records(10, 1));
        reopen();
        assertThat(log.view().endOfEpoch(4)).isEqualTo(new EpochEnd(3, 2));
        assertThat(log.view().epochAt(1)).isEqualTo(3);
        assertThat(log.view().epochAt(2)).isEqualTo(5);
        assertThat(log.view().lastEpoch()).isEqualTo(5);
    }

    @Test
    void aFollowerKeepsTheLeadersOffsetsAndEpochs() throws IOException {
        // Given
        open(new TestConfig());
        ByteBuffer fromLeader = together(
                at(100, 2).leaderEpoch(4).build(), at(105, 2).leaderEpoch(6).build());
        // When
        AppendResult result = log.prepare(fromLeader, AppendOrigin.REPLICATION, -1);
        log.write();
        // Then
        assertThat(result).isEqualTo(new Appended(100, 106, -1, 0));
        assertThat(log.view().logEndOffset()).isEqualTo(107);
        assertThat(log.view().endOfEpoch(5)).isEqualTo(new EpochEnd(4, 105));
        assertThat(log.prepare(at(106, 1).build(), AppendOrigin.REPLICATION, -1))
                .isInstanceOf(Rejected.class);
        log.truncateTo(105);
        assertThat(log.view().logEndOffset()).isEqualTo(105);
        assertThat(log.view().lastEpoch()).isEqualTo(4);
    }

    @Test
    void whoReadsWhileWhatIsNotCommittedIsCutOffReadsWhatIsCommitted() throws IOException {
        // Given: a leader with two batches of which the second one is not committed, and its view
        open(new TestConfig());
        log.prepare(at(0, 2).leaderEpoch(3).build(), AppendOrigin.REPLICATION, -1);
        log.prepare(at(2, 2).leaderEpoch(3).build(), AppendOrigin.REPLICATION, -1);
        log.write();
        log.advanceHighWatermark(2);
        LogView before = log.view();
        // When: it follows another one, which has something else there
        log.truncateTo(2);
        List<LogModel.Entry> cut = LogModel.readAll(before, 0, Bound.HIGH_WATERMARK, 10_000);
        log.prepare(at(2, 50).leaderEpoch(4).build(), AppendOrigin.REPLICATION, -1);
        log.write();
        List<LogModel.Entry> rewritten = LogModel.readAll(before, 0, Bound.HIGH_WATERMARK, 10_000);
        // Then
        assertThat(cut).hasSize(1).allMatch(batch -> batch.lastOffset() == 1);
        assertThat(rewritten).isEqualTo(cut);
    }

    @Test
    void whoSearchesByTimeWhileWhatIsNotCommittedIsCutOffFindsWhatIsCommitted() throws IOException {
        // Given: a leader whose latest records are not committed, and its view
        open(new TestConfig());
        log.prepare(at(0, 2).leaderEpoch(3).build(), AppendOrigin.REPLICATION, -1);
        long committedMs = nowMs;
        nowMs += 1_000;
        log.prepare(at(2, 2).leaderEpoch(3).build(), AppendOrigin.REPLICATION, -1);
        log.write();
        log.advanceHighWatermark(2);
        LogView before = log.view();
        // When: it follows another one, which has something else there
        log.truncateTo(2);
        log.prepare(at(2, 50).leaderEpoch(4).build(), AppendOrigin.REPLICATION, -1);
        log.write();
        // Then
        for (LogView view : List.of(before, log.view())) {
            assertThat(view.offsetForTimestamp(committedMs, Bound.HIGH_WATERMARK)
                            .offset())
                    .isZero();
            assertThat(view.offsetForTimestamp(committedMs + 1, Bound.HIGH_WATERMARK))
                    .isNull();
            assertThat(view.offsetOfMaxTimestamp(Bound.HIGH_WATERMARK))
                    .isEqualTo(new LogView.TimestampedOffset(committedMs, 0, 3));
        }
    }

    @Test
    void aSearchByTimeEndsAtTheHighWatermark() throws IOException {
        // Given: the later, the larger its time
        open(new TestConfig());
        append(records(10, 2));
        long committedMs = nowMs;
        nowMs += 1_000;
        append(records(10, 2));
        nowMs += 1_000;
        append(records(10, 2));
        // When
        log.advanceHighWatermark(2);
        // Then
        LogView view = log.view();
        for (Bound bound : List.of(Bound.HIGH_WATERMARK, Bound.LAST_STABLE_OFFSET)) {
            assertThat(view.offsetForTimestamp(committedMs, bound).offset()).isZero();
            assertThat(view.offsetForTimestamp(committedMs + 1, bound)).isNull();
            assertThat(view.offsetOfMaxTimestamp(bound)).isEqualTo(new LogView.TimestampedOffset(committedMs, 0, 0));
        }
        assertThat(view.offsetForTimestamp(committedMs + 1, Bound.LOG_END).offset())
                .isEqualTo(2);
        assertThat(view.offsetOfMaxTimestamp(Bound.LOG_END).offset()).isEqualTo(4);
        log.advanceHighWatermark(4);
        assertThat(log.view()
                        .offsetForTimestamp(committedMs + 1, Bound.HIGH_WATERMARK)
                        .offset())
                .isEqualTo(2);
        assertThat(log.view().offsetForTimestamp(committedMs + 1_001, Bound.HIGH_WATERMARK))
                .isNull();
    }

    @Test
    void anEpochThatWroteNothingIsForgottenByTheCut() throws IOException {
        // Given
        open(new TestConfig());
        log.prepare(at(0, 2).leaderEpoch(3).build(), AppendOrigin.REPLICATION, -1);
        log.write();
        log.beginEpoch(5);
        // When
        log.truncateTo(2);
        log.prepare(at(2, 1).leaderEpoch(4).build(), AppendOrigin.REPLICATION, -1);
        log.write();
        // Then
        assertThat(log.view().epochAt(2)).isEqualTo(4);
        assertThat(log.view().endOfEpoch(3)).isEqualTo(new EpochEnd(3, 2));
    }

    @Test
    void aLogCutToNothingLeavesNoEmptyFileBehind() throws IOException {
        // Given
        open(new TestConfig());
        log.prepare(at(105, 2).build(), AppendOrigin.REPLICATION, -1);
        log.write();
        // When
        log.truncateTo(103);
        log.prepare(at(104, 1).build(), AppendOrigin.REPLICATION, -1);
        log.write();
        // Then
        assertThat(logFiles()).isEqualTo(1);
        assertThat(log.view().logEndOffset()).isEqualTo(105);
        reopen();
        assertThat(log.view().logEndOffset()).isEqualTo(105);
    }

    @Test
    void anEmptyLogHasNoFilesAndNoOffsets() throws IOException {
        open(new TestConfig());
        LogView view = log.view();
        assertThat(view.offsetForTimestamp(0, Bound.LOG_END)).isNull();
        assertThat(view.offsetOfMaxTimestamp(Bound.LOG_END)).isNull();
        assertThat(view.endOfEpoch(0)).isEqualTo(new EpochEnd(-1, -1));
        LogSlice slice = view.read(0, 1000, true, Bound.LOG_END);
        assertThat(slice.length()).isZero();
        assertThat(slice.channel()).isNull();
        slice.release();
        log.maintain();
        log.close();
        try (var files = Files.list(temp.resolve("0"))) {
            assertThat(files).isEmpty();
        }
    }

    @Test
    void everyRecordIsForcedWhereTheTopicAsksForIt() throws IOException {
        open(new TestConfig().flushMessages(1));
        append(records(10, 1));
        append(records(10, 1));
        log.maintain();
        assertThat(Files.exists(temp.resolve("0/recovery-point"))).isTrue();
    }

    @Test
    void aDeletedLogLeavesNothing() throws IOException {
        open(new TestConfig().segmentBytes(600));
        for (int i = 0; i < 10; i++) {
            append(records(100, 2));
        }
        log.delete();
        assertThat(temp.resolve("0")).doesNotExist();
        assertThatThrownBy(() -> log.prepare(records(1, 1).build(), AppendOrigin.CLIENT, 0))
                .isInstanceOf(IOException.class);
    }

    private void open(TestConfig config) throws IOException {
        log = PartitionLog.open(context, temp.resolve("0"), config.build());
    }

    private void reopen() throws IOException {
        log.close();
        log = PartitionLog.open(context, temp.resolve("0"), LogConfig.DEFAULTS);
    }

    private AppendResult append(BatchBuilder batch) throws IOException {
        return append(batch.build());
    }

    private AppendResult append(ByteBuffer batch) throws IOException {
        AppendResult result = log.prepare(batch, AppendOrigin.CLIENT, 0);
        log.write();
        return result;
    }

    private void appendIn(int epoch, BatchBuilder batch) throws IOException {
        assertThat(log.prepare(batch.build(), AppendOrigin.CLIENT, epoch)).isInstanceOf(Appended.class);
        log.write();
    }

    private BatchBuilder records(int valueBytes, int count) {
        BatchBuilder builder = BatchBuilder.create();
        for (int i = 0; i < count; i++) {
            builder.add(nowMs, null, new byte[valueBytes]);
        }
        return builder;
    }

    private BatchBuilder at(long baseOffset, int count) {
        BatchBuilder builder = BatchBuilder.create().baseOffset(baseOffset);
        for (int i = 0; i < count; i++) {
            builder.add(nowMs, null, new byte[10]);
        }
        return builder;
    }

    private static ByteBuffer together(ByteBuffer... batches) {
        ByteBuffer all = ByteBuffer.allocate(10_000);
        for (ByteBuffer batch : batches) {
            all.put(batch);
        }
        return all.flip();
    }

    private List<Batch> readAll() throws IOException {
        List<Batch> all = new java.util.ArrayList<>();
        LogView view = log.view();
        long offset = view.logStartOffset();
        while (offset < view.logEndOffset()) {
            List<Batch> some = Batch.in(bytes(view, offset));
            all.addAll(some);
            offset = some.get(some.size() - 1).lastOffset() + 1;
        }
        return all;
    }

    private static ByteBuffer bytes(LogView view, long offset) throws IOException {
        LogSlice slice = view.read(offset, 1 << 20, true, Bound.LOG_END);
        try {
            return slice.copy();
        } finally {
            slice.release();
        }
    }

    private int logFiles() throws IOException {
        try (var files = Files.list(temp.resolve("0"))) {
            return (int) files.filter(file -> file.toString().endsWith(".log")).count();
        }
    }
}
