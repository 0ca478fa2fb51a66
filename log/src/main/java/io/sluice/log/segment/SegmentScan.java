/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.log.segment;

import io.sluice.log.batch.BatchHeader;
import io.sluice.log.batch.Compression;
import io.sluice.log.file.LogFile;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Reads what may be torn of a segment, batch by batch with its CRC, and says how far it is whole. Where it is not, looks for
 * whole batches behind: a torn tail has none, damage in the middle has. Changes nothing.
 */
public final class SegmentScan {
    private static final int WINDOW_BYTES = 1 << 20;
    private static final int TRUSTED_READ_BYTES = 4096;

    private final LogFile file;
    private final long fileBytes;
    private ByteBuffer window = ByteBuffer.allocate(WINDOW_BYTES).limit(0);
    private long windowAt;
    private int readAheadBytes = WINDOW_BYTES;

    /** @param fileBytes size of the file */
    public SegmentScan(LogFile file, long fileBytes) {
        this.file = file;
        this.fileBytes = fileBytes;
    }

    /**
     * How far the segment is whole.
     *
     * @param sizeBytes position behind the last whole batch
     * @param endOffset offset behind the last whole batch
     * @param damage what is behind that; null if nothing is
     */
    public record Result(long sizeBytes, long endOffset, Damage damage) {}

    /**
     * What is not a whole batch.
     *
     * @param cause which rule it breaks
     * @param cutShort the file ends within the batch, or there is no batch at all
     * @param wholeBatchAt position of a whole batch behind it, -1 if there is none
     */
    public record Damage(String cause, boolean cutShort, long wholeBatchAt) {}

    /**
     * Scans the file to its end.
     *
     * @param baseOffset no batch may begin below it
     * @param trustedUpTo of batches wholly below it only the headers are read
     * @param visitor is shown every whole batch
     */
    public Result scan(long baseOffset, long trustedUpTo, HeaderVisitor visitor) throws IOException {
        return scan(0, baseOffset, trustedUpTo, visitor);
    }

    /** The same from a batch's position on. */
    public Result scan(long position, long lowestOffset, long trustedUpTo, HeaderVisitor visitor) throws IOException {
        long at = position;
        long next = lowestOffset;
        while (at < fileBytes) {
            readAheadBytes = next < trustedUpTo ? TRUSTED_READ_BYTES : WINDOW_BYTES;
            String fault = faultAt(at, next, trustedUpTo);
            if (fault != null) {
                boolean cutShort = !load(at, BatchHeader.SIZE) || declaredSize(at) > fileBytes - at;
                readAheadBytes = WINDOW_BYTES;
                return new Result(at, next, new Damage(fault, cutShort, wholeBatchBehind(at + 1, next)));
            }
            int inWindow = (int) (at - windowAt);
            visitor.batch(window, inWindow, (int) at);
            next = BatchHeader.lastOffset(window, inWindow) + 1;
            at += BatchHeader.sizeInBytes(window, inWindow);
        }
        return new Result(at, next, null);
    }

    /** Null if a whole batch is at the position, which is in the window then. */
    private String faultAt(long at, long lowestOffset, long trustedUpTo) throws IOException {
        if (!load(at, BatchHeader.SIZE)) {
            return "the file ends within a batch's header";
        }
        String fault = headerFault(at, lowestOffset);
        if (fault != null) {
            return fault;
        }
        int size = (int) declaredSize(at);
        if (size <= fileBytes - at && BatchHeader.lastOffset(window, (int) (at - windowAt)) < trustedUpTo) {
            return null;
        }
        if (!load(at, size)) {
            return "the file ends within a batch of " + size + " bytes";
        }
        return BatchHeader.isCrcValid(window, (int) (at - windowAt)) ? null : "the batch's CRC is wrong";
    }

    private String headerFault(long at, long lowestOffset) {
        int inWindow = (int) (at - windowAt);
        byte magic = BatchHeader.magic(window, inWindow);
        if (magic != BatchHeader.MAGIC_V2) {
            return "no batch begins here (format version " + magic + ")";
        }
        long size = declaredSize(at);
        if (size < BatchHeader.SIZE || size > Integer.MAX_VALUE) {
            return "a batch with a length of " + size + " bytes";
        }
        if (BatchHeader.lastOffsetDelta(window, inWindow) < 0
                || BatchHeader.recordCount(window, inWindow) < 0
                || Compression.ofId(BatchHeader.codecId(window, inWindow)) == null) {
            return "the batch's header is not valid";
        }
        long base = BatchHeader.baseOffset(window, inWindow);
        // Compaction leaves gaps, but none that a segment's index could not express.
        return base < lowestOffset || base - lowestOffset > Integer.MAX_VALUE
                ? "the batch has offset " + base + ", expected " + lowestOffset + " or little more"
                : null;
    }

    private long declaredSize(long at) {
        return BatchHeader.sizeInBytes(window, (int) (at - windowAt));
    }

    private long wholeBatchBehind(long from, long lowestOffset) throws IOException {
        for (long at = from; load(at, BatchHeader.SIZE); at++) {
            int inWindow = (int) (at - windowAt);
            if (BatchHeader.magic(window, inWindow) == BatchHeader.MAGIC_V2
                    && BatchHeader.baseOffset(window, inWindow) - lowestOffset < Integer.MAX_VALUE
                    && declaredSize(at) <= fileBytes - at
                    && faultAt(at, lowestOffset, Long.MIN_VALUE) == null) {
                return at;
            }
        }
        return -1;
    }

    /** Has {@code bytes} from a position on in the window; false if the file ends before. */
    private boolean load(long at, int bytes) throws IOException {
        if (bytes > fileBytes - at) {
            return false;
        }
        long inWindow = at - windowAt;
        if (inWindow >= 0 && inWindow + bytes <= window.limit()) {
            return true;
        }
        if (window.capacity() < bytes) {
            window = ByteBuffer.allocate(bytes);
        }
        window.clear()
                .limit((int) Math.min(Math.max(bytes, Math.min(readAheadBytes, window.capacity())), fileBytes - at));
        file.readFully(window, at);
        window.flip();
        windowAt = at;
        return window.limit() >= bytes;
    }
}
