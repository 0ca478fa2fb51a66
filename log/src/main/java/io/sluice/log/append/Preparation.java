/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.log.append;

import io.sluice.log.AppendOrigin;
import io.sluice.log.AppendResult;
import io.sluice.log.AppendResult.Rejected;
import io.sluice.log.ErrorCode;
import io.sluice.log.LogConfig;
import io.sluice.log.batch.BatchHeader;
import io.sluice.log.batch.CorruptBatchException;
import io.sluice.log.batch.Decompressor;
import io.sluice.log.batch.Decompressors;
import io.sluice.log.producer.ProducerStates;
import io.sluice.log.producer.Sequences;
import io.sluice.log.producer.Verdict;
import io.sluice.log.segment.Segment;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.InstantSource;
import java.util.List;

/**
 * Makes requests ready to be written: checks their batches, asks the producers' states, gives offsets and times, decides
 * where a new segment begins. Knows where the log will be once all that is prepared is written. Not thread-safe.
 *
 * <p>A request is prepared as a whole or not at all.
 */
public final class Preparation {
    /** Offsets of a segment relative to its base fit 31 bits, whatever a last batch adds. */
    private static final long MAX_RELATIVE_OFFSET = Integer.MAX_VALUE / 2;

    private static final long UNKNOWN = Long.MIN_VALUE;

    private final Decompressors decompressors;
    private final AppendChecks checks;
    private final ProducerStates producers;
    private final PendingAppends pending = new PendingAppends();

    private final InstantSource clock;

    private Segment active;
    private long nextOffset;
    private long segmentBaseOffset;
    private long segmentBytes;

    /** When the segment got its first batch; {@link #UNKNOWN} until it is asked for, since it may have to be read. */
    private long segmentSinceMs;

    public Preparation(Decompressors decompressors, ProducerStates producers, InstantSource clock) {
        this.clock = clock;
        this.decompressors = decompressors;
        this.checks = new AppendChecks(decompressors);
        this.producers = producers;
    }

    /** Nothing is prepared: the next append goes to the log's end. */
    public void rewind(long logEndOffset, Segment active) {
        pending.clear();
        this.active = active;
        this.nextOffset = logEndOffset;
        this.segmentBaseOffset = active.baseOffset();
        this.segmentBytes = active.sizeBytes();
        this.segmentSinceMs = UNKNOWN;
    }

    public PendingAppends pending() {
        return pending;
    }

    /** See {@link io.sluice.log.PartitionLog#prepare}. */
    public AppendResult prepare(
            ByteBuffer sent, AppendOrigin origin, int leaderEpoch, LogConfig config, long logStartOffset)
            throws IOException {
        long nowMs = clock.millis();
        Rejected fault = checks.check(sent, origin, config, nowMs);
        if (fault != null) {
            return fault;
        }
        ByteBuffer batches = sent;
        if (config.compression() != null && origin != AppendOrigin.REPLICATION) {
            try {
                batches = recompressed(sent, config);
            } catch (CorruptBatchException e) {
                return new Rejected(ErrorCode.CORRUPT_MESSAGE, e.getMessage());
            }
            fault = origin == AppendOrigin.CLIENT ? AppendChecks.checkSizes(batches, config) : null;
            if (fault != null) {
                return fault;
            }
        }
        if (batches.remaining() > config.segmentBytes()) {
            return new Rejected(
                    ErrorCode.RECORD_LIST_TOO_LARGE,
                    batches.remaining() + " bytes of batches, segment.bytes is " + config.segmentBytes());
        }
        long logAppendTimeMs = config.logAppendTime() && origin != AppendOrigin.REPLICATION ? nowMs : -1;
        AppendResult refused = origin == AppendOrigin.REPLICATION
                ? replicated(batches, nowMs)
                : sequenced(batches, logAppendTimeMs, logStartOffset, nowMs);
        return refused != null
                ? refused
                : stamp(batches, origin, leaderEpoch, config, logAppendTimeMs, logStartOffset, nowMs);
    }

    private ByteBuffer recompressed(ByteBuffer sent, LogConfig config) throws CorruptBatchException {
        Decompressor decompressor = decompressors.borrow();
        try {
            return Recompression.apply(sent, config.compression(), config.compressionLevel(), decompressor);
        } finally {
            decompressors.giveBack(decompressor);
        }
    }

    /** A leader's batches: their offsets are as they are, and must go on where the log ends. */
    private Rejected replicated(ByteBuffer batches, long nowMs) {
        long lowest = nextOffset;
        for (int at = batches.position(); at < batches.limit(); at += (int) BatchHeader.sizeInBytes(batches, at)) {
            long base = BatchHeader.baseOffset(batches, at);
            if (base < lowest) {
                return new Rejected(
                        ErrorCode.OFFSET_OUT_OF_RANGE, "batch at offset " + base + ", the log ends at " + lowest);
            }
            lowest = BatchHeader.lastOffset(batches, at) + 1;
        }
        for (int at = batches.position(); at < batches.limit(); at += (int) BatchHeader.sizeInBytes(batches, at)) {
            count(producers, batches, at, BatchHeader.lastOffset(batches, at), nowMs);
        }
        return null;
    }

