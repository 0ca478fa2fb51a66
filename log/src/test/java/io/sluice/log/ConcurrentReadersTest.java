/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.log.LogView.Bound;
import io.sluice.log.batch.Batch;
import io.sluice.log.batch.BatchBuilder;
import io.sluice.log.file.NioLogFiles;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Readers on other threads, without a lock, while the writer appends, rolls, and retention deletes; few files may be open. */
class ConcurrentReadersTest {
    private static final int BATCHES = 20_000;

    @TempDir
    Path folder;

    private volatile LogView view;

    @Test
    void readersSeeEveryBatchOnceAndInOrder() throws Exception {
        // Given
        LogLimits d = LogLimits.DEFAULTS;
        LogLimits limits = new LogLimits(
                d.maxDecompressedBytes(),
                2,
                d.producerIdExpirationMs(),
                d.maxProducersPerPartition(),
                d.dedupeBufferBytes(),
                d.cleanerBytesPerSecond());
        LogContext context =
                LogContext.of(new NioLogFiles(), () -> Instant.ofEpochMilli(LogModel.NOW_MS), Runnable::run, limits);
        LogConfig config = new TestConfig()
                .segmentBytes(200_000)
                .indexIntervalBytes(1000)
                .retentionBytes(600_000)
                .build();
        ExecutorService readers = Executors.newFixedThreadPool(3);
        try (PartitionLog log = PartitionLog.open(context, folder, config)) {
            view = log.view();
            List<Future<Long>> results = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                int seed = i;
                results.add(readers.submit(() -> readToTheEnd(new Random(seed))));
            }
            // When
            Random random = new Random(9);
            long offset = 0;
            for (int i = 0; i < BATCHES; i++) {
                BatchBuilder builder = BatchBuilder.create();
                for (int r = random.nextInt(4); r >= 0; r--) {
                    builder.add(LogModel.NOW_MS, null, new byte[random.nextInt(100)]);
                }
                log.prepare(builder.build(), AppendOrigin.CLIENT, 0);
                if (random.nextInt(3) == 0 || i == BATCHES - 1) {
                    log.write();
                    offset = log.view().logEndOffset();
                    log.advanceHighWatermark(i == BATCHES - 1 ? offset : offset - random.nextInt(5));
                    if (random.nextInt(200) == 0) {
                        log.maintain();
                    }
                    view = log.view();
                }
            }
            view = new Last(view);
            // Then
            for (Future<Long> result : results) {
                assertThat(result.get(60, TimeUnit.SECONDS)).isEqualTo(offset);
            }
            assertThat(context.openSegments().count()).isLessThanOrEqualTo(2);
            assertThat(context.openSegments().closedForRoom()).isPositive();
        } finally {
            readers.shutdownNow();
        }
    }

    /** Reads on until the last view is read; a reader that retention has overtaken goes on at the log's start. */
    private long readToTheEnd(Random random) throws IOException {
        long next = 0;
        while (true) {
            LogView now = view;
            if (next == now.highWatermark()) {
                if (now instanceof Last) {
                    return next;
                }
                Thread.onSpinWait();
                continue;
            }
            try {
                LogSlice slice = now.read(next, 200 + random.nextInt(20_000), true, Bound.HIGH_WATERMARK);
                try {
                    next = check(slice, next, now.highWatermark());
                } finally {
                    slice.release();
                }
            } catch (OffsetOutOfRangeException deleted) {
                next = Math.max(next, view.logStartOffset());
            }
        }
    }

    private static long check(LogSlice slice, long next, long bound) throws IOException {
        ByteBuffer bytes = slice.copy();
        List<Batch> batches = Batch.in(bytes);
        if (slice.length() > 0) {
            assertThat(batches).isNotEmpty();
            assertThat(batches.get(0).lastOffset()).isGreaterThanOrEqualTo(next);
            assertThat(batches.get(0).baseOffset()).isLessThanOrEqualTo(next);
        }
        long expected = batches.isEmpty() ? next : batches.get(0).baseOffset();
        for (Batch batch : batches) {
            assertThat(batch.isCrcValid()).isTrue();
            assertThat(batch.baseOffset()).isEqualTo(expected);
            expected = batch.lastOffset() + 1;
        }
        assertThat(expected).isLessThanOrEqualTo(bound);
        return expected;
    }

    /** Marks the view after which nothing comes. */
    private record Last(LogView last) implements LogView {
        @Override
        public long logStartOffset() {
            return last.logStartOffset();
        }

        @Override
        public long highWatermark() {
            return last.highWatermark();
        }

        @Override
        public long lastStableOffset() {
            return last.lastStableOffset();
        }

        @Override
        public long logEndOffset() {
            return last.logEndOffset();
        }

        @Override
        public int lastEpoch() {
            return last.lastEpoch();
        }

        @Override
        public long sizeBytes() {
            return last.sizeBytes();
        }

        @Override
        public LogSlice read(long offset, int maxBytes, boolean atLeastOneBatch, Bound bound) throws IOException {
            return last.read(offset, maxBytes, atLeastOneBatch, bound);
        }

        @Override
        public long bytesFrom(long offset, Bound bound) {
            return last.bytesFrom(offset, bound);
        }

        @Override
        public TimestampedOffset offsetForTimestamp(long timestampMs, Bound bound) throws IOException {
            return last.offsetForTimestamp(timestampMs, bound);
        }

        @Override
        public TimestampedOffset offsetOfMaxTimestamp(Bound bound) throws IOException {
            return last.offsetOfMaxTimestamp(bound);
        }

        @Override
        public EpochEnd endOfEpoch(int epoch) {
            return last.endOfEpoch(epoch);
        }

        @Override
        public int epochAt(long offset) {
            return last.epochAt(offset);
        }
    }
}
