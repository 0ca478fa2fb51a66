/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.log.batch;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Turns the uncompressed bytes of a batch's records into {@link Record}s that are views of them. */
final class RecordParser {
    private final Batch batch;
    private final ByteBuffer raw;
    private final int maxHeaders;
    private int headersLeft;

    /** @param maxHeaders of all records together */
    RecordParser(Batch batch, ByteBuffer raw, int maxHeaders) {
        this.batch = batch;
        this.raw = raw;
        this.maxHeaders = maxHeaders;
        this.headersLeft = maxHeaders;
    }

    List<Record> parse() throws CorruptBatchException {
        int count = batch.recordCount();
        // A record has at least 7 bytes: a header that promises more records than fit is not believed.
        if (count < 0 || count > raw.remaining() / RecordScan.SMALLEST_RECORD_BYTES) {
            throw corrupt(count + " records in " + raw.remaining() + " bytes");
        }
        List<Record> records = new ArrayList<>(count);
        try {
            for (int i = 0; i < count; i++) {
                records.add(one());
            }
        } catch (BufferUnderflowException | IndexOutOfBoundsException | IllegalArgumentException e) {
            throw corrupt("record " + records.size() + " of " + count + " ends beyond the batch");
        }
        if (raw.hasRemaining()) {
            throw corrupt(raw.remaining() + " bytes behind its last record");
        }
        return records;
    }

    private Record one() throws CorruptBatchException {
        int length = Varints.readInt(raw);
        long end = (long) raw.position() + length;
        raw.get();
        long timestampMs = batch.baseTimestampMs() + Varints.readLong(raw);
        long offset = batch.baseOffset() + Varints.readInt(raw);
        ByteBuffer key = bytes();
        ByteBuffer value = bytes();
        int headerCount = Varints.readInt(raw);
        if (headerCount < 0 || headerCount > raw.remaining() / 2) {
            throw corrupt("record with " + headerCount + " headers");
        }
        headersLeft -= headerCount;
        if (headersLeft < 0) {
            throw corrupt("its records have more than the " + maxHeaders + " headers that can be read at once");
        }
        List<Record.Header> headers = headerCount == 0 ? List.of() : new ArrayList<>(headerCount);
        for (int i = 0; i < headerCount; i++) {
            ByteBuffer name = bytes();
            if (name == null) {
                throw corrupt("header without a key");
            }
            headers.add(new Record.Header(StandardCharsets.UTF_8.decode(name).toString(), bytes()));
        }
        if (raw.position() != end) {
            throw corrupt("record of " + length + " bytes ends at another place");
        }
        return new Record(offset, batch.isLogAppendTime() ? batch.maxTimestampMs() : timestampMs, key, value, headers);
    }

    private ByteBuffer bytes() throws CorruptBatchException {
        int length = Varints.readInt(raw);
        if (length < 0) {
            return null;
        }
        ByteBuffer view = raw.slice(raw.position(), length);
        raw.position(raw.position() + length);
        return view;
    }

    private CorruptBatchException corrupt(String what) {
        return new CorruptBatchException("batch at offset " + batch.baseOffset() + ": " + what);
    }
}
