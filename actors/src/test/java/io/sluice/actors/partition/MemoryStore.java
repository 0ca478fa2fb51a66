/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.actors.partition;

import io.sluice.log.AppendOrigin;
import io.sluice.log.AppendResult;
import io.sluice.log.ErrorCode;
import io.sluice.log.LogConfig;
import io.sluice.log.LogSlice;
import io.sluice.log.LogView;
import io.sluice.log.OffsetOutOfRangeException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/** A log in memory, one offset an append, that can be told to fail. An empty buffer is a bad batch. */
/** The log's actor alone writes these; tests read them. */
@SuppressWarnings("NonAtomicVolatileUpdate")
final class MemoryStore implements PartitionStore {
    final List<Integer> writes = new ArrayList<>();
    volatile boolean diskFull;
    volatile boolean broken;
    volatile boolean closed;
    volatile boolean deleted;
    volatile int forces;
    volatile LogConfig config;
    volatile int epoch = -1;
    volatile int maintained;
    volatile CompactionRun compaction;
    volatile CountDownLatch closing = new CountDownLatch(0);

    private int prepared;
    private long logStart;
    private long logEnd;
    private long highWatermark;

    MemoryStore(LogConfig config) {
        this.config = config;
    }

    @Override
    public AppendResult prepare(ByteBuffer batches, AppendOrigin origin, int leaderEpoch) {
        if (!batches.hasRemaining()) {
            return new AppendResult.Rejected(ErrorCode.CORRUPT_MESSAGE, "empty");
        }
        long offset = logEnd + prepared++;
        return new AppendResult.Appended(offset, offset, -1, logStart);
    }

    @Override
    public void write() throws IOException {
        int count = prepared;
        prepared = 0;
        if (broken) {
            throw new IOException("input/output error");
        } else if (diskFull) {
            throw new DiskFullException("No space left on device", null);
        }
        writes.add(count);
        logEnd += count;
    }

    @Override
    public void discard() {
        prepared = 0;
    }

    @Override
    public long pendingBytes() {
        return prepared;
    }

    @Override
    public void force() {
        forces++;
    }

    @Override
    public void beginEpoch(int leaderEpoch) {
        epoch = leaderEpoch;
    }

    @Override
    public void advanceHighWatermark(long offset) {
        highWatermark = Math.max(highWatermark, offset);
    }

    @Override
    public LogView view() {
        return new View(logStart, highWatermark, logEnd, epoch);
    }

    @Override
    public long deleteRecordsBefore(long offset) throws IOException {
        if (offset > highWatermark) {
            throw new OffsetOutOfRangeException("beyond the high watermark");
        }
        logStart = offset;
        return offset;
    }

    @Override
    public void truncateTo(long offset) {
        logEnd = offset;
    }

    @Override
    public void restartAt(long offset, int epochBefore) {
        logStart = offset;
        logEnd = offset;
    }

    @Override
    public void configure(LogConfig newConfig) {
        config = newConfig;
    }

    @Override
    public void maintain() {
        maintained++;
    }

    @Override
    public List<PartitionHandle.ProducerInfo> producers() {
        return List.of();
    }

    @Override
    public CompactionRun planCompaction() {
        return compaction;
    }

    @Override
    public void close() {
        PartitionRig.awaitLatch(closing);
        closed = true;
    }

    @Override
    public void delete() {
        deleted = true;
    }

    private record View(long logStartOffset, long highWatermark, long logEndOffset, int lastEpoch) implements LogView {
        @Override
        public long lastStableOffset() {
            return highWatermark;
        }

        @Override
        public long sizeBytes() {
            return logEndOffset;
        }

        @Override
        public LogSlice read(long offset, int maxBytes, boolean atLeastOneBatch, Bound bound) {
            throw new UnsupportedOperationException("not read in these tests");
        }

        @Override
        public long bytesFrom(long offset, Bound bound) {
            return highWatermark - offset;
        }

        @Override
        public TimestampedOffset offsetForTimestamp(long timestampMs, Bound bound) {
            return null;
        }

        @Override
        public TimestampedOffset offsetOfMaxTimestamp(Bound bound) {
            return null;
        }

        @Override
        public EpochEnd endOfEpoch(int epoch) {
            return new EpochEnd(-1, -1);
        }

        @Override
        public int epochAt(long offset) {
            return -1;
        }
    }
}
