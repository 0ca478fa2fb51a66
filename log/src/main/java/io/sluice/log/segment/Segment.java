/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.log.segment;

import io.sluice.log.SegmentSummary;
import io.sluice.log.batch.BatchHeader;
import io.sluice.log.file.LogFile;
import io.sluice.log.file.LogFiles;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.InstantSource;

/**
 * One file of batches and its index. The log's writer appends to the last segment of a log; readers on any thread use what
 * the writer has published. A segment object costs no file handle until it is used.
 */
public final class Segment {
    /** Timestamp of a segment without batches. */
    public static final long NO_TIMESTAMP = BatchHeader.NO_TIMESTAMP;

    private final long baseOffset;
    private final SegmentHandle handle;
    private final LogFiles files;
    private final IndexFile indexFile;
    private final SegmentReader reader;

    // The writer's.
    private int sizeBytes;
    private long endOffset;
    private SegmentIndex index;
    private RecentBatches recent = new RecentBatches();

    private long sinceMs = UNKNOWN;

    // Published. The size and end of a segment that is no longer written to never change.
    private volatile SegmentIndex.Snapshot publishedIndex;
    private volatile RecentBatches.Snapshot publishedRecent = RecentBatches.Snapshot.EMPTY;
    private volatile long maxTimestampMs = UNKNOWN;

    /** What compaction made of this segment; views that were taken before go on with it. */
    private volatile Segment replacement;

    private static final long UNKNOWN = Long.MIN_VALUE;

    private Segment(LogFiles files, OpenSegments pool, Path folder, long baseOffset) {
        this(files, pool, folder, baseOffset, folder.resolve(SegmentFiles.log(baseOffset)));
    }

    private Segment(LogFiles files, OpenSegments pool, Path folder, long baseOffset, Path file) {
        this.files = files;
        this.baseOffset = baseOffset;
        this.handle = new SegmentHandle(files, pool, file);
        this.reader = new SegmentReader(this, handle);
        this.indexFile = new IndexFile(files, folder.resolve(SegmentFiles.index(baseOffset)), baseOffset);
    }

    /** A segment without a file yet: the first append makes it. */
    public static Segment create(LogFiles files, OpenSegments pool, Path folder, long baseOffset) {
        Segment segment = new Segment(files, pool, folder, baseOffset);
        segment.endOffset = baseOffset;
        segment.maxTimestampMs = NO_TIMESTAMP;
        segment.index = new SegmentIndex();
        segment.publishedIndex = segment.index.snapshot();
        return segment;
    }

    /**
     * A segment that is on disk and whole. Its index is loaded when it is needed.
     *
     * @param endOffset the offset after its last batch
     */
    public static Segment existing(
            LogFiles files, OpenSegments pool, Path folder, long baseOffset, int sizeBytes, long endOffset) {
        Segment segment = new Segment(files, pool, folder, baseOffset);
        segment.sizeBytes = sizeBytes;
        segment.endOffset = endOffset;
        return segment;
    }

    /** A segment that compaction has written, complete, under a name of its own. */
    static Segment built(
            LogFiles files,
            OpenSegments pool,
            Path folder,
            long baseOffset,
            Path file,
            int sizeBytes,
            long endOffset,
            IndexFile.Content content) {
        Segment segment = new Segment(files, pool, folder, baseOffset, file);
        segment.sizeBytes = sizeBytes;
        segment.endOffset = endOffset;
        segment.maxTimestampMs = content.maxTimestampMs();
        segment.index = content.index();
        segment.publishedIndex = segment.index.snapshot();
        return segment;
    }

    /** A segment that was read through: its index is known already. */
    public static Segment scanned(
            LogFiles files,
            OpenSegments pool,
            Path folder,
            long baseOffset,
            int sizeBytes,
            long endOffset,
            SegmentIndex index,
            long maxTimestampMs) {
        Segment segment = existing(files, pool, folder, baseOffset, sizeBytes, endOffset);
        segment.index = index;
        segment.maxTimestampMs = maxTimestampMs;
        segment.publishedIndex = index.snapshot();
        return segment;
    }

    public long baseOffset() {
        return baseOffset;
    }

    /** The offset after the last batch. */
    public long endOffset() {
        return endOffset;
    }

