/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.log.segment;

import io.sluice.log.batch.BatchHeader;
import io.sluice.log.file.LogFile;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Finds batches in a segment and cuts slices out of it, on any thread, without a lock. The size that a reader knows of bounds
 * what it sees: index and recent batches may be newer than that, never older.
 */
final class SegmentReader {
    private final Segment segment;
    private final SegmentHandle handle;

    SegmentReader(Segment segment, SegmentHandle handle) {
        this.segment = segment;
        this.handle = handle;
    }

    /**
     * Position of the first batch that ends at or behind an offset; {@code size} if there is none.
     *
     * @param size of the segment, as the reader knows it
     */
    int locate(long offset, int size) throws IOException {
        RecentBatches.Snapshot latest = segment.recent();
        if (latest.covers(offset)) {
            int batch = latest.firstEndingAtOrAfter(offset);
            return batch < latest.count() ? Math.min(size, latest.position(batch)) : size;
        }
        if (offset <= segment.baseOffset()) {
            return 0;
        }
        SegmentIndex.Snapshot entries = segment.index();
        int relative = (int) Math.min(Integer.MAX_VALUE, offset - segment.baseOffset());
        int entry = entries.floorByOffset(relative);
        int start = entries.position(entry);
        if (entry >= 0 && entries.relativeOffset(entry) == relative) {
            return Math.min(size, start);
        }
        SegmentHandle.OpenFile open = handle.acquire(false);
        try {
            HeaderReader header = new HeaderReader(open.file(), segment.path(), start, size);
            for (; header.load(); header.skip()) {
                if (header.lastOffset() >= offset) {
                    return header.position();
                }
            }
            return size;
        } finally {
            open.release();
        }
    }

    /**
     * Position behind the last batch that ends before {@code end}, a boundary between batches. What is behind it is not looked at, for if it is not committed it may just be
     * cut off, and written anew, while the reader's view still has it.
     *
     * @param size of the segment, as the reader knows it
     */
    int locateEnd(long end, int size) throws IOException {
        RecentBatches.Snapshot latest = segment.recent();
        boolean covered = latest.covers(end);
        int batch = covered ? latest.firstEndingAtOrAfter(end) : 0;
        if (covered && batch < latest.count()) {
            return Math.min(size, latest.position(batch));
        }
        if (end <= segment.baseOffset()) {
            return 0;
        }
        SegmentIndex.Snapshot entries = segment.index();
        int relative = (int) Math.min(Integer.MAX_VALUE, end - segment.baseOffset());
        int entry = entries.floorByOffset(relative);
        if (entry >= 0 && entries.relativeOffset(entry) == relative) {
            return Math.min(size, entries.position(entry));
        }
        int start = covered ? latest.position(batch - 1) : entries.position(entry);
        SegmentHandle.OpenFile open = handle.acquire(false);
        try {
            HeaderReader header = new HeaderReader(open.file(), segment.path(), start, size);
            for (; header.load(); header.skip()) {
                if (header.lastOffset() >= end) {
                    return header.position();
                }
                if (header.lastOffset() + 1 == end) {
                    return header.position() + (int) header.sizeInBytes();
                }
            }
            return size;
        } finally {
            open.release();
        }
    }

    /** Position of a batch at or shortly before an offset, without reading batches. */
    int approximatePosition(long offset, int size) throws IOException {
        RecentBatches.Snapshot latest = segment.recent();
        if (latest.covers(offset)) {
            int batch = latest.firstEndingAtOrAfter(offset);
            return batch < latest.count() ? Math.min(size, latest.position(batch)) : size;
        }
        SegmentIndex.Snapshot entries = segment.index();
        return Math.min(size, entries.position(entries.floorByOffset((int)
                Math.min(Integer.MAX_VALUE, Math.max(0, offset - segment.baseOffset())))));
    }

    /**
     * A slice from a batch on, at most {@code maxBytes}, cut at a batch's beginning where the index knows one near.
     *
     * @param start position of a batch
     * @param end where the reader must stop: a position of a batch, or the end
     */
    FileSlice slice(int start, int end, int maxBytes, boolean atLeastOneBatch) throws IOException {
        SegmentHandle.OpenFile open = handle.acquire(false);
        boolean done = false;
        try {
            int length = end - start;
            if (maxBytes < length) {
                int boundary = boundaryBefore(start + Math.max(0, maxBytes));
                length = boundary > start ? boundary - start : Math.max(0, maxBytes);
                if (boundary <= start && atLeastOneBatch) {
                    int first = (int) headerAt(open.file(), start, end).sizeInBytes();
                    length = Math.max(length, first);
                }
            }
            FileSlice slice = new FileSlice(open, start, length, baseOffsetAt(open.file(), start, end));
            done = true;
            return slice;
        } finally {
            if (!done) {
                open.release();
            }
        }
    }

    private int boundaryBefore(int position) throws IOException {
        SegmentIndex.Snapshot entries = segment.index();
        return entries.position(entries.floorByPosition(position));
    }

    private long baseOffsetAt(LogFile file, int position, int end) throws IOException {
        if (position == 0) {
            return segment.baseOffset();
        }
        RecentBatches.Snapshot latest = segment.recent();
        int batch = latest.atPosition(position);
        if (batch >= 0) {
            return latest.baseOffset(batch);
        }
        SegmentIndex.Snapshot entries = segment.index();
        int entry = entries.floorByPosition(position);
        if (entries.position(entry) == position) {
            return segment.baseOffset() + entries.relativeOffset(entry);
        }
        return headerAt(file, position, end).baseOffset();
    }

    HeaderReader headerAt(LogFile file, int position, int end) throws IOException {
        HeaderReader header = new HeaderReader(file, segment.path(), position, end);
        if (!header.load()) {
            throw new IllegalStateException(segment.path() + ": a slice from " + position + " to " + end);
        }
        return header;
    }

    /** Shows every batch from the one that holds an offset on. */
    void visit(long fromOffset, int size, HeaderVisitor visitor) throws IOException {
        int start = locate(fromOffset, size);
        SegmentHandle.OpenFile open = handle.acquire(false);
        try {
            HeaderReader header = new HeaderReader(open.file(), segment.path(), start, size);
            for (; header.load(); header.skip()) {
                visitor.batch(header.buffer(), header.at(), header.position());
            }
        } finally {
            open.release();
        }
    }

    /** Timestamp of the first batch, of a segment that has one; reads its header. */
    long firstTimestampMs() throws IOException {
        SegmentHandle.OpenFile open = handle.acquire(false);
        try {
            ByteBuffer header = ByteBuffer.allocate(BatchHeader.SIZE);
            if (!open.file().readFully(header, 0)) {
                return Segment.NO_TIMESTAMP;
            }
            return BatchHeader.hasDeleteHorizon(header, 0)
                    ? BatchHeader.maxTimestamp(header, 0)
                    : BatchHeader.baseTimestamp(header, 0);
        } finally {
            open.release();
        }
    }
}
