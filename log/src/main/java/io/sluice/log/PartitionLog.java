/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.log;

import io.sluice.log.append.PendingAppends;
import io.sluice.log.append.Preparation;
import io.sluice.log.compaction.CompactionJob;
import io.sluice.log.compaction.LogCompaction;
import io.sluice.log.compaction.Throttle;
import io.sluice.log.epoch.LeaderEpochHistory;
import io.sluice.log.producer.ProducerState;
import io.sluice.log.producer.ProducerStates;
import io.sluice.log.recovery.Checkpoints;
import io.sluice.log.recovery.Durability;
import io.sluice.log.recovery.LogFolder;
import io.sluice.log.recovery.Recovered;
import io.sluice.log.recovery.Recovery;
import io.sluice.log.retention.RetentionPolicy;
import io.sluice.log.segment.Segment;
import io.sluice.log.segment.SegmentSet;
import io.sluice.log.segment.SegmentedView;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The log of one partition: a folder of segments. This class is not thread-safe: its one writer calls it; everybody else
 * reads through {@link #view}.
 *
 * <p>An append takes two steps, so that what waits in the writer's mailbox leaves in one gathering write: {@link #prepare}
 * checks and stamps a request's batches in place, {@link #write} writes all that is prepared. Answer nobody before
 * {@code write} has returned, not a {@code Duplicate} either: what it repeats may be part of the same write.
 *
 * <p><b>When a write fails</b> (disk full, I/O error) {@link #write} throws {@link LogWriteException} if the log could be put back to what
 * it was before: everything prepared since the last {@code write} is forgotten and must be answered with a retriable error; the log goes
 * on, and the next write succeeds if there is room again. Nothing needs to be opened anew. Any other {@link IOException}, from any
 * method, means that the state on disk is not known: every later append fails, and the log must be closed and opened again, so
 * that recovery decides what is whole.
 *
 * <p>What is written is in the page cache: it survives the end of the process. It survives a power loss once it is forced: by {@link #force},
 * by {@code flush.messages} and {@code flush.ms}, when a segment is complete, or within {@link #maintain} (the last two in the background).
 */
public final class PartitionLog implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(PartitionLog.class);

    private final LogContext context;
    private final LogFolder folder;
    private final SegmentSet segments;
    private final Durability durability;
    private final Checkpoints checkpoints;
    private final LogCompaction compaction;

    private ProducerStates producers;
    private Preparation preparation;
    private PendingAppends pending;
    private LogConfig config;
    private long logStartOffset;
    private long highWatermark;
    private long logEndOffset;
    private int lastEpoch;
    private boolean changed;
    private long unforcedSinceMs = -1;
    private IOException broken;

    private PartitionLog(LogContext context, Path path, LogConfig config, Recovered recovered) throws IOException {
        this.context = context;
        this.folder = new LogFolder(context.files(), path);
        this.config = config;
        this.producers = recovered.producers();
        this.preparation = new Preparation(context.decompressors(), producers, context.clock());
        this.pending = preparation.pending();
        this.logStartOffset = recovered.logStartOffset();
        this.highWatermark = logStartOffset;
        this.logEndOffset = recovered.logEndOffset();
        this.lastEpoch = recovered.lastEpoch();
        this.checkpoints = new Checkpoints(folder, recovered);
        this.segments = new SegmentSet(
                context.files(), context.openSegments(), path, recovered.segments(), recovered.logEndOffset());
        this.compaction = LogCompaction.open(context, path, segments);
        this.durability = new Durability(context, path, recovered.recoveryPoint());
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
        return preparation.prepare(batches, origin, leaderEpoch, config, logStartOffset);
    }

    /**
     * Writes all that is prepared with one gathering write (one for each segment, where a new one begins in between). After
     * it, also if it fails, the buffers belong to their owners again.
     *
     * @throws LogWriteException nothing was written, the log goes on: see the class comment
     */
    public void write() throws IOException {
        requireIntact();
        if (pending.isEmpty()) {
            return;
        }
        long endBefore = logEndOffset;
        LeaderEpochHistory epochsBefore = checkpoints.epochs();
        int lastEpochBefore = lastEpoch;
        try {
            changed = true;
            checkpoints.beforeWrite();
            for (int first = 0; first < pending.bufferCount(); ) {
                int end = first + 1;
                while (end < pending.bufferCount() && !pending.rollBefore(end)) {
                    end++;
                }
                writeOne(first, end, endBefore);
                first = end;
            }
            producers.written();
        } catch (IOException e) {
            undo(endBefore, e);
            checkpoints.change(epochsBefore);
            lastEpoch = lastEpochBefore;
            throw new LogWriteException(folder.path() + ": " + e.getMessage(), e);
        } finally {
            rewind();
        }
        flushByCount(endBefore);
    }

    private void writeOne(int first, int end, long settledEnd) throws IOException {
        if (pending.rollBefore(first)) {
            roll(pending.baseOffset(pending.firstBatch(first)), settledEnd);
        }
        Segment active = segments.active();
        if (active.sizeBytes() == 0) {
            durability.fileMade();
        }
        ByteBuffer[] buffers = pending.buffers();
        active.write(
                first == 0 ? buffers : Arrays.copyOfRange(buffers, first, end),
                end - first,
                context.clock().millis());
        for (int batch = pending.firstBatch(first); batch < pending.endBatch(end - 1); batch++) {
            active.added(
                    pending.baseOffset(batch),
                    pending.lastOffsetDelta(batch),
                    pending.sizeInBytes(batch),
                    pending.maxTimestampMs(batch),
                    config.indexIntervalBytes());
            if (pending.leaderEpoch(batch) != lastEpoch) {
                lastEpoch = pending.leaderEpoch(batch);
                checkpoints.epochBegins(lastEpoch, pending.baseOffset(batch));
            }
        }
        active.publish();
        logEndOffset = active.endOffset();
    }

    private void undo(long endBefore, IOException cause) throws IOException {
        producers.rollback();
        try {
            if (cause.getSuppressed().length > 0) {
                throw cause;
            }
            if (logEndOffset > endBefore) {
                durability.truncatedTo(endBefore);
                segments.truncateTo(endBefore);
                folder.deleteSnapshotsBeyond(endBefore);
                logEndOffset = endBefore;
            }
        } catch (IOException e) {
            broken = cause;
            throw new IOException(folder.path() + ": a write failed and could not be undone", cause);
        }
    }

    /**
     * The active segment is complete, a new one begins.
     *
     * @param settledEnd where the log ended before the write that is under way: as of there the producers' states are told
     */
    private void roll(long baseOffset, long settledEnd) throws IOException {
        Segment complete = segments.active();
        long end = logEndOffset;
        if (complete.sizeBytes() > 0) {
            durability.forceInBackground(segments.array(), end);
        }
        segments.roll(baseOffset);
        try {
            complete.storeIndex();
            folder.writeSnapshot(producers, settledEnd);
            checkpoints.forcedUpTo(durability.forcedUpTo());
        } catch (IOException e) {
            // Only a quicker opening is lost; if the disk is full, the write that follows says so.
            LOG.warn("{}: index or snapshot could not be stored: {}", folder.path(), e.getMessage());
        }
    }

    /** Nothing is prepared: the next append goes to the log's end. */
    private void rewind() {
        preparation.rewind(logEndOffset, segments.active());
    }

    private void requireIntact() throws IOException {
        if (broken != null) {
            throw new IOException(folder.path() + ": the log must be opened again after an earlier failure", broken);
        }
        durability.requireIntact();
    }

    /** Forgets what is prepared, as if it had never come. The buffers belong to their owners again. */
    public void discard() {
        producers.rollback();
        rewind();
    }

    /** Bytes prepared and not written. */
    public long pendingBytes() {
        return pending.bytes();
    }

    /** Forces to disk what is written. */
    public void force() throws IOException {
        try {
            durability.force(segments.array(), logEndOffset);
            unforcedSinceMs = -1;
            context.meters().forces.increment();
        } catch (IOException e) {
            broken = e;
            throw e;
        }
    }

    private void flushByCount(long endBefore) throws IOException {
        if (unforcedSinceMs < 0) {
            unforcedSinceMs = context.clock().millis();
        }
        if (logEndOffset - durability.forcedUpTo() >= config.flushMessages() && logEndOffset > endBefore) {
            force();
        }
    }

    /** A leader's term begins: its start offset is the log end offset. Written to the leader-epoch history with its first batch. */
    public void beginEpoch(int leaderEpoch) throws IOException {
        requireIntact();
        if (leaderEpoch < checkpoints.epochs().lastEpoch()) {
            throw new IllegalArgumentException("epoch " + leaderEpoch + " after " + checkpoints.epochs());
        }
        checkpoints.epochBegins(leaderEpoch, logEndOffset);
    }

    /** Moves what readers may see. Never backwards, never beyond the log end offset. */
    public void advanceHighWatermark(long offset) {
        highWatermark = Math.max(highWatermark, Math.min(offset, logEndOffset));
    }

    /** A new immutable snapshot; cheap. */
    public LogView view() {
        return new SegmentedView(
                segments,
                logStartOffset,
                highWatermark,
                highWatermark,
                logEndOffset,
                lastEpoch,
                checkpoints.epochs(),
                context.limits().maxDecompressedBytes());
    }

    /** The idempotent producers that the log knows, by their id: an immutable copy. */
    public Map<Long, ProducerState> producers() {
        return producers.snapshot();
    }

    /**
     * Cuts the log so that {@code offset} is its end (a follower whose log diverged). A batch that holds the offset goes wholly. An epoch that has begun and
     * written nothing is forgotten, also if there is nothing to cut: records of an older epoch may come in its place. Nothing may be prepared.
     */
    public void truncateTo(long offset) throws IOException {
        requireIntact();
        if (!pending.isEmpty()) {
            throw new IllegalStateException("appends are prepared");
        }
        if (offset >= logEndOffset) {
            checkpoints.change(checkpoints.epochs().truncateFromEnd(logEndOffset));
            return;
        }
        if (offset < logStartOffset) {
            throw new IllegalArgumentException("offset " + offset + " is below the log start " + logStartOffset);
        }
        try {
            cutAt(offset);
        } catch (IOException e) {
            broken = e;
            throw e;
        }
    }

    private void cutAt(long offset) throws IOException {
        changed = true;
        compaction.truncating(offset);
        checkpoints.beforeCut(offset);
        durability.truncatedTo(offset);
        segments.truncateTo(offset);
        logEndOffset = segments.active().endOffset();
        highWatermark = Math.min(highWatermark, logEndOffset);
        checkpoints.change(checkpoints.epochs().truncateFromEnd(logEndOffset));
        lastEpoch = checkpoints.epochs().lastEpoch();
        // What was cut must not come back after a power loss and be taken for what was written in its place.
        segments.active().force();
        producers = Recovery.producersOf(context, folder, segments.list(), logEndOffset);
        preparation = new Preparation(context.decompressors(), producers, context.clock());
        pending = preparation.pending();
        rewind();
    }

    /**
     * Forgets all records: the log is empty and goes on at {@code offset} (a follower whose leader has deleted everything that it would
     * need next). When it returns, that is on disk. Nothing may be prepared.
     *
     * @param epochBefore leader epoch of the record before {@code offset}; -1 if it is not known
     */
    public void restartAt(long offset, int epochBefore) throws IOException {
        requireIntact();
        if (!pending.isEmpty()) {
            throw new IllegalStateException("appends are prepared");
        }
        try {
            cutAt(logStartOffset);
            segments.roll(offset);
            folder.writeLogStart(offset, true);
            logStartOffset = offset;
            logEndOffset = offset;
            highWatermark = offset;
            checkpoints.change(
                    epochBefore < 0
                            ? checkpoints.epochs().truncateFromStart(offset)
                            : LeaderEpochHistory.EMPTY.assign(epochBefore, offset));
            lastEpoch = checkpoints.epochs().lastEpoch();
            checkpoints.forcedUpTo(offset);
            rewind();
        } catch (IOException e) {
            broken = e;
            throw e;
        }
    }

    /**
     * Moves the log start offset (DeleteRecords, KIP-107); segments wholly below it go away.
     *
     * @return the new log start offset
     * @throws OffsetOutOfRangeException beyond the high watermark
     */
    public long deleteRecordsBefore(long offset) throws IOException {
        requireIntact();
        if (offset > highWatermark) {
            throw new OffsetOutOfRangeException("offset " + offset + " is beyond the high watermark " + highWatermark);
        }
        if (offset > logStartOffset) {
            startAt(offset);
            deleteOldSegments();
        }
        return logStartOffset;
    }

    private void startAt(long offset) throws IOException {
        if (offset > logStartOffset) {
            // A log that forces every write is believed after a power loss, so its start must be as lasting.
            folder.writeLogStart(offset, config.flushMessages() <= 1);
            logStartOffset = offset;
            highWatermark = Math.max(highWatermark, offset);
            checkpoints.change(checkpoints.epochs().truncateFromStart(offset));
            changed = true;
        }
    }

    private void deleteOldSegments() throws IOException {
        RetentionPolicy.Deletion deletion = RetentionPolicy.decide(
                segments.summaries(),
                config,
                logStartOffset,
                highWatermark,
                context.clock().millis());
        if (deletion.segments() == 0) {
            return;
        }
        compaction.settleNow();
        if (deletion.rollFirst()) {
            roll(logEndOffset, logEndOffset);
        }
        startAt(deletion.logStartOffset());
        LOG.info(
                "{}: {} segments deleted ({}), the log starts at offset {}",
                folder.path(),
                deletion.segments(),
                deletion.reason(),
                logStartOffset);
        segments.deleteOldest(deletion.segments());
    }

    /** A changed topic configuration; acts at once. */
    public void configure(LogConfig config) {
        this.config = config;
    }

    /**
     * Retention by time and size, roll by time, expiry of producers, deferred flushes: call about once a minute, or by {@code flush.ms}. Not
     * while appends are prepared.
     */
    public void maintain() throws IOException {
        requireIntact();
        if (!pending.isEmpty()) {
            return;
        }
        compaction.advance();
        long nowMs = context.clock().millis();
        Segment active = segments.active();
        if (active.sizeBytes() > 0 && Preparation.isAged(active.sinceMs(context.clock()), config, nowMs)) {
            roll(logEndOffset, logEndOffset);
        }
        deleteOldSegments();
        producers.expire(nowMs, context.limits().producerIdExpirationMs());
        if (unforcedSinceMs >= 0 && nowMs - unforcedSinceMs >= config.flushMs()) {
            force();
        }
        durability.forceInBackground(segments.array(), logEndOffset);
        checkpoints.forcedUpTo(durability.forcedUpTo());
        rewind();
    }

    /**
     * The compaction that is due now: {@link CompactionJob#run} it on another thread, then hand it to {@link #applyCompaction}, or to
     * {@link #discardCompaction} if it failed. Appends and reads go on meanwhile.
     *
     * @return null if none is due, or one is under way
     */
    public CompactionJob planCompaction() throws IOException {
        requireIntact();
        if (!config.compact()) {
            return null;
        }
        CompactionJob.Settings settings = new CompactionJob.Settings(
                config,
                context.limits().dedupeBufferBytes(),
                ThreadLocalRandom.current().nextLong(),
                new Throttle(context.limits().cleanerBytesPerSecond(), System::nanoTime));
        return compaction.plan(settings, logStartOffset, highWatermark, this::lastOffsetOfProducer);
    }

    private Map<Long, Long> lastOffsetOfProducer() {
        Map<Long, Long> lastOffsets = new HashMap<>();
        producers.snapshot().forEach((producerId, state) -> lastOffsets.put(producerId, state.lastOffset()));
        return lastOffsets;
    }

    /** Puts what a compaction has written in the place of the old segments: a new {@link #view} is to be published. */
    public void applyCompaction(CompactionJob job) throws IOException {
        changed = true;
        compaction.apply(job);
    }

    /** What a compaction has written goes; nothing is changed. */
    public void discardCompaction(CompactionJob job) throws IOException {
        compaction.discard(job);
    }

    /** Clean stop: everything forced and marked, so that the next open scans nothing. */
    @Override
    public void close() throws IOException {
        try {
            compaction.close();
            if (changed && broken == null) {
                durability.requireIntact();
                storeAll();
            }
        } finally {
            segments.close();
        }
    }

    private void storeAll() throws IOException {
        force();
        Segment last = segments.lastWithBatches();
        if (last == null) {
            return;
        }
        last.storeIndex();
        folder.writeSnapshot(producers, logEndOffset);
        checkpoints.cleanStop(logEndOffset, lastEpoch, last.baseOffset(), last.sizeBytes());
    }

    /** Closes and deletes the folder. Slices already taken stay readable. */
    public void delete() throws IOException {
        compaction.cancel();
        changed = false;
        broken = new IOException("the log was deleted");
        for (Segment segment : segments.list()) {
            segment.delete();
        }
        for (var entry : context.files().list(folder.path())) {
            context.files().delete(folder.path().resolve(entry.name()));
        }
        context.files().deleteFolder(folder.path());
    }
}
