/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.log.compaction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.log.AppendOrigin;
import io.sluice.log.AppendResult;
import io.sluice.log.LogContext;
import io.sluice.log.LogCorruptException;
import io.sluice.log.LogMeters;
import io.sluice.log.LogView;
import io.sluice.log.PartitionLog;
import io.sluice.log.batch.BatchBuilder;
import io.sluice.log.file.LogFiles;
import io.sluice.log.file.NioLogFiles;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Random;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Compaction of a whole log, one situation a test. */
class LogCompactionTest {
    private static final long PLENTY = 1 << 20;
    private final MemoryFiles files = new MemoryFiles();

    @Test
    void smallSegmentsBecomeOne() throws Exception {
        // Given
        CompactedLog log = log(1_000, 2, PLENTY);
        log.append(200);
        long before = segments(files).size();

        // When
        log.compactOnce();

        // Then
        assertThat(before).isGreaterThan(10);
        assertThat(segments(files)).hasSize(2).first().isEqualTo("00000000000000000000.log");
    }

    @Test
    void moreKeysThanFitTheMemoryTakeSeveralPasses() throws Exception {
        // Given
        CompactedLog log = log(1_000, 100, 16L * KeyMap.SLOT_BYTES);
        log.append(300);

        // When
        int passes = log.compactFully();

        // Then
        assertThat(passes).isGreaterThan(10);
        log.assertNothingIsLost(log.readAll(), "after " + passes + " passes");
    }

    @Test
    void whatIsDoneIsCounted() throws Exception {
        // Given
        CompactedLog log = log(1_000, 100, 16L * KeyMap.SLOT_BYTES);
        log.append(300);

        // When
        CompactionStats first = log.compactOnce();
        CompactionStats second = log.compactOnce();

        // Then
        LogMeters meters = log.context.meters();
        assertThat(meters.compactionBytesBefore.sum()).isEqualTo(first.bytesBefore() + second.bytesBefore());
        assertThat(meters.compactionBytesAfter.sum()).isEqualTo(first.bytesAfter() + second.bytesAfter());
        assertThat(meters.compactionBytesRead.sum()).isEqualTo(first.bytesRead() + second.bytesRead());
        assertThat(meters.compactionRecordsRemoved.sum())
                .isPositive()
                .isEqualTo(first.recordsRead() - first.recordsKept() + second.recordsRead() - second.recordsKept());
        assertThat(meters.compactionsWithoutRoom.sum()).isEqualTo(2);
        assertThat(meters.keyMapBytes.sum()).as("keys of running compactions").isZero();
    }

    @Test
    void aTombstoneGoesWithALaterCompactionOnceItHasHadItsTime() throws Exception {
        // Given
        CompactedLog log = new CompactedLog(
                files, Configs.compacted(1_000, 0, 5_000, 0, Long.MAX_VALUE), new Random(1), 3, PLENTY);
        log.append(100);
        log.compactOnce();
        long tombstones = tombstones(log);

        // When
        log.nowMs += 5_000;
        log.append(100);
        log.compactOnce();
        long later = tombstones(log);

        // Then
        assertThat(tombstones).isPositive();
        log.assertNothingIsLost(log.readAll(), "after the tombstones' time");
        assertThat(later).isLessThanOrEqualTo(3);
    }

    @Test
    void withoutACheckpointATombstoneThatHadItsTimeStaysForOneMoreCompaction() throws Exception {
        // Given
        CompactedLog log = log(1_000, 5, PLENTY);
        log.log.prepare(BatchBuilder.create().add(1, bytes("a"), null).build(), AppendOrigin.CLIENT, 1);
        log.log.write();
        log.log.advanceHighWatermark(1);
        log.roll();
        log.compactOnce();
        log.nowMs += 86_400_000L;
        assertThat(log.log.planCompaction()).as("nothing is dirty").isNull();

        // When
        files.delete(CompactedLog.FOLDER.resolve(CleanerCheckpoint.FILE));
        log.reopen(files.afterProcessDeath());
        log.roll();
        log.compactOnce();

        // Then
        assertThat(log.readAll()).containsOnlyKeys(0L);
        assertThat(log.log.view().logEndOffset()).isEqualTo(1);

        // When
        log.log.prepare(plain("b"), AppendOrigin.CLIENT, 1);
        log.log.write();
        log.log.advanceHighWatermark(2);
        log.roll();
        log.compactOnce();
        log.reopen(((MemoryFiles) log.files).afterProcessDeath());

        // Then
        assertThat(log.readAll()).containsOnlyKeys(1L);
        assertThat(log.log.view().logEndOffset()).isEqualTo(2);
    }

