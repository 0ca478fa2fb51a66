/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.http.record;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import io.sluice.http.route.Json;
import io.sluice.log.batch.Record;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Writes records as members of JSON objects. Their buffers are read by index: who else has them sees no change. */
public final class RecordWriter {
    private final JsonGenerator out;
    private final Encoding key;
    private final Encoding value;

    public RecordWriter(JsonGenerator out, Encoding key, Encoding value) {
        this.out = out;
        this.key = key;
        this.value = value;
    }

    /** The members of one record; the object around them is the caller's. */
    public void write(Record record) throws IOException {
        out.writeNumberField("offset", record.offset());
        out.writeNumberField("timestamp", record.timestampMs());
        write("key", record.key(), key);
        write("value", record.value(), value);
        headers(record.headers());
    }

    private void headers(List<Record.Header> headers) throws IOException {
        if (headers.isEmpty()) {
            return;
        }
        out.writeArrayFieldStart("headers");
        for (Record.Header header : headers) {
            out.writeStartObject();
            out.writeStringField("key", header.key());
            write("value", header.value(), Encoding.UTF8);
            out.writeEndObject();
        }
        out.writeEndArray();
    }

    private void write(String name, ByteBuffer bytes, Encoding encoding) throws IOException {
        if (bytes == null) {
            out.writeNullField(name);
            return;
        }
        byte[] array = new byte[bytes.remaining()];
        bytes.get(bytes.position(), array);
        if (encoding == Encoding.BASE64) {
            out.writeBinaryField(name, array);
            return;
        }
        String text = text(array);
        if (text == null || (encoding == Encoding.JSON && !isJson(array))) {
            out.writeBinaryField(name + "Base64", array);
        } else if (encoding == Encoding.JSON) {
            // as it stands: no number loses a digit
            out.writeFieldName(name);
            out.writeRawValue(text);
        } else {
            out.writeStringField(name, text);
        }
    }

    /** @return null if the bytes are no UTF-8 */
    private static String text(byte[] bytes) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException e) {
            return null;
        }
    }

    private static boolean isJson(byte[] bytes) throws IOException {
        try (JsonParser in = Json.MAPPER.createParser(bytes)) {
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
}
