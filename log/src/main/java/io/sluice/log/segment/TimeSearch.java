/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.log.segment;

import io.sluice.log.LogCorruptException;
import io.sluice.log.LogView.TimestampedOffset;
import io.sluice.log.batch.Batch;
import io.sluice.log.batch.BatchHeader;
import io.sluice.log.batch.CorruptBatchException;
import io.sluice.log.batch.Decompressor;
import io.sluice.log.batch.Record;
import java.io.IOException;
import java.nio.ByteBuffer;

/** Finds records of one segment by their time. The index says where to begin, headers where to look, records the rest. */
final class TimeSearch {
    private final Segment segment;
    private final SegmentHandle handle;
    private final int size;

    TimeSearch(Segment segment, SegmentHandle handle, int size) {
        this.segment = segment;
        this.handle = handle;
        this.size = size;
    }

    /**
     * The first record of {@code timestampMs} or later among those from {@code fromOffset} to {@code endOffset}; null if
     * there is none.
     */
    TimestampedOffset firstAtOrAfter(long timestampMs, long fromOffset, long endOffset, Decompressor decompressor)
            throws IOException {
        SegmentIndex.Snapshot index = segment.index();
        int start = Math.max(
                index.position(index.floorByTime(timestampMs)), segment.reader().approximatePosition(fromOffset, size));
        SegmentHandle.OpenFile open = handle.acquire(false);
        try {
            HeaderReader header = new HeaderReader(open.file(), segment.path(), start, size);
            for (; header.load() && header.baseOffset() < endOffset; header.skip()) {
                boolean mayHold = header.maxTimestamp() >= timestampMs
                        && header.lastOffset() >= fromOffset
                        && !BatchHeader.isControl(header.buffer(), header.at());
                TimestampedOffset found =
                        mayHold ? inBatch(read(open, header), timestampMs, fromOffset, endOffset, decompressor) : null;
                if (found != null) {
                    return found;
                }
            }
            return null;
        } finally {
            open.release();
        }
    }

    /** The record with the largest timestamp, if that is larger than {@code before}'s; else {@code before}. Reads the whole segment's headers. */
    TimestampedOffset latest(TimestampedOffset before, long fromOffset, long endOffset, Decompressor decompressor)
            throws IOException {
        TimestampedOffset latest = before;
        SegmentHandle.OpenFile open = handle.acquire(false);
        try {
            HeaderReader header = new HeaderReader(open.file(), segment.path(), 0, size);
            for (; header.load() && header.baseOffset() < endOffset; header.skip()) {
                long largest = latest == null ? Long.MIN_VALUE : latest.timestampMs();
                if (header.maxTimestamp() <= largest
                        || header.lastOffset() < fromOffset
                        || BatchHeader.isControl(header.buffer(), header.at())) {
                    continue;
                }
                Batch batch = read(open, header);
                for (TimestampedOffset found = inBatch(batch, largest + 1, fromOffset, endOffset, decompressor);
                        found != null;
                        found = inBatch(batch, found.timestampMs() + 1, fromOffset, endOffset, decompressor)) {
                    latest = found;
                }
            }
            return latest;
        } finally {
            open.release();
        }
    }

    private static Batch read(SegmentHandle.OpenFile open, HeaderReader header) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate((int) header.sizeInBytes());
        open.file().readFully(bytes, header.position());
        return new Batch(bytes, 0);
    }

    private TimestampedOffset inBatch(
            Batch batch, long timestampMs, long fromOffset, long endOffset, Decompressor decompressor)
            throws IOException {
        try {
            for (Record record : batch.records(decompressor)) {
                if (record.timestampMs() >= timestampMs
                        && record.offset() >= fromOffset
                        && record.offset() < endOffset) {
                    return new TimestampedOffset(record.timestampMs(), record.offset(), batch.leaderEpoch());
                }
            }
            return null;
        } catch (CorruptBatchException e) {
            throw new LogCorruptException(segment.path() + ": " + e.getMessage());
        }
    }

    /** Largest timestamp of all batches that begin below an offset, as their headers say. */
    long maxTimestampBelow(long endOffset) throws IOException {
        SegmentIndex.Snapshot index = segment.index();
        int entry = index.floorByOffset((int) Math.min(Integer.MAX_VALUE, endOffset - segment.baseOffset()));
        long largest = entry < 0 ? Segment.NO_TIMESTAMP : index.maxTimestampBefore(entry);
        SegmentHandle.OpenFile open = handle.acquire(false);
        try {
            HeaderReader header = new HeaderReader(open.file(), segment.path(), index.position(entry), size);
            for (; header.load() && header.baseOffset() < endOffset; header.skip()) {
                largest = Math.max(largest, header.maxTimestamp());
            }
            return largest;
        } finally {
            open.release();
        }
    }
}