    @Test
    void producersAreKnownFromACompactedLogAlone() throws Exception {
        // Given
        CompactedLog log = log(500, 2, PLENTY);
        AppendResult.Appended first = produce(log, 9, 0, "a");
        AppendResult.Appended last = produce(log, 9, 1, "a");
        produce(log, 10, 0, "b");
        log.append(200);
        for (int i = 0; i < 2; i++) {
            log.log.prepare(plain("a"), AppendOrigin.CLIENT, 1);
            log.log.prepare(plain("b"), AppendOrigin.CLIENT, 1);
            log.log.write();
        }
        log.append(50);
        log.compactFully();
        log.log.close();

        // When
        for (LogFiles.Entry entry : files.list(CompactedLog.FOLDER)) {
            if (entry.name().endsWith(".snapshot")) {
                files.delete(CompactedLog.FOLDER.resolve(entry.name()));
            }
        }
        log.open();

        // Then
        assertThat(first.baseOffset()).isZero();
        assertThat(log.log.prepare(idempotent(9, 1, "a"), AppendOrigin.CLIENT, 1))
                .isEqualTo(new AppendResult.Duplicate(last.baseOffset(), last.lastOffset(), -1, 0));
        assertThat(log.log.prepare(idempotent(9, 2, "a"), AppendOrigin.CLIENT, 1))
                .isInstanceOf(AppendResult.Appended.class);
        assertThat(log.log.prepare(idempotent(10, 2, "b"), AppendOrigin.CLIENT, 1))
                .isInstanceOf(AppendResult.Rejected.class);
    }

    @Test
    void aFullDiskEndsTheCompactionAndNothingElse() throws Exception {
        // Given
        CompactedLog log = log(1_000, 5, PLENTY);
        log.append(200);
        CompactionJob job = log.log.planCompaction();
        files.room(300);

        // When
        assertThatThrownBy(job::run).isInstanceOf(IOException.class).hasMessageContaining("No space left");
        log.log.discardCompaction(job);

        // Then
        assertThat(names(files)).noneMatch(name -> name.endsWith(".cleaned"));
        log.assertNothingIsLost(log.readAll(), "after the full disk");
        files.room(Long.MAX_VALUE);
        log.append(10);
        assertThat(log.compactOnce()).isNotNull();
        log.assertNothingIsLost(log.readAll(), "once there is room again");
    }

    @Test
    void aDamagedBatchIsNamedAndNothingIsLost() throws Exception {
        // Given
        CompactedLog log = log(1_000, 5, PLENTY);
        log.append(200);
        files.damage(CompactedLog.FOLDER.resolve("00000000000000000000.log"), 70);
        CompactionJob job = log.log.planCompaction();

        // When
        assertThatThrownBy(job::run)
                .isInstanceOf(LogCorruptException.class)
                .hasMessageContaining("00000000000000000000.log")
                .hasMessageContaining("position 0")
                .hasMessageContaining("CRC");
        log.log.discardCompaction(job);

        // Then
        assertThat(segments(files).size()).isGreaterThan(5);
        assertThat(names(files)).noneMatch(name -> name.endsWith(".cleaned"));
    }

    @Test
    void segmentsThatRetentionTookMeanwhileAreNotBroughtBack() throws Exception {
        // Given
        CompactedLog log = log(1_000, 5, PLENTY);
        log.append(200);
        CompactionJob job = log.log.planCompaction();
        job.run();
        long start = log.log.view().logEndOffset() - 5;
        log.log.deleteRecordsBefore(start);

        // When
        log.log.applyCompaction(job);
        log.log.maintain();

        // Then
        assertThat(log.log.view().logStartOffset()).isEqualTo(start);
        assertThat(segments(files)).hasSizeLessThan(3);
        assertThat(names(files)).noneMatch(name -> name.endsWith(".cleaned") || name.endsWith(".swap"));
        log.log.close();
        log.open();
        assertThat(log.log.view().logStartOffset()).isEqualTo(start);
    }

    @Test
    void aDeletedLogLeavesNoFileOfARunningCompaction() throws Exception {
        // Given
        CompactedLog log = log(1_000, 5, PLENTY);
        log.append(200);
        CompactionJob job = log.log.planCompaction();

        // When
        log.log.delete();

        // Then
        assertThatThrownBy(job::run).isInstanceOf(CancellationException.class);
        assertThat(names(files)).isEmpty();
    }

