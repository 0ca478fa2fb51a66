/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.log.batch;

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

    private ByteBuffer buffer;
    private int at;
    private int end;

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
     * Walks {@code count} records from position to limit, which stay.
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
        buffer = records;
        at = records.position();
        end = records.limit();
        int index = 0;
        try {
            for (; index < count; index++) {
                one(index, baseTimestampMs);
            }
        } catch (IndexOutOfBoundsException e) {
            throw new CorruptBatchException("record " + index + " ends beyond the batch", e);
        } finally {
            buffer = null;
        }
        if (at != end) {
            throw new CorruptBatchException((end - at) + " bytes behind the last of " + count + " records");
        }
    }

    private void one(int index, long baseTimestampMs) throws CorruptBatchException {
        int length = readInt();
        if (length < SMALLEST_RECORD_BYTES - 1 || length > end - at) {
            throw new CorruptBatchException(
                    "record " + index + " has a length of " + length + " bytes, " + (end - at) + " are left");
        }
        int recordEnd = at + length;
        at++; // attributes: none are defined
        long timestampMs = baseTimestampMs + readLong();
        int offsetDelta = readInt();
        if (offsetDelta != index) {
            throw new CorruptBatchException("record " + index + " has the offset delta " + offsetDelta);
        }
        int keyLength = skip();
        skip();
        int headers = readInt();
        if (headers != 0) {
            headers(index, headers);
        }
        if (at != recordEnd) {
            throw new CorruptBatchException(
                    "record " + index + " says " + length + " bytes and has " + (length + at - recordEnd));
        }
        if (keyLength < 0 && firstKeyless < 0) {
            firstKeyless = index;
        }
        if (timestampMs < minTimestampMs && timestampMs != BatchHeader.NO_TIMESTAMP) {
            minTimestampMs = timestampMs;
        }
        if (timestampMs > maxTimestampMs) {
            maxTimestampMs = timestampMs;
            maxTimestampIndex = index;
        }
    }

    private void headers(int index, int count) throws CorruptBatchException {
        if (count < 0) {
            throw new CorruptBatchException("record " + index + " has " + count + " headers");
        }
        for (int i = 0; i < count; i++) {
            if (skip() < 0) {
                throw new CorruptBatchException("record " + index + " has a header without a key");
            }
            skip();
        }
    }

    /** Passes over a length and so many bytes; the length, negative for null. */
    private int skip() throws CorruptBatchException {
        int length = readInt();
        if (length > end - at) {
            throw new IndexOutOfBoundsException(length);
        }
        if (length > 0) {
            at += length;
        }
        return length;
    }

    private int readInt() throws CorruptBatchException {
        byte first = buffer.get(at);
        if (first >= 0) {
            at++;
            return (first >>> 1) ^ -(first & 1);
        }
        long value = readLong();
        if (value != (int) value) {
            throw new CorruptBatchException("a 32-bit variable-length integer is too large");
        }
        return (int) value;
    }

    private long readLong() throws CorruptBatchException {
        long raw = 0;
        for (int shift = 0; shift < 70; shift += 7) {
            byte b = buffer.get(at++);
            raw |= (long) (b & 0x7f) << shift;
            if (b >= 0) {
                return (raw >>> 1) ^ -(raw & 1);
            }
        }
        throw new CorruptBatchException("a variable-length integer is longer than 10 bytes");
    }
}
