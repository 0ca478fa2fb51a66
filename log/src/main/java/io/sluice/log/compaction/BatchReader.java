/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.log.compaction;

import io.sluice.log.LogCorruptException;
import io.sluice.log.SegmentSummary;
import io.sluice.log.batch.Batch;
import io.sluice.log.batch.BatchHeader;
import io.sluice.log.segment.HeldSegment;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Reads the batches of a segment from its start to its end with large reads, and checks each one's CRC. One buffer is used for all
 * segments: a batch is valid until the next one is read. Not thread-safe.
 */
final class BatchReader {
    private static final int BUFFER_BYTES = 1 << 20;

    private final Throttle throttle;
    private ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES);
    private HeldSegment source;
    private long nextReadAt;
    private long bytesRead;

    BatchReader(Throttle throttle) {
        this.throttle = throttle;
    }

    /** Bytes read so far, of all segments. */
    long bytesRead() {
        return bytesRead;
    }

    /** Begins at a segment's start. */
    void open(HeldSegment segment) {
        source = segment;
        nextReadAt = 0;
        buffer.clear().limit(0);
    }

    /**
     * The next batch, or null at the segment's end.
     *
     * @throws LogCorruptException if it is damaged: names segment, position and cause
     */
    Batch next() throws IOException {
        SegmentSummary summary = source.summary();
        long at = nextReadAt - buffer.remaining();
        if (at >= summary.sizeBytes()) {
            return null;
        }
        fill(BatchHeader.SIZE, at);
        long size = BatchHeader.sizeInBytes(buffer, buffer.position());
        if (size < BatchHeader.SIZE || size > summary.sizeBytes() - at) {
            throw corrupt(at, "a batch of " + size + " bytes, " + (summary.sizeBytes() - at) + " are left");
        }
        fill((int) size, at);
        Batch batch = new Batch(buffer, buffer.position());
        if (batch.magic() != BatchHeader.MAGIC_V2 || !batch.isCrcValid()) {
            throw corrupt(at, "the batch at offset " + batch.baseOffset() + " has a wrong CRC or format version");
        }
        buffer.position(buffer.position() + (int) size);
        return batch;
    }

    /** At least so many bytes between position and limit. */
    private void fill(int wanted, long at) throws IOException {
        if (buffer.remaining() >= wanted) {
            return;
        }
        if (buffer.capacity() < wanted) {
            buffer = ByteBuffer.allocate(wanted).put(buffer);
        } else {
            buffer.compact();
        }
        long left = source.summary().sizeBytes() - nextReadAt;
        int room = (int) Math.min(buffer.remaining(), left);
        int from = buffer.position();
        buffer.limit(from + room);
        boolean full = source.file().readFully(buffer, nextReadAt);
        int read = buffer.position() - from;
        nextReadAt += read;
        bytesRead += read;
        buffer.flip();
        throttle.pass(read);
        if (!full || buffer.remaining() < wanted) {
            throw corrupt(
                    at,
                    "the file ends after " + nextReadAt + " of "
                            + source.summary().sizeBytes() + " bytes");
        }
    }

    private LogCorruptException corrupt(long at, String what) {
        return new LogCorruptException(String.format(
                "segment %020d.log, position %d: %s", source.summary().baseOffset(), at, what));
    }
}
