/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.log;

import io.sluice.log.append.AppendChecks;
import io.sluice.log.append.PendingAppends;
import io.sluice.log.batch.BatchHeader;
import io.sluice.log.compaction.CompactionJob;
import io.sluice.log.compaction.LogCompaction;
import io.sluice.log.compaction.Throttle;
import io.sluice.log.recovery.Recovery;
import io.sluice.log.segment.Segment;
import io.sluice.log.segment.SegmentSet;
import io.sluice.log.segment.SegmentedView;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;

/**
 * The log of one partition: a folder of segments. This class is not thread-safe: its one writer calls it; everybody else
 * reads through {@link #view}.
 *
 * <p>An append takes two steps, so that what waits in the writer's mailbox leaves in one gathering write: {@link #prepare}
 * checks and stamps a request's batches in place, {@link #write} writes all that is prepared.
 *
 * <p>When a write fails, {@link #write} throws {@link LogWriteException} if the log could be put back to what it was before the
 * write: everything that was prepared must be answered with an error, and the log goes on (with a full disk: as soon as there is room).
 * Any other {@link IOException} means that the log must be closed and opened again (recovery decides what is whole).
 */
public final class PartitionLog implements AutoCloseable {
    private final LogContext context;
    private final Path folder;
    private final AppendChecks checks;
    private final PendingAppends pending = new PendingAppends();
    private final SegmentSet segments;
    private final LogCompaction compaction;

    private LogConfig config;
    private long logStartOffset;
    private long highWatermark;
    private long logEndOffset;
    private int lastEpoch;

    // Where the log will be once everything prepared is written.
    private long nextOffset;
    private long nextBaseOffset;
    private long nextSegmentBytes;

    private IOException broken;

    private PartitionLog(LogContext context, Path folder, LogConfig config, Recovery.Recovered recovered)
            throws IOException {
        this.context = context;
        this.folder = folder;
        this.config = config;
        this.checks = new AppendChecks(context.limits().maxDecompressedBytes());
        this.logStartOffset = recovered.logStartOffset();
        this.highWatermark = logStartOffset;
        this.lastEpoch = recovered.lastEpoch();
        this.segments = new SegmentSet(
                context.files(), context.openSegments(), folder, recovered.segments(), recovered.logEndOffset());
        this.compaction = LogCompaction.open(context, folder, segments);
        this.logEndOffset = recovered.logEndOffset();
        rewind();
    }

    /**
     * Opens the folder, or makes it. After an unclean stop only what may be torn is read again.
     *
     * @throws LogCorruptException if a batch in the middle is damaged: names file, position, offset and cause
     */
    public static PartitionLog open(LogContext context, Path folder, LogConfig config) throws IOException {
        LogCompaction.recover(context, folder);
        return new PartitionLog(context, folder, config, Recovery.recover(context, folder));
    }

    /**
     * Checks the batches of one request and gives them offsets, the leader's epoch and (where configured) the broker's time,
     * in place: the buffer between position and limit is changed, and kept until {@link #write}.
     */
    public AppendResult prepare(ByteBuffer batches, AppendOrigin origin, int leaderEpoch) throws IOException {
        requireIntact();
        long nowMs = context.clock().millis();
        AppendResult.Rejected fault = checks.check(batches, origin, config, nowMs);
        if (fault != null) {
            return fault;
        }
        if (batches.remaining() > config.segmentBytes()) {
            return new AppendResult.Rejected(
                    ErrorCode.RECORD_LIST_TOO_LARGE,
                    batches.remaining() + " bytes of batches, segment.bytes is " + config.segmentBytes());
        }
        boolean stampTime = config.logAppendTime() && origin != AppendOrigin.REPLICATION;
        long baseOffset =
                origin == AppendOrigin.REPLICATION ? BatchHeader.baseOffset(batches, batches.position()) : nextOffset;
        if (baseOffset < nextOffset) {
            return new AppendResult.Rejected(
                    ErrorCode.UNKNOWN_SERVER_ERROR, "offset " + baseOffset + " again, the log ends at " + nextOffset);
        }
        // Offsets within a segment are kept in 31 bits; a batch has at least 61 bytes for at most 2^31 offsets.
        boolean roll = nextSegmentBytes > 0
                && (nextSegmentBytes + batches.remaining() > config.segmentBytes()
                        || baseOffset - nextBaseOffset > Integer.MAX_VALUE - config.segmentBytes());
        if (roll) {
            nextBaseOffset = baseOffset;
            nextSegmentBytes = 0;
        }
        pending.addBuffer(batches.duplicate(), roll);
        for (int at = batches.position(); at < batches.limit(); ) {
            int size = (int) BatchHeader.sizeInBytes(batches, at);
            int lastDelta = BatchHeader.lastOffsetDelta(batches, at);
            if (origin == AppendOrigin.REPLICATION) {
                nextOffset = BatchHeader.baseOffset(batches, at);
            } else {
                BatchHeader.stampPlace(batches, at, nextOffset, leaderEpoch);
                if (stampTime) {
                    BatchHeader.stampLogAppendTime(batches, at, nowMs);
                }
            }
            pending.addBatch(
                    nextOffset,
                    lastDelta,
                    size,
                    BatchHeader.maxTimestamp(batches, at),
                    BatchHeader.leaderEpoch(batches, at));
            nextOffset += lastDelta + 1L;
            at += size;
        }
        nextSegmentBytes += batches.remaining();
        return new AppendResult.Appended(baseOffset, nextOffset - 1, stampTime ? nowMs : -1, logStartOffset);
    }

