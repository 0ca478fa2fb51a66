/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.http.socket.frame;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import io.sluice.http.record.Encoding;
import io.sluice.log.batch.Record;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Writes records as the list that a {@code records} frame holds, straight from their bytes. Not thread-safe: one a list. */
final class RecordsWriter {
    /** Names, numbers and punctuation of a record. */
    private static final int OVERHEAD_BYTES = 48;

    private final JsonGenerator out;
    private final FrameFormat format;
    private final Projection projection;
    private byte[] scratch = {};

    private RecordsWriter(JsonGenerator out, FrameFormat format, Projection projection) {
        this.out = out;
        this.format = format;
        this.projection = projection;
    }

    static ByteSink write(JsonFactory factory, FrameFormat format, List<Record> records, Projection projection)
            throws IOException {
        ByteSink sink = new ByteSink(expected(records, projection));
        try (JsonGenerator out = factory.createGenerator(sink)) {
            RecordsWriter writer = new RecordsWriter(out, format, projection);
            out.writeStartArray(null, records.size());
            for (Record record : records) {
                writer.write(record);
            }
            out.writeEndArray();
        }
        return sink;
    }

    private static int expected(List<Record> records, Projection projection) {
        long bytes = 16;
        for (Record record : records) {
            bytes += OVERHEAD_BYTES + RecordCost.of(record, projection) * 17 / 16;
        }
        return (int) Math.min(bytes, 64 << 20);
    }

    private void write(Record record) throws IOException {
        ByteBuffer key = projection.key() ? record.key() : null;
        boolean headers = projection.headers() && !record.headers().isEmpty();
        int fields = 1
                + (projection.timestamp() ? 1 : 0)
                + (key == null ? 0 : 1)
                + (projection.value() ? 1 : 0)
                + (headers ? 1 : 0);
        out.writeStartObject(null, fields);
        out.writeNumberField("o", record.offset());
        if (projection.timestamp()) {
            out.writeNumberField("t", record.timestampMs());
        }
        if (key != null) {
            field("k", "kx", key, projection.keyEncoding());
        }
        if (projection.value()) {
            field("v", "vx", record.value(), projection.valueEncoding());
        }
        if (headers) {
            headers(record.headers());
        }
        out.writeEndObject();
    }

    private void headers(List<Record.Header> headers) throws IOException {
        boolean binary = projection.valueEncoding() == Encoding.BASE64;
        out.writeFieldName("h");
        out.writeStartArray(null, headers.size());
        for (Record.Header header : headers) {
            header(header, binary);
        }
        out.writeEndArray();
    }

    /** A name and a value; behind them the bytes, if they can't stand as the value. */
    private void header(Record.Header header, boolean binary) throws IOException {
        ByteBuffer bytes = header.value();
        byte[] array = bytes == null ? null : array(bytes);
        boolean raw = bytes != null && !binary && !Utf8.isValid(array, from(bytes), bytes.remaining());
        out.writeStartArray(null, raw ? 3 : 2);
        out.writeString(header.key());
        if (bytes == null || raw) {
            out.writeNull();
        } else if (!binary) {
            out.writeUTF8String(array, from(bytes), bytes.remaining());
        }
        if (raw || (bytes != null && binary)) {
            out.writeBinary(array, from(bytes), bytes.remaining());
        }
        out.writeEndArray();
    }

    /** @param rawName of the field if the bytes are not what the encoding wants */
    private void field(String name, String rawName, ByteBuffer bytes, Encoding encoding) throws IOException {
        if (bytes == null) {
            out.writeNullField(name);
            return;
        }
        byte[] array = array(bytes);
        int from = from(bytes);
        int length = bytes.remaining();
        boolean fits =
                switch (encoding) {
                    case BASE64 -> true;
                    case UTF8 -> Utf8.isValid(array, from, length);
                    case JSON -> isJson(array, from, length);
                };
        out.writeFieldName(fits ? name : rawName);
        if (!fits || encoding == Encoding.BASE64) {
            out.writeBinary(array, from, length);
        } else if (encoding == Encoding.UTF8) {
            out.writeUTF8String(array, from, length);
        } else {
            json(array, from, length);
        }
    }

    private void json(byte[] array, int from, int length) throws IOException {
        if (format == FrameFormat.JSON) {
            // as it stands: no number loses a digit
            out.writeRawValue(new String(array, from, length, StandardCharsets.UTF_8));
            return;
        }
        try (JsonParser in = FrameCodec.VALUES.createParser(array, from, length)) {
            in.nextToken();
            out.copyCurrentStructure(in);
        }
    }

    private static boolean isJson(byte[] array, int from, int length) throws IOException {
        if (!Utf8.isValid(array, from, length)) {
            return false;
        }
        try (JsonParser in = FrameCodec.VALUES.createParser(array, from, length)) {
            if (in.nextToken() == null) {
                return false;
            }
            in.skipChildren();
            in.finishToken();
            return in.nextToken() == null;
        } catch (JsonProcessingException e) {
            return false;
        }
    }

    /** Shared buffers are read by index, from {@link #from} on: their positions stay as they are. */
    @SuppressWarnings("ByteBufferBackingArray")
    private byte[] array(ByteBuffer bytes) {
        if (bytes.hasArray()) {
            return bytes.array();
        }
        if (scratch.length < bytes.remaining()) {
            scratch = new byte[Math.max(bytes.remaining(), 1024)];
        }
        bytes.get(bytes.position(), scratch, 0, bytes.remaining());
        return scratch;
    }

    private static int from(ByteBuffer bytes) {
        return bytes.hasArray() ? bytes.arrayOffset() + bytes.position() : 0;
    }
}
