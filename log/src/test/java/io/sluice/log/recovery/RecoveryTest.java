/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.log.recovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.log.AppendOrigin;
import io.sluice.log.LogConfig;
import io.sluice.log.LogContext;
import io.sluice.log.LogCorruptException;
import io.sluice.log.LogLimits;
import io.sluice.log.LogModel;
import io.sluice.log.LogView.Bound;
import io.sluice.log.LogView.EpochEnd;
import io.sluice.log.PartitionLog;
import io.sluice.log.TestConfig;
import io.sluice.log.batch.BatchBuilder;
import io.sluice.log.file.FaultyLogFiles;
import io.sluice.log.file.NioLogFiles;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Opening folders in all states on a real file system. */
class RecoveryTest {
    @TempDir
    Path temp;

    private final List<String> operations = new ArrayList<>();
    private final FaultyLogFiles files = new FaultyLogFiles(new NioLogFiles(), 1);
    private final LogContext context = LogContext.of(files, () -> Instant.ofEpochMilli(LogModel.NOW_MS));

    @Test
    void aTornTailIsCutWhereverItIsTorn() throws IOException {
        // Given
        Path folder = temp.resolve("0");
        PartitionLog log = open(folder);
        append(log, 3);
        long whole = Files.size(segment(folder));
        append(log, 2);
        byte[] all = Files.readAllBytes(segment(folder));
        for (int size = (int) whole; size < all.length; size++) {
            Files.write(segment(folder), java.util.Arrays.copyOf(all, size));
            // When
            PartitionLog again = open(folder);
            // Then
            assertThat(again.view().logEndOffset())
                    .as("cut at %s of %s", size, all.length)
                    .isEqualTo(3);
            assertThat(Files.size(segment(folder))).isEqualTo(whole);
            append(again, 1);
            assertThat(again.view().logEndOffset()).isEqualTo(4);
        }
    }

    @Test
    void garbageBehindTheLastBatchIsCut() throws IOException {
        Path folder = temp.resolve("0");
        append(open(folder), 3);
        long whole = Files.size(segment(folder));
        byte[] all = java.util.Arrays.copyOf(Files.readAllBytes(segment(folder)), (int) whole + 5000);
        Files.write(segment(folder), all);
        assertThat(open(folder).view().logEndOffset()).isEqualTo(3);
        assertThat(Files.size(segment(folder))).isEqualTo(whole);
    }

    @Test
    void aDamagedBatchInTheMiddleIsNotCutButTold() throws IOException {
        // Given
        Path folder = temp.resolve("0");
        PartitionLog log = open(folder);
        append(log, 2);
        long second = Files.size(segment(folder));
        append(log, 2);
        append(log, 2);
        for (int at : new int[] {0, 8, 10, 16, 17, 30, 61, 70}) {
            byte[] all = Files.readAllBytes(segment(folder));
            byte before = all[(int) second + at];
            all[(int) second + at] ^= 0x55;
            Files.write(segment(folder), all);
            // When, Then
            assertThatThrownBy(() -> open(folder))
                    .as("byte %s of the second batch", at)
                    .isInstanceOf(LogCorruptException.class)
                    .hasMessageContaining("00000000000000000000.log")
                    .hasMessageContaining("position " + second)
                    .hasMessageContaining("offset 2");
            all[(int) second + at] = before;
            Files.write(segment(folder), all);
        }
        assertThat(open(folder).view().logEndOffset()).isEqualTo(6);
    }

    @Test
    void producersThatAnOpenedLogForgetsAreCounted() throws IOException {
        // Given: room for two, which are known from before
        long[] nowMs = {LogModel.NOW_MS};
        LogLimits d = LogLimits.DEFAULTS;
        LogLimits limits = new LogLimits(
                d.maxDecompressedBytes(),
                d.maxOpenSegments(),
                1_000,
                2,
                d.dedupeBufferBytes(),
                d.cleanerBytesPerSecond());
        LogContext small = LogContext.of(files, () -> Instant.ofEpochMilli(nowMs[0]), Runnable::run, limits);
        Path folder = temp.resolve("0");
        PartitionLog before = PartitionLog.open(small, folder, new TestConfig().build());
        before.prepare(idempotent(1), AppendOrigin.CLIENT, 1);
        before.prepare(idempotent(2), AppendOrigin.CLIENT, 1);
        before.write();
        before.close();
        PartitionLog log = PartitionLog.open(small, folder, new TestConfig().build());

        // When
        log.prepare(idempotent(3), AppendOrigin.CLIENT, 1);
        log.write();
        nowMs[0] += 1_000;
        log.maintain();

        // Then
        assertThat(small.meters().producersEvicted.sum()).isEqualTo(1);
        assertThat(small.meters().producersExpired.sum()).isEqualTo(2);
        assertThat(log.producers()).isEmpty();
    }