    /** Writes all that is prepared with one gathering write. After it the buffers belong to their owners again. */
    public void write() throws IOException {
        requireIntact();
        try {
            for (int first = 0; first < pending.bufferCount(); ) {
                int end = first + 1;
                while (end < pending.bufferCount() && !pending.rollBefore(end)) {
                    end++;
                }
                writeOne(first, end);
                first = end;
            }
        } finally {
            pending.clear();
            rewind();
        }
    }

    private void writeOne(int first, int end) throws IOException {
        long baseOffset = pending.baseOffset(pending.firstBatch(first));
        if (pending.rollBefore(first)) {
            segments.roll(baseOffset);
        }
        Segment active = segments.active();
        ByteBuffer[] buffers = pending.buffers();
        try {
            active.write(first == 0 ? buffers : java.util.Arrays.copyOfRange(buffers, first, end), end - first);
        } catch (IOException e) {
            if (e.getSuppressed().length > 0) {
                broken = e;
                throw e;
            }
            throw new LogWriteException(active.path() + ": " + e.getMessage(), e);
        }
        for (int batch = pending.firstBatch(first); batch < pending.endBatch(end - 1); batch++) {
            active.added(
                    pending.baseOffset(batch),
                    pending.lastOffsetDelta(batch),
                    pending.sizeInBytes(batch),
                    pending.maxTimestampMs(batch),
                    config.indexIntervalBytes());
            lastEpoch = pending.leaderEpoch(batch);
        }
        active.publish();
        logEndOffset = active.endOffset();
    }

    /** Nothing is prepared: the next append goes to the log's end. */
    private void rewind() {
        nextOffset = logEndOffset;
        nextBaseOffset = segments.active().baseOffset();
        nextSegmentBytes = segments.active().sizeBytes();
    }

    private void requireIntact() throws IOException {
        if (broken != null) {
            throw new IOException(folder + ": the log must be opened again after an earlier failure", broken);
        }
    }

    /** Bytes prepared and not written. */
    public long pendingBytes() {
        return pending.bytes();
    }

    /** Forces to disk what is written. */
    public void force() throws IOException {
        segments.force();
    }

    /** A leader's term begins: its start offset is the log end offset. Recorded in the leader-epoch history. */
    public void beginEpoch(int leaderEpoch) throws IOException {
        if (leaderEpoch < lastEpoch) {
            throw new IllegalArgumentException("epoch " + leaderEpoch + " after " + lastEpoch);
        }
    }

    /** Moves what readers may see. Never backwards, never beyond the log end offset. */
    public void advanceHighWatermark(long offset) {
        highWatermark = Math.max(highWatermark, Math.min(offset, logEndOffset));
    }

    /** A new immutable snapshot; cheap. */
    public LogView view() {
        return new SegmentedView(segments, logStartOffset, highWatermark, highWatermark, logEndOffset, lastEpoch);
    }

    /** Cuts the log so that {@code offset} is its end (a follower whose log diverged). */
    public void truncateTo(long offset) throws IOException {
        throw new UnsupportedOperationException("being written");
    }

    /**
     * Moves the log start offset (DeleteRecords, KIP-107); segments wholly below it go away.
     *
     * @return the new log start offset
     * @throws OffsetOutOfRangeException beyond the high watermark
     */
    public long deleteRecordsBefore(long offset) throws IOException {
        throw new UnsupportedOperationException("being written");
    }

    /** A changed topic configuration; acts at once. */
    public void configure(LogConfig config) {
        this.config = config;
    }

    /** Retention by time and size, roll by time, expiry of producers, deferred flushes: call about once a minute, or by {@code flush.ms}. */
    public void maintain() throws IOException {
        compaction.advance();
    }

    /**
     * The compaction that is due now: {@link CompactionJob#run} it on another thread, then hand it to {@link #applyCompaction}, or to
     * {@link #discardCompaction} if it failed. Appends and reads go on meanwhile.
     *
     * @return null if none is due, or one is under way
     */
    public CompactionJob planCompaction() throws IOException {
        CompactionJob.Settings settings = new CompactionJob.Settings(
                config,
                context.limits().dedupeBufferBytes(),
                ThreadLocalRandom.current().nextLong(),
                new Throttle(context.limits().cleanerBytesPerSecond(), System::nanoTime));
        return compaction.plan(settings, logStartOffset, highWatermark, Map.of());
    }

    /** Puts what a compaction has written in the place of the old segments: a new {@link #view} is to be published. */
    public void applyCompaction(CompactionJob job) throws IOException {
        compaction.apply(job);
    }

    /** What a compaction has written goes; nothing is changed. */
    public void discardCompaction(CompactionJob job) throws IOException {
        compaction.discard(job);
    }

    /** Clean stop: everything forced and marked, so that the next open scans nothing. */
    @Override
    public void close() throws IOException {
        compaction.close();
        segments.force();
        segments.close();
    }

    /** Closes and deletes the folder. */
    public void delete() throws IOException {
        compaction.cancel();
        for (Segment segment : segments.list()) {
            segment.delete();
        }
        for (var entry : context.files().list(folder)) {
            context.files().delete(folder.resolve(entry.name()));
        }
        context.files().deleteFolder(folder);
    }
}
