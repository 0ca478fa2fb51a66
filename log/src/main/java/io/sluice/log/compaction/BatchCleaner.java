/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.log.compaction;

import io.sluice.log.LogConfig;
import io.sluice.log.batch.Batch;
import io.sluice.log.batch.BatchBuilder;
import io.sluice.log.batch.BatchHeader;
import io.sluice.log.batch.Compression;
import io.sluice.log.batch.CorruptBatchException;
import io.sluice.log.batch.Decompressor;
import io.sluice.log.batch.Record;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Decides for each record of a batch whether it stays, and makes the batch that is left. Not thread-safe.
 *
 * <p>A record goes when the key map has a later offset of its key. A tombstone goes once its batch's delete horizon has passed: the
 * horizon is set (attribute bit 6, base timestamp, KIP-534) when the batch is first compacted with all older values of its
 * keys gone, so {@code delete.retention.ms} is counted from there. A horizon alone does not prove that the older values are gone: a power
 * loss may keep the batch with the horizon but bring back the segment with the older value, and a follower gets batches with the leader's
 * horizons. So a tombstone goes only from below the first dirty offset, which moves on once a whole compaction is on disk. What stays keeps its offset, and the batch its base offset,
 * last offset, leader epoch, producer and sequences. A batch that loses all its records goes, but for the last batch of a known
 * producer, which stays as an empty one, so that its sequence can be read from the log.
 *
 * <p>Left as they are: control batches, transactional batches (whether they were aborted is not known here), and records without a key (from
 * before the topic was compacted).
 */
final class BatchCleaner {
    private final LogConfig config;
    private final long nowMs;
    private final KeyMap keys;
    private final KeyHash hash;
    private final Decompressor decompressor;
    private final Map<Long, Long> lastOffsetOfProducer;
    private final long firstDirtyOffset;
    private final long mappedUpTo;
    private long recordsRead;
    private long recordsKept;
    private long batchesChanged;

    /**
     * @param lastOffsetOfProducer last offset of the last batch of each known producer, by producer id
     * @param firstDirtyOffset below it no key has two records, and that is on disk
     * @param mappedUpTo every record below it, and from the first dirty one on, is in the key map
     */
    BatchCleaner(
            LogConfig config,
            long nowMs,
            KeyMap keys,
            KeyHash hash,
            Decompressor decompressor,
            Map<Long, Long> lastOffsetOfProducer,
            long firstDirtyOffset,
            long mappedUpTo) {
        this.config = config;
        this.nowMs = nowMs;
        this.keys = keys;
        this.hash = hash;
        this.decompressor = decompressor;
        this.lastOffsetOfProducer = lastOffsetOfProducer;
        this.firstDirtyOffset = firstDirtyOffset;
        this.mappedUpTo = mappedUpTo;
    }

    /** Batches that did not stay as they are, so far. */
    long batchesChanged() {
        return batchesChanged;
    }

    long recordsRead() {
        return recordsRead;
    }

    long recordsKept() {
        return recordsKept;
    }

    /** Whether compaction looks into a batch at all. */
    static boolean isOpaque(Batch batch) {
        return batch.isControl() || batch.isTransactional();
    }

    /** What is left of a batch: its own bytes if nothing changes, null if nothing is left. */
    ByteBuffer clean(Batch batch) throws CorruptBatchException {
        if (isOpaque(batch)) {
            recordsRead += batch.recordCount();
            recordsKept += batch.recordCount();
            return batch.bytes();
        }
        boolean tombstonesMayGo =
                batch.hasDeleteHorizon() && batch.baseTimestampMs() <= nowMs && batch.lastOffset() < firstDirtyOffset;
        List<Record> records = batch.recordCount() == 0 ? List.of() : batch.records(decompressor);
        List<Record> kept = new ArrayList<>(records.size());
        boolean tombstones = false;
        for (Record record : records) {
            boolean tombstone = record.key() != null && record.value() == null;
            if ((!tombstone || !tombstonesMayGo) && isLatest(record)) {
                kept.add(record);
                tombstones |= tombstone;
            }
        }
        recordsRead += records.size();
        recordsKept += kept.size();
        boolean setHorizon = tombstones && !batch.hasDeleteHorizon() && batch.lastOffset() < mappedUpTo;
        boolean emptyAndNeeded = kept.isEmpty() && isLastOfProducer(batch);
        if (kept.size() == records.size() && !setHorizon && (emptyAndNeeded || !kept.isEmpty())) {
            return batch.bytes();
        }
        batchesChanged++;
        if (kept.isEmpty()) {
            return emptyAndNeeded ? emptied(batch) : null;
        }
        return rebuild(batch, kept, setHorizon);
    }

    private boolean isLatest(Record record) {
        if (record.key() == null) {
            return true;
        }
        hash.of(record.key());
        return keys.get(hash.high(), hash.low()) <= record.offset();
    }

    private boolean isLastOfProducer(Batch batch) {
        Long lastOffset = lastOffsetOfProducer.get(batch.producerId());
        return lastOffset != null && lastOffset == batch.lastOffset();
    }

    /** The batch without its records. */
    static ByteBuffer emptied(Batch batch) {
        return frame(batch).lastOffset(batch.lastOffset()).build();
    }

    private ByteBuffer rebuild(Batch batch, List<Record> kept, boolean setHorizon) {
        BatchBuilder builder = frame(batch);
        Compression codec = batch.codec();
        builder.compression(
                codec, codec == config.compression() ? config.compressionLevel() : Compression.DEFAULT_LEVEL);
        if (batch.isLogAppendTime()) {
            builder.logAppendTime(batch.maxTimestampMs());
        }
        if (setHorizon) {
            builder.deleteHorizon(nowMs + config.deleteRetentionMs());
        } else if (batch.hasDeleteHorizon()) {
            builder.deleteHorizon(batch.baseTimestampMs());
        }
        kept.forEach(builder::add);
        return builder.lastOffset(batch.lastOffset()).build();
    }

    private static BatchBuilder frame(Batch batch) {
        BatchBuilder builder =
                BatchBuilder.create().baseOffset(batch.baseOffset()).leaderEpoch(batch.leaderEpoch());
        if (batch.producerId() != BatchHeader.NO_PRODUCER_ID) {
            builder.producer(batch.producerId(), batch.producerEpoch(), batch.baseSequence());
        }
        return builder;
    }
}
