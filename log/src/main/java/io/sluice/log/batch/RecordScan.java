/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.log.batch;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;

/**
 * Walks the uncompressed records of a batch without making an object of any: checks that every length fits, that offsets
 * count up by one, and gathers what the append checks ask for. Reused from batch to batch; not thread-safe.
 *
 * <p>Why walk what the CRC covers already: the CRC says that the bytes are what the producer sent, not that they are
 * records. One batch of garbage would stop every consumer of the partition for good. The walk reads a handful of bytes
 * a record and skips keys and values.
 */
public final class RecordScan {
    /** Length, attributes, timestamp delta, offset delta, key length, value length, number of headers. */
    public static final int SMALLEST_RECORD_BYTES = 7;

    private long minTimestampMs;
    private long maxTimestampMs;
    private int maxTimestampIndex;
    private int firstKeyless;

    /** Smallest timestamp, {@link Long#MAX_VALUE} if no record has one. */
    public long minTimestampMs() {
        return minTimestampMs;
    }

    /** Largest timestamp, {@link BatchHeader#NO_TIMESTAMP} if no record has one. */
    public long maxTimestampMs() {
        return maxTimestampMs;
    }

    /** Which record (by its place in the batch) is the first with the largest timestamp. */
    public int maxTimestampIndex() {
        return maxTimestampIndex;
    }

    /** Place of the first record without a key; -1 if all have one. */
    public int firstKeyless() {
        return firstKeyless;
    }

    /**
     * Walks {@code count} records from position to limit; the position is moved.
     *
     * @throws CorruptBatchException if they are not well-formed; names the record
     */
    public void scan(ByteBuffer records, int count, long baseTimestampMs) throws CorruptBatchException {
        minTimestampMs = Long.MAX_VALUE;
        maxTimestampMs = BatchHeader.NO_TIMESTAMP;
        maxTimestampIndex = -1;
        firstKeyless = -1;
        if (count > records.remaining() / SMALLEST_RECORD_BYTES) {
            throw new CorruptBatchException(count + " records in " + records.remaining() + " bytes");
        }
        int index = 0;
        try {
            for (; index < count; index++) {
                one(records, index, baseTimestampMs);
            }
        } catch (BufferUnderflowException e) {
            throw new CorruptBatchException("record " + index + " ends beyond the batch", e);
        }
        if (records.hasRemaining()) {
            throw new CorruptBatchException(records.remaining() + " bytes behind the last of " + count + " records");
        }
    }

    private void one(ByteBuffer records, int index, long baseTimestampMs) throws CorruptBatchException {
        int length = Varints.readInt(records);
        if (length < SMALLEST_RECORD_BYTES - 1 || length > records.remaining()) {
            throw new CorruptBatchException(
                    "record " + index + " has a length of " + length + " bytes, " + records.remaining() + " are left");
        }
        int end = records.position() + length;
        records.get();
        long timestampMs = baseTimestampMs + Varints.readLong(records);
        int offsetDelta = Varints.readInt(records);
        if (offsetDelta != index) {
            throw new CorruptBatchException("record " + index + " has the offset delta " + offsetDelta);
        }
        int keyLength = skip(records);
        skip(records);
        int headers = Varints.readInt(records);
        if (headers < 0) {
            throw new CorruptBatchException("record " + index + " has " + headers + " headers");
        }
        for (int i = 0; i < headers; i++) {
            if (skip(records) < 0) {
                throw new CorruptBatchException("record " + index + " has a header without a key");
            }
            skip(records);
        }
        if (records.position() != end) {
            throw new CorruptBatchException(
                    "record " + index + " says " + length + " bytes and has " + (length + records.position() - end));
        }
        if (keyLength < 0 && firstKeyless < 0) {
            firstKeyless = index;
        }
        if (timestampMs != BatchHeader.NO_TIMESTAMP) {
            minTimestampMs = Math.min(minTimestampMs, timestampMs);
        }
        if (timestampMs > maxTimestampMs) {
            maxTimestampMs = timestampMs;
            maxTimestampIndex = index;
        }
    }

    private static int skip(ByteBuffer records) throws CorruptBatchException {
        int length = Varints.readInt(records);
        if (length > records.remaining()) {
            throw new BufferUnderflowException();
        }
        if (length > 0) {
            records.position(records.position() + length);
        }
        return length;
    }
}