    /** Null if every batch of an idempotent producer comes next in its sequence. */
    private AppendResult sequenced(ByteBuffer batches, long logAppendTimeMs, long logStartOffset, long nowMs) {
        int mark = producers.mark();
        long offset = nextOffset;
        int total = 0;
        int duplicates = 0;
        AppendResult.Duplicate duplicate = null;
        for (int at = batches.position(); at < batches.limit(); at += (int) BatchHeader.sizeInBytes(batches, at)) {
            long last = offset + BatchHeader.lastOffsetDelta(batches, at);
            Verdict verdict = verdict(batches, at);
            if (verdict instanceof Verdict.Refuse refuse) {
                producers.rollbackTo(mark);
                return new Rejected(refuse.error(), refuse.message(), List.of(), logStartOffset);
            }
            if (verdict instanceof Verdict.Duplicate again) {
                duplicates++;
                long first = duplicate == null ? again.baseOffset() : duplicate.baseOffset();
                duplicate = new AppendResult.Duplicate(first, again.lastOffset(), again.timestampMs(), logStartOffset);
            } else {
                count(producers, batches, at, last, nowMs, logAppendTimeMs);
            }
            total++;
            offset = last + 1;
        }
        if (duplicates == 0) {
            return null;
        }
        producers.rollbackTo(mark);
        return duplicates == total
                ? duplicate
                : new Rejected(
                        ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER,
                        duplicates + " of the request's " + total + " batches are in the log already");
    }

    private Verdict verdict(ByteBuffer batches, int at) {
        long producerId = BatchHeader.producerId(batches, at);
        if (producerId == BatchHeader.NO_PRODUCER_ID || BatchHeader.isControl(batches, at)) {
            return Verdict.Accept.INSTANCE;
        }
        return producers.check(
                producerId,
                BatchHeader.producerEpoch(batches, at),
                BatchHeader.baseSequence(batches, at),
                lastSequence(batches, at));
    }

    private static int lastSequence(ByteBuffer batches, int at) {
        return Sequences.plus(BatchHeader.baseSequence(batches, at), BatchHeader.lastOffsetDelta(batches, at));
    }

    private static void count(ProducerStates producers, ByteBuffer batches, int at, long lastOffset, long nowMs) {
        long timeMs = BatchHeader.isLogAppendTime(batches, at) ? BatchHeader.maxTimestamp(batches, at) : -1;
        count(producers, batches, at, lastOffset, nowMs, timeMs);
    }

    private static void count(
            ProducerStates producers, ByteBuffer batches, int at, long lastOffset, long nowMs, long logAppendTimeMs) {
        long producerId = BatchHeader.producerId(batches, at);
        if (producerId == BatchHeader.NO_PRODUCER_ID) {
            return;
        }
        short epoch = BatchHeader.producerEpoch(batches, at);
        if (BatchHeader.isControl(batches, at)) {
            producers.preparedMarker(producerId, epoch, ControlBatch.coordinatorEpoch(batches, at), nowMs);
        } else {
            producers.prepared(
                    producerId,
                    epoch,
                    BatchHeader.baseSequence(batches, at),
                    lastSequence(batches, at),
                    lastOffset,
                    logAppendTimeMs,
                    BatchHeader.isTransactional(batches, at),
                    nowMs);
        }
    }

    private AppendResult stamp(
            ByteBuffer batches,
            AppendOrigin origin,
            int leaderEpoch,
            LogConfig config,
            long logAppendTimeMs,
            long logStartOffset,
            long nowMs)
            throws IOException {
        boolean keepOffsets = origin == AppendOrigin.REPLICATION;
        long baseOffset = keepOffsets ? BatchHeader.baseOffset(batches, batches.position()) : nextOffset;
        boolean roll = rollBefore(baseOffset, batches.remaining(), config, nowMs);
        if (roll) {
            segmentBaseOffset = baseOffset;
            segmentBytes = 0;
        }
        if (segmentBytes == 0) {
            segmentSinceMs = nowMs;
        }
        pending.addBuffer(batches.duplicate(), roll);
        for (int at = batches.position(); at < batches.limit(); ) {
            int size = (int) BatchHeader.sizeInBytes(batches, at);
            int lastDelta = BatchHeader.lastOffsetDelta(batches, at);
            if (keepOffsets) {
                nextOffset = BatchHeader.baseOffset(batches, at);
            } else {
                BatchHeader.stampPlace(batches, at, nextOffset, leaderEpoch);
                if (logAppendTimeMs >= 0) {
                    BatchHeader.stampLogAppendTime(batches, at, logAppendTimeMs);
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
        segmentBytes += batches.remaining();
        return new AppendResult.Appended(baseOffset, nextOffset - 1, logAppendTimeMs, logStartOffset);
    }

    private boolean rollBefore(long baseOffset, int bytes, LogConfig config, long nowMs) throws IOException {
        if (segmentBytes == 0) {
            // A follower that begins behind the leader's log start: the segment is named by its first offset.
            return baseOffset > segmentBaseOffset;
        }
        if (segmentSinceMs == UNKNOWN) {
            segmentSinceMs = active.sinceMs(clock);
        }
        return segmentBytes + bytes > config.segmentBytes()
                || baseOffset - segmentBaseOffset > MAX_RELATIVE_OFFSET
                || isAged(segmentSinceMs, config, nowMs);
    }

    /** Whether a segment that got its first batch at that time is to be complete now ({@code segment.ms}, {@code max.compaction.lag.ms}). */
    public static boolean isAged(long sinceMs, LogConfig config, long nowMs) {
        long limitMs =
                config.compact() ? Math.min(config.segmentMs(), config.maxCompactionLagMs()) : config.segmentMs();
        return nowMs - sinceMs > limitMs;
    }
}
