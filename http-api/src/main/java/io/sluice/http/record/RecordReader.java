/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.http.record;

import io.sluice.http.route.Problem;
import io.sluice.http.route.ProblemException;
import io.sluice.http.route.ProblemKind;
import io.sluice.log.LogSlice;
import io.sluice.log.LogView;
import io.sluice.log.OffsetOutOfRangeException;
import io.sluice.log.batch.Batch;
import io.sluice.log.batch.CorruptBatchException;
import io.sluice.log.batch.Decompressor;
import io.sluice.log.batch.Decompressors;
import io.sluice.log.batch.Record;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads records out of a log's view. Reads files: not for a thread that must not block. Thread-safe. */
final class RecordReader {
    /** Slices without a record for anybody that one read goes past; the next one goes on. */
    private static final int SLICES_MAX = 64;

    /** Offset, lengths and punctuation of a record, about. */
    private static final int RECORD_OVERHEAD_BYTES = 64;

    private final Decompressors decompressors;

    RecordReader(int decompressedBytesMax) {
        this.decompressors = new Decompressors(decompressedBytesMax);
    }

    /** What is being gathered. */
    private static final class Page {
        final ReadQuery query;
        final List<Record> records = new ArrayList<>();
        long next;
        long bytes;
        boolean full;

        Page(ReadQuery query, long from) {
            this.query = query;
            this.next = from;
        }

        void add(Record record) {
            if (record.offset() < next) {
                return;
            }
            long size = RECORD_OVERHEAD_BYTES + sizeOf(record);
            full |= records.size() == query.recordsMax() || (!records.isEmpty() && bytes + size > query.bytesMax());
            if (!full) {
                records.add(record);
                bytes += size;
                next = record.offset() + 1;
            }
        }

        private static long sizeOf(Record record) {
            long size = sizeOf(record.key()) + (long) sizeOf(record.value());
            for (Record.Header header : record.headers()) {
                size += header.key().length() + sizeOf(header.value());
            }
            return size;
        }

        private static int sizeOf(ByteBuffer bytes) {
            return bytes == null ? 0 : bytes.remaining();
        }
    }

    /** The first offset at or after the query's timestamp; what comes next if there is none. */
    long offsetOf(LogView view, ReadQuery query) {
        try {
            LogView.TimestampedOffset found = view.offsetForTimestamp(query.timestampMs(), query.bound());
            return found == null ? query.end(view) : found.offset();
        } catch (IOException e) {
            throw unreadable(e);
        }
    }

    private static ProblemException unreadable(IOException e) {
        return Problem.of(ProblemKind.INTERNAL, "The log can't be read: " + e.getMessage() + ".")
                .asException();
    }

    /** @throws ProblemException if the offset is not in the log, or the log can't be read */
    ReadPage read(LogView view, ReadQuery query) {
        long end = query.end(view);
        long from = query.resolved(view);
        if (from < view.logStartOffset() || from > view.logEndOffset()) {
            throw outOfRange(from, view, end);
        }
        Page page = new Page(query, from);
        try {
            for (int slice = 0; slice < SLICES_MAX && page.records.isEmpty() && page.next < end; slice++) {
                gather(page, view);
            }
        } catch (OffsetOutOfRangeException e) {
            throw outOfRange(from, view, end);
        } catch (IOException e) {
            throw unreadable(e);
        }
        return new ReadPage(page.records, page.next, view.logStartOffset(), end);
    }

    private void gather(Page page, LogView view) throws IOException {
        long before = page.next;
        LogSlice slice = view.read(page.next, page.query.bytesMax(), true, page.query.bound());
        ByteBuffer bytes;
        try {
            bytes = slice.length() == 0 ? ByteBuffer.allocate(0) : slice.copy();
        } finally {
            slice.release();
        }
        for (Batch batch : Batch.in(bytes)) {
            if (page.full) {
                return;
            }
            gather(page, batch);
        }
        if (page.next == before) {
            throw new IOException("no whole batch at offset " + before);
        }
    }

    private void gather(Page page, Batch batch) throws CorruptBatchException {
        if (!batch.isCrcValid()) {
            throw new CorruptBatchException("the CRC of the batch at offset " + batch.baseOffset() + " is wrong");
        }
        if (!batch.isControl()) {
            Decompressor decompressor = decompressors.borrow();
            try {
                batch.records(decompressor).forEach(page::add);
            } finally {
                decompressors.giveBack(decompressor);
            }
        }
        if (!page.full) {
            page.next = Math.max(page.next, batch.lastOffset() + 1);
        }
    }

    private static ProblemException outOfRange(long offset, LogView view, long end) {
        Map<String, Object> range = new LinkedHashMap<>();
        range.put("start", view.logStartOffset());
        range.put("end", end);
        return new Problem(
                        ProblemKind.OFFSET_OUT_OF_RANGE,
                        "The log has the offsets from " + view.logStartOffset() + " up to " + end + ", and not "
                                + offset + ".",
                        range)
                .asException();
    }
}
