/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.log;

import io.sluice.log.batch.BatchHeader;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * For how long records have been there, as the headers of their batches say: no record is read, and nothing decompressed, so that it costs one small read of a file.
 */
public final class BatchTimes {
    /** Nothing is there. */
    public static final long NONE = -1;

    /** Marks of transactions in a row that are passed over; beyond them the time of a mark will do. */
    private static final int MARKS_MAX = 8;

    private BatchTimes() {}

    /**
     * The time of the first batch with records from an offset on: of its first record, so that it may be a little before that of the record at the offset. An offset below
     * the log's start stands for the start. Reads a file: not for an event loop.
     *
     * @return milliseconds since the epoch; {@link #NONE} if there is none below the bound
     */
    public static long firstFrom(LogView view, long offset, LogView.Bound bound) throws IOException {
        long end = end(view, bound);
        long at = Math.max(offset, view.logStartOffset());
        for (int marks = 0; at < end; marks++) {
            ByteBuffer header = header(view, at, bound);
            if (header.remaining() < BatchHeader.SIZE) {
                return NONE;
            }
            if (!BatchHeader.isControl(header, 0) || marks == MARKS_MAX) {
                boolean oneTimeForAll =
                        BatchHeader.isLogAppendTime(header, 0) || BatchHeader.hasDeleteHorizon(header, 0);
                return oneTimeForAll ? BatchHeader.maxTimestamp(header, 0) : BatchHeader.baseTimestamp(header, 0);
            }
            at = BatchHeader.lastOffset(header, 0) + 1;
        }
        return NONE;
    }

    private static ByteBuffer header(LogView view, long offset, LogView.Bound bound) throws IOException {
        LogSlice slice = view.read(offset, BatchHeader.SIZE, false, bound);
        try {
            return slice.length() == 0 ? ByteBuffer.allocate(0) : slice.copy();
        } finally {
            slice.release();
        }
    }

    private static long end(LogView view, LogView.Bound bound) {
        return switch (bound) {
            case HIGH_WATERMARK -> view.highWatermark();
            case LAST_STABLE_OFFSET -> view.lastStableOffset();
            case LOG_END -> view.logEndOffset();
        };
    }
}