    private static ByteBuffer idempotent(long producerId) {
        return BatchBuilder.create()
                .producer(producerId, (short) 0, 0)
                .add(LogModel.NOW_MS, null, new byte[1])
                .build();
    }

    @Test
    void afterACleanStopNoSegmentIsRead() throws IOException {
        // Given
        Path folder = temp.resolve("0");
        PartitionLog log = open(folder);
        append(log, 3);
        log.close();
        // When
        files.failOn(operation -> operations.add(operation) && operation.endsWith(".log"));
        PartitionLog again = open(folder);
        // Then
        assertThat(operations).noneMatch(operation -> operation.endsWith(".log"));
        assertThat(again.view().logEndOffset()).isEqualTo(3);
        assertThat(again.view().lastEpoch()).isEqualTo(7);
        assertThat(again.view().endOfEpoch(7)).isEqualTo(new EpochEnd(7, 3));
        files.failOn(operation -> false);
        assertThat(LogModel.readAll(again.view(), 0, Bound.LOG_END, 1000)).hasSize(1);
    }

    @Test
    void onlyWhatIsBehindTheRecoveryPointIsReadAgain() throws IOException {
        // Given
        Path folder = temp.resolve("0");
        LogConfig small = new TestConfig().segmentBytes(500).build();
        PartitionLog log = PartitionLog.open(context, folder, small);
        for (int i = 0; i < 20; i++) {
            append(log, 2);
        }
        log.maintain();
        log.maintain();
        append(log, 1);
        // When
        files.failOn(operation -> !operations.add(operation));
        PartitionLog again = PartitionLog.open(context, folder, small);
        // Then
        assertThat(operations.stream()
                        .filter(operation -> operation.matches("open .*\\.log"))
                        .distinct())
                .hasSizeLessThanOrEqualTo(2);
        assertThat(again.view().logEndOffset()).isEqualTo(41);
    }

    @Test
    void aLogWithoutAnyOfItsSmallFilesOpensFromItsSegmentsAlone() throws IOException {
        // Given
        Path folder = temp.resolve("0");
        LogConfig small = new TestConfig().segmentBytes(700).build();
        PartitionLog log = PartitionLog.open(context, folder, small);
        for (int i = 0; i < 10; i++) {
            log.prepare(
                    BatchBuilder.create()
                            .producer(9, (short) 0, i)
                            .add(LogModel.NOW_MS, null, new byte[100])
                            .build(),
                    AppendOrigin.CLIENT,
                    i / 3);
            log.write();
        }
        log.close();
        try (var all = Files.list(folder)) {
            for (Path file : all.filter(f -> !f.toString().endsWith(".log")).toList()) {
                Files.delete(file);
            }
        }
        // When
        PartitionLog again = PartitionLog.open(context, folder, small);
        // Then
        assertThat(again.view().logEndOffset()).isEqualTo(10);
        assertThat(again.producers().get(9L).nextSequence()).isEqualTo(10);
        assertThat(again.view().epochAt(4)).isEqualTo(1);
        assertThat(again.view().endOfEpoch(1)).isEqualTo(new EpochEnd(1, 6));
        assertThat(LogModel.readAll(again.view(), 0, Bound.LOG_END, 300)).hasSize(10);
    }

    @Test
    void aThousandPartitionsOpenWithUnderTwoSecondsOfCpu() throws IOException {
        // Given
        for (int i = 0; i < 1000; i++) {
            PartitionLog log = open(temp.resolve("p" + i));
            if (i % 2 == 0) {
                append(log, 1);
                log.close();
            }
        }
        // When
        long begin = cpuNanos();
        for (int i = 0; i < 1000; i++) {
            assertThat(open(temp.resolve("p" + i)).view().logEndOffset()).isEqualTo(i % 2 == 0 ? 1 : 0);
        }
        Duration took = Duration.ofNanos(cpuNanos() - begin);
        // Then
        assertThat(context.openSegments().count()).isZero();
        assertThat(took).isLessThan(Duration.ofSeconds(2));
    }

    /** Of this thread: what the machine does besides does not count. */
    private static long cpuNanos() {
        return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    }

    private PartitionLog open(Path folder) throws IOException {
        return PartitionLog.open(context, folder, LogConfig.DEFAULTS);
    }

    private static void append(PartitionLog log, int count) throws IOException {
        BatchBuilder builder = BatchBuilder.create();
        for (int i = 0; i < count; i++) {
            builder.add(LogModel.NOW_MS, null, new byte[50]);
        }
        ByteBuffer batch = builder.build();
        log.prepare(batch, AppendOrigin.CLIENT, 7);
        log.write();
    }

    private static Path segment(Path folder) {
        return folder.resolve("00000000000000000000.log");
    }
}