    @Test
    void aTruncatedLogIsDirtyAgainFromThereOn() throws Exception {
        // Given
        CompactedLog log = log(1_000, 5, PLENTY);
        log.append(200);
        log.compactFully();
        long middle = log.log.view().logEndOffset() / 2;

        // When
        log.log.truncateTo(middle);

        // Then
        ByteBuffer checkpoint = files.readWhole(CompactedLog.FOLDER.resolve(CleanerCheckpoint.FILE));
        assertThat(CleanerCheckpoint.decode(checkpoint, "checkpoint").firstDirtyOffset())
                .isLessThanOrEqualTo(middle);
        assertThat(names(files)).noneMatch(name -> name.endsWith(".cleaned") || name.endsWith(".swap"));
    }

    /** On real files: one thread writes and puts in place, one compacts, two read through views that are soon out of date. */
    @Test
    void appendsAndReadsGoOnMeanwhile(@TempDir Path folder) throws Exception {
        // Given
        ExecutorService threads = Executors.newFixedThreadPool(3);
        LogContext context = LogContext.of(new NioLogFiles(), InstantSource.system());
        AtomicBoolean done = new AtomicBoolean();
        AtomicReference<LogView> view = new AtomicReference<>();
        try (PartitionLog log = PartitionLog.open(
                context, folder.resolve("log"), Configs.compacted(20_000, 0, 1_000, 0, Long.MAX_VALUE))) {
            view.set(log.view());
            List<Future<Map<String, Long>>> readers =
                    List.of(threads.submit(() -> follow(done, view)), threads.submit(() -> follow(done, view)));
            Random random = new Random(5);
            Future<CompactionJob> running = null;
            int compactions = 0;

            // When
            for (int i = 0; i < 30_000; i++) {
                log.prepare(plain("k" + random.nextInt(50)), AppendOrigin.CLIENT, 1);
                log.write();
                log.advanceHighWatermark(Long.MAX_VALUE);
                if (running == null) {
                    CompactionJob job = log.planCompaction();
                    running = job == null
                            ? null
                            : threads.submit(() -> {
                                job.run();
                                return job;
                            });
                } else if (running.isDone()) {
                    log.applyCompaction(running.get());
                    compactions++;
                    running = null;
                    log.maintain();
                }
                view.set(log.view());
            }
            if (running != null) {
                log.applyCompaction(running.get());
            }
            view.set(log.view());
            done.set(true);

            // Then
            assertThat(compactions).isPositive();
            NavigableMap<Long, CompactedLog.Seen> seen = CompactedLog.readAll(log.view());
            assertThat(seen.size()).isLessThan(10_000);
            for (Future<Map<String, Long>> reader : readers) {
                assertThat(reader.get(30, TimeUnit.SECONDS)).hasSize(50).isEqualTo(CompactedLog.latest(seen));
            }
        } finally {
            done.set(true);
            threads.shutdownNow();
        }
    }

    /** Reads from the log's start to its end, again and again; what it knows of each key after the last time. */
    private static Map<String, Long> follow(AtomicBoolean done, AtomicReference<LogView> views) throws IOException {
        while (true) {
            boolean last = done.get();
            Map<String, Long> latest = new HashMap<>();
            long next = 0;
            for (LogView view = views.get(); next < view.logEndOffset(); view = views.get()) {
                next = CompactedLog.read(view, next, (offset, record) -> latest.put(record.key(), offset));
            }
            if (last) {
                return latest;
            }
        }
    }

    private CompactedLog log(int segmentBytes, int keys, long dedupeBytes) throws IOException {
        return new CompactedLog(
                files,
                Configs.compacted(segmentBytes, 0, 86_400_000L, 0, Long.MAX_VALUE),
                new Random(11),
                keys,
                dedupeBytes);
    }

    private static AppendResult.Appended produce(CompactedLog log, long producer, int sequence, String key)
            throws IOException {
        AppendResult result = log.log.prepare(idempotent(producer, sequence, key), AppendOrigin.CLIENT, 1);
        assertThat(result).isInstanceOf(AppendResult.Appended.class);
        log.log.write();
        return (AppendResult.Appended) result;
    }

    private static ByteBuffer idempotent(long producer, int sequence, String key) {
        return BatchBuilder.create()
                .producer(producer, (short) 0, sequence)
                .add(1, bytes(key), bytes("v"))
                .build();
    }

    private static ByteBuffer plain(String key) {
        return BatchBuilder.create().add(1, bytes(key), bytes("value")).build();
    }

    private static long tombstones(CompactedLog log) throws IOException {
        return log.readAll().values().stream()
                .filter(record -> record.value() == null)
                .count();
    }

    private static List<String> segments(LogFiles files) throws IOException {
        return names(files).stream()
                .filter(name -> name.endsWith(".log"))
                .sorted()
                .toList();
    }

    private static List<String> names(LogFiles files) throws IOException {
        List<String> names = new ArrayList<>();
        for (LogFiles.Entry entry : files.list(CompactedLog.FOLDER)) {
            names.add(entry.name());
        }
        return names;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