    public int sizeBytes() {
        return sizeBytes;
    }

    public Path path() {
        return handle.path();
    }

    /** Largest timestamp in the segment (may read the index file, or the headers); {@link #NO_TIMESTAMP} if there is none. */
    public long maxTimestampMs() throws IOException {
        if (maxTimestampMs == UNKNOWN) {
            Long stored = indexFile.loadMaxTimestamp(sizeBytes);
            if (stored == null) {
                index();
            } else {
                maxTimestampMs = stored;
            }
        }
        return maxTimestampMs;
    }

    /**
     * Appends the buffers' remaining bytes with as few calls as the system takes. If it fails the file is cut back to what it was;
     * if that fails too, the exception carries the second one as suppressed.
     */
    public void write(ByteBuffer[] buffers, int count, long nowMs) throws IOException {
        loadIndex();
        SegmentHandle.OpenFile open = handle.acquire(true);
        try {
            writeFully(open.file(), buffers, count);
            if (sizeBytes == 0) {
                sinceMs = nowMs;
            }
        } catch (IOException e) {
            try {
                open.file().truncate(sizeBytes);
            } catch (IOException again) {
                e.addSuppressed(again);
            }
            throw e;
        } finally {
            open.release();
        }
    }

    private static void writeFully(LogFile file, ByteBuffer[] buffers, int count) throws IOException {
        int first = 0;
        while (first < count) {
            if (buffers[first].hasRemaining()) {
                long written = file.append(buffers, first, count - first);
                if (written <= 0) {
                    throw new IOException("nothing could be written");
                }
            } else {
                first++;
            }
        }
    }

    /** A batch was written: to the index with it. Readers see it after {@link #publish}. */
    public void added(
            long batchBaseOffset, int lastOffsetDelta, int batchBytes, long batchMaxTimestampMs, int intervalBytes) {
        index.add((int) (batchBaseOffset - baseOffset), sizeBytes, batchBytes, maxTimestampMs, intervalBytes);
        recent.add(batchBaseOffset, lastOffsetDelta, sizeBytes);
        maxTimestampMs = Math.max(maxTimestampMs, batchMaxTimestampMs);
        sizeBytes += batchBytes;
        endOffset = batchBaseOffset + lastOffsetDelta + 1;
    }

    /** Makes what was added visible to readers that learn of the new size. */
    public void publish() {
        publishedIndex = index.snapshot();
        publishedRecent = recent.snapshot();
    }

    public void force() throws IOException {
        if (sizeBytes > 0) {
            SegmentHandle.OpenFile open = handle.acquire(false);
            try {
                open.file().force();
            } finally {
                open.release();
            }
        }
    }

    /** Writes the index file: at a roll and at a clean stop. */
    public void storeIndex() throws IOException {
        if (sizeBytes > 0) {
            indexFile.store(index(), sizeBytes, maxTimestampMs);
        }
    }

    /**
     * When the segment got its first batch. For a segment of an earlier run that is the time of its first batch, as far as that
     * is not in the future; the present if it has none.
     */
    public long sinceMs(InstantSource clock) throws IOException {
        if (sizeBytes == 0) {
            return clock.millis();
        }
        if (sinceMs == UNKNOWN) {
            long first = firstTimestampMs();
            long nowMs = clock.millis();
            sinceMs = first == NO_TIMESTAMP ? nowMs : Math.min(first, nowMs);
        }
        return sinceMs;
    }

    /** Closes the file once the last slice is released; the segment can't be read any more. */
    public void close() {
        handle.retire();
    }

    /** The same, and the files go. Slices already taken stay readable. */
    public void delete() throws IOException {
        handle.retire();
        files.delete(handle.path());
        files.delete(indexFile.path());
    }

    /** Gives the file of batches another name. Readers are not disturbed. */
    public void moveTo(Path file) throws IOException {
        handle.moveTo(file);
    }

    /** Compaction has put another segment in place of this one: to be said before this one is closed. */
    public void replaceBy(Segment segment) {
        replacement = segment;
    }

    // ---- readers, any thread ------------------------------------------------------------------------------------

