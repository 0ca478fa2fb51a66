/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.log.segment;

import io.sluice.log.batch.Batch;
import io.sluice.log.file.LogFile;
import io.sluice.log.file.LogFiles;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/**
 * Writes a complete segment and its index under names with an ending of their own, beside the segments that the log uses.
 * Not thread-safe.
 */
public final class SegmentBuilder {
    private final LogFiles files;
    private final OpenSegments pool;
    private final Path folder;
    private final long baseOffset;
    private final Path logPath;
    private final IndexFile indexFile;
    private final int indexIntervalBytes;
    private final LogFile file;
    private final SegmentIndex index = new SegmentIndex();
    private long maxTimestampMs = Segment.NO_TIMESTAMP;
    private int sizeBytes;

    private SegmentBuilder(
            LogFiles files, OpenSegments pool, Path folder, long baseOffset, String ending, int indexIntervalBytes)
            throws IOException {
        this.files = files;
        this.pool = pool;
        this.folder = folder;
        this.baseOffset = baseOffset;
        this.indexIntervalBytes = indexIntervalBytes;
        this.logPath = folder.resolve(SegmentFiles.log(baseOffset) + ending);
        this.indexFile = new IndexFile(files, folder.resolve(SegmentFiles.index(baseOffset) + ending), baseOffset);
        this.file = files.create(logPath);
        this.file.truncate(0);
    }

    /** @param ending of both files' names, behind their usual ones */
    public static SegmentBuilder create(
            LogFiles files, OpenSegments pool, Path folder, long baseOffset, String ending, int indexIntervalBytes)
            throws IOException {
        return new SegmentBuilder(files, pool, folder, baseOffset, ending, indexIntervalBytes);
    }

    /** Appends whole batches, with rising offsets. */
    public void append(ByteBuffer batches) throws IOException {
        for (Batch batch : Batch.in(batches)) {
            int position = sizeBytes + batch.at() - batches.position();
            int relativeOffset = (int) (batch.baseOffset() - baseOffset);
            index.add(relativeOffset, position, batch.sizeInBytes(), maxTimestampMs, indexIntervalBytes);
            maxTimestampMs = Math.max(maxTimestampMs, batch.maxTimestampMs());
        }
        int bytes = batches.remaining();
        while (batches.hasRemaining()) {
            file.append(batches);
        }
        sizeBytes += bytes;
    }

    public int sizeBytes() {
        return sizeBytes;
    }

    public long maxTimestampMs() {
        return maxTimestampMs;
    }

    /** Returns when what is written will survive a power loss. */
    public void force() throws IOException {
        file.force();
    }

    /**
     * Everything is written and forced: closes the file and stores the index.
     *
     * @param endOffset where the segment ends
     */
    public Segment finish(long endOffset) throws IOException {
        file.close();
        indexFile.store(index.snapshot(), sizeBytes, maxTimestampMs);
        return Segment.built(
                files,
                pool,
                folder,
                baseOffset,
                logPath,
                sizeBytes,
                endOffset,
                new IndexFile.Content(index, maxTimestampMs));
    }

    /** Closes the files and deletes them; also after a failure. */
    public void discard() throws IOException {
        file.close();
        files.delete(logPath);
        files.delete(indexFile.path());
    }
}
