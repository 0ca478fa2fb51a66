/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.http.socket.frame;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.sluice.http.record.Encoding;
import io.sluice.http.record.NewRecord;
import io.sluice.log.batch.Record;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Reads the list of records that are to be written, in the form in which a {@code records} frame has them:
 *
 * <pre>
 *   [{"k": "ann", "v": "pen", "h": [["trace", "7f3a"]], "p": 0, "t": 1790000000000}, ...]
 * </pre>
 *
 * {@code kx} and {@code vx} instead of {@code k} and {@code v}, and the third element of a header, are bytes whatever the encoding.
 */
final class NewRecordsReader {
    private final JsonParser in;
    private final FrameTokens tokens;
    private final FrameFormat format;
    private final byte[] message;
    private final Encoding keyEncoding;
    private final Encoding valueEncoding;

    private final Set<String> seen = new HashSet<>();
    private byte[] key;
    private byte[] value;
    private List<Record.Header> headers;
    private int partition;
    private long timestampMs;

    /** @param message that {@code in} reads from its beginning */
    NewRecordsReader(JsonParser in, FrameFormat format, byte[] message, Encoding key, Encoding value) {
        this.in = in;
        this.tokens = new FrameTokens(in);
        this.format = format;
        this.message = message;
        this.keyEncoding = key;
        this.valueEncoding = value;
    }

    List<NewRecord> read() throws IOException, FrameTokens.Wrong {
        List<NewRecord> records = new ArrayList<>();
        while (in.nextToken() != JsonToken.END_ARRAY) {
            records.add(record("records[" + records.size() + "]"));
        }
        if (records.isEmpty()) {
            throw tokens.wrong("records", "expected at least one");
        }
        return records;
    }

    private NewRecord record(String path) throws IOException, FrameTokens.Wrong {
        tokens.expectObject(path, "an object");
        seen.clear();
        key = null;
        value = null;
        headers = List.of();
        partition = NewRecord.ANY_PARTITION;
        timestampMs = NewRecord.NOW;
        while (in.nextToken() == JsonToken.FIELD_NAME) {
            String name = in.currentName();
            String inside = path + "." + name;
            if (!seen.add(name)) {
                throw tokens.wrong(inside, "given twice");
            }
            in.nextToken();
            field(name, inside);
        }
        if ((seen.contains("k") && seen.contains("kx")) || (seen.contains("v") && seen.contains("vx"))) {
            throw tokens.wrong(path, "a key or a value is given in two ways");
        }
        return new NewRecord(partition, timestampMs, key, value, headers);
    }

    private void field(String name, String path) throws IOException, FrameTokens.Wrong {
        switch (name) {
            case "k" -> key = bytes(path, keyEncoding);
            case "kx" -> key = binary(path);
            case "v" -> value = bytes(path, valueEncoding);
            case "vx" -> value = binary(path);
            case "h" -> headers = headers(path);
            case "p" -> partition = (int) tokens.number(path, Integer.MAX_VALUE);
            case "t" -> timestampMs = tokens.number(path, FrameTokens.MAX_NUMBER);
            default -> throw tokens.wrong(path, "unknown field");
        }
    }

    private byte[] bytes(String path, Encoding encoding) throws IOException, FrameTokens.Wrong {
        if (in.currentToken() == JsonToken.VALUE_NULL) {
            return null;
        }
        return switch (encoding) {
            case UTF8 -> text(path);
            case BASE64 -> binary(path);
            case JSON -> json();
        };
    }

    private byte[] text(String path) throws IOException, FrameTokens.Wrong {
        byte[] bytes = Encoding.utf8(tokens.string(path, 0, Integer.MAX_VALUE));
        if (bytes == null) {
            throw tokens.wrong(path, "half of a character (an unpaired surrogate) is no UTF-8");
        }
        return bytes;
    }

    /** Base64 in JSON, a byte string in CBOR. */
    private byte[] binary(String path) throws IOException, FrameTokens.Wrong {
        if (format == FrameFormat.CBOR) {
            if (in.currentToken() != JsonToken.VALUE_EMBEDDED_OBJECT) {
                throw tokens.expected(path, "a byte string");
            }
            return in.getBinaryValue();
        }
        try {
            if (in.currentToken() == JsonToken.VALUE_STRING) {
                return Base64.getDecoder().decode(in.getText());
            }
        } catch (IllegalArgumentException e) {
            // told below
        }
        throw tokens.expected(path, "base64");
    }

    private byte[] json() throws IOException {
        if (format == FrameFormat.JSON) {
            // as it stands: no number loses a digit
            int from = (int) in.currentTokenLocation().getByteOffset();
            in.skipChildren();
            in.finishToken();
            return Arrays.copyOfRange(message, from, (int) in.currentLocation().getByteOffset());
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (JsonGenerator out = FrameCodec.VALUES.createGenerator(bytes)) {
            out.copyCurrentStructureExact(in);
        }
        return bytes.toByteArray();
    }

    private List<Record.Header> headers(String path) throws IOException, FrameTokens.Wrong {
        tokens.expectArray(path);
        List<Record.Header> read = new ArrayList<>();
        while (in.nextToken() != JsonToken.END_ARRAY) {
            read.add(header(path + "[" + read.size() + "]"));
        }
        return read;
    }

    private Record.Header header(String path) throws IOException, FrameTokens.Wrong {
        tokens.expectArray(path);
        in.nextToken();
        text(path + "[0]");
        String name = in.getText();
        byte[] bytes = null;
        if (in.nextToken() == JsonToken.VALUE_NULL) {
            // of none, or of bytes behind it
        } else if (in.currentToken() == JsonToken.END_ARRAY) {
            throw tokens.wrong(path, "a header has a name and a value");
        } else {
            bytes = valueEncoding == Encoding.BASE64 ? binary(path + "[1]") : text(path + "[1]");
        }
        if (in.nextToken() != JsonToken.END_ARRAY) {
            if (bytes != null) {
                throw tokens.wrong(path, "a value is given in two ways");
            }
            bytes = binary(path + "[2]");
            if (in.nextToken() != JsonToken.END_ARRAY) {
                throw tokens.wrong(path, "expected at most three elements");
            }
        }
        return new Record.Header(name, bytes == null ? null : ByteBuffer.wrap(bytes));
    }
}