    /** This segment, or what compaction has put in its place since. */
    Segment latest() {
        Segment segment = this;
        for (Segment next = replacement; next != null; next = next.replacement) {
            segment = next;
        }
        return segment;
    }

    /**
     * Holds the file open for a reader of all of the segment.
     *
     * @param end base offset of the next segment
     */
    public HeldSegment hold(long end) throws IOException {
        SegmentHandle.OpenFile open = handle.acquire(false);
        try {
            return new HeldSegment(this, open, new SegmentSummary(baseOffset, end, sizeBytes, maxTimestampMs()));
        } catch (IOException | RuntimeException e) {
            open.release();
            throw e;
        }
    }

    /** Timestamp of the first batch, {@link #NO_TIMESTAMP} if there is none; reads its header. */
    public long firstTimestampMs() throws IOException {
        return sizeBytes == 0 ? NO_TIMESTAMP : reader.firstTimestampMs();
    }

    /** The index; loaded, or built anew from the batches' headers, if it is not in memory. */
    public SegmentIndex.Snapshot index() throws IOException {
        SegmentIndex.Snapshot known = publishedIndex;
        return known != null ? known : loadIndex().snapshot();
    }

    private synchronized SegmentIndex loadIndex() throws IOException {
        if (index == null) {
            IndexFile.Content content = indexFile.load(sizeBytes);
            if (content == null) {
                content = buildIndex(IndexFile.REBUILD_INTERVAL_BYTES);
            }
            maxTimestampMs = content.maxTimestampMs();
            index = content.index();
            publishedIndex = index.snapshot();
        }
        return index;
    }

    private IndexFile.Content buildIndex(int intervalBytes) throws IOException {
        SegmentIndex built = new SegmentIndex();
        long largest = NO_TIMESTAMP;
        SegmentHandle.OpenFile open = handle.acquire(false);
        try {
            HeaderReader header = new HeaderReader(open.file(), path(), 0, sizeBytes);
            for (; header.load(); header.skip()) {
                int relative = (int) (header.baseOffset() - baseOffset);
                built.add(relative, header.position(), (int) header.sizeInBytes(), largest, intervalBytes);
                largest = Math.max(largest, header.maxTimestamp());
            }
        } finally {
            open.release();
        }
        return new IndexFile.Content(built, largest);
    }

    /** Shows every batch from the one that holds an offset on. */
    public void visit(long fromOffset, HeaderVisitor visitor) throws IOException {
        if (sizeBytes > 0) {
            reader.visit(fromOffset, sizeBytes, visitor);
        }
    }

    /** Finds batches and cuts slices; any thread. */
    SegmentReader reader() {
        return reader;
    }

    RecentBatches.Snapshot recent() {
        return publishedRecent;
    }

    /** Searches the segment by time. */
    TimeSearch timeSearch(int size) {
        return new TimeSearch(this, handle, size);
    }

    // ---- the writer again ---------------------------------------------------------------------------------------

    /** The segment is complete: nothing is appended any more. */
    public void seal() {
        publishedRecent = RecentBatches.Snapshot.EMPTY;
    }

    /** Cuts off the batch that holds {@code offset} and all behind it. */
    public void truncateTo(long offset) throws IOException {
        loadIndex();
        int position = reader.locate(offset, sizeBytes);
        if (position >= sizeBytes) {
            return;
        }
        SegmentHandle.OpenFile open = handle.acquire(false);
        try {
            long firstGone = reader.headerAt(open.file(), position, sizeBytes).baseOffset();
            open.file().truncate(position);
            sizeBytes = position;
            endOffset = Math.min(offset, firstGone);
        } finally {
            open.release();
        }
        files.delete(indexFile.path());
        index = index.cutAt(position);
        recent = new RecentBatches();
        SegmentIndex.Snapshot entries = index.snapshot();
        int last = entries.count() - 1;
        long[] largest = {Math.max(NO_TIMESTAMP, entries.maxTimestampBefore(last))};
        visit(
                baseOffset + entries.relativeOffset(last),
                (buffer, at, ignored) -> largest[0] = Math.max(largest[0], BatchHeader.maxTimestamp(buffer, at)));
        // at once: a reader that saw less than is there would pass the segment over
        maxTimestampMs = largest[0];
        publish();
    }
}
