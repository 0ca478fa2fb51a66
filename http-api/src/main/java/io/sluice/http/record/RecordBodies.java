/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.http.record;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.BinaryNode;
import com.fasterxml.jackson.databind.node.JsonNodeType;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.sluice.http.route.Json;
import io.sluice.http.route.JsonBody;
import io.sluice.http.route.Problem;
import io.sluice.http.route.ProblemException;
import io.sluice.log.batch.Record;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Reads the records of a body: an array, an object with an array {@code records}, or one record a line.
 *
 * <pre>
 *   {"key": "k", "value": "v", "headers": [{"key": "h", "value": "x"}], "partition": 0, "timestamp": 1795242000000}
 * </pre>
 *
 * Every member may be left out; {@code keyBase64} and {@code valueBase64} stand for bytes of any kind; headers may also be an object of texts.
 */
final class RecordBodies {
    private static final Set<String> MEMBERS =
            Set.of("key", "keyBase64", "value", "valueBase64", "headers", "partition", "timestamp");

    private final byte[] body;
    private final Encoding key;
    private final Encoding value;
    private int index;

    private RecordBodies(byte[] body, Encoding key, Encoding value) {
        this.body = body;
        this.key = key;
        this.value = value;
    }

    /**
     * All of them, in their order; at least one.
     *
     * @param lines one record a line; else one JSON value
     * @throws ProblemException that names the first record at fault
     */
    static List<NewRecord> parse(byte[] body, boolean lines, Encoding key, Encoding value) {
        List<NewRecord> records = parse(body, lines, 0, key, value);
        if (records.isEmpty()) {
            throw JsonBody.bad("The body has no record.");
        }
        return records;
    }

    /**
     * Some lines of a body.
     *
     * @param first number of the first record
     */
    static List<NewRecord> lines(byte[] lines, int first, Encoding key, Encoding value) {
        return parse(lines, true, first, key, value);
    }

    private static List<NewRecord> parse(byte[] body, boolean lines, int first, Encoding key, Encoding value) {
        RecordBodies bodies = new RecordBodies(body, key, value);
        bodies.index = first;
        try (JsonParser in = Json.SEQUENCES.createParser(body)) {
            return lines ? bodies.lines(in) : bodies.array(in);
        } catch (JsonProcessingException e) {
            throw JsonBody.bad(
                    "Record " + bodies.index + " of the body, counted from 0, is no JSON: " + Json.fault(e) + ".");
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private List<NewRecord> lines(JsonParser in) throws IOException {
        List<NewRecord> records = new ArrayList<>();
        while (in.nextToken() != null) {
            records.add(record(in));
            index++;
        }
        return records;
    }

    private List<NewRecord> array(JsonParser in) throws IOException {
        JsonToken first = in.nextToken();
        boolean wrapped = first == JsonToken.START_OBJECT;
        if (wrapped
                && (in.nextToken() != JsonToken.FIELD_NAME || !in.currentName().equals("records"))) {
            throw shape();
        }
        if ((wrapped ? in.nextToken() : first) != JsonToken.START_ARRAY) {
            throw shape();
        }
        List<NewRecord> records = new ArrayList<>();
        while (in.nextToken() != JsonToken.END_ARRAY) {
            records.add(record(in));
            index++;
        }
        if (wrapped && in.nextToken() != JsonToken.END_OBJECT) {
            throw shape();
        }
        if (in.nextToken() != null) {
            throw shape();
        }
        return records;
    }

    private static ProblemException shape() {
        return JsonBody.bad(
                "The body must be an array of records, or an object with nothing but an array records; one record a line is application/x-ndjson.");
    }

    private NewRecord record(JsonParser in) throws IOException {
        if (in.currentToken() != JsonToken.START_OBJECT) {
            throw bad("must be an object");
        }
        ObjectNode node = Json.MAPPER.createObjectNode();
        while (in.nextToken() == JsonToken.FIELD_NAME) {
            String name = in.currentName();
            if (!MEMBERS.contains(name)) {
                throw bad("has a member " + Problem.quoted(name)
                        + "; only key, value, headers, partition and timestamp are known");
            }
            if (node.has(name)) {
                throw bad("has more than one " + name);
            }
            boolean raw = in.nextToken() != JsonToken.VALUE_NULL && isJson(name);
            node.set(name, raw ? BinaryNode.valueOf(asItStands(in)) : in.readValueAsTree());
        }
        return new NewRecord(
                (int) number(node, "partition", NewRecord.ANY_PARTITION, Integer.MAX_VALUE),
                number(node, "timestamp", NewRecord.NOW, Long.MAX_VALUE),
                bytes(node, "key", key),
                bytes(node, "value", value),
                headers(node.path("headers")));
    }

    private boolean isJson(String name) {
        return (name.equals("key") && key == Encoding.JSON) || (name.equals("value") && value == Encoding.JSON);
    }

    /** No number loses a digit. */
    private byte[] asItStands(JsonParser in) throws IOException {
        int from = (int) in.currentTokenLocation().getByteOffset();
        in.skipChildren();
        in.finishToken();
        return Arrays.copyOfRange(body, from, (int) in.currentLocation().getByteOffset());
    }

    private ProblemException bad(String what) {
        return JsonBody.bad("Record " + index + " of the body, counted from 0, " + what + ".");
    }

    private long number(JsonNode node, String name, long otherwise, long max) {
        JsonNode number = node.path(name);
        if (number.isMissingNode() || number.isNull()) {
            return otherwise;
        }
        if (!number.isIntegralNumber()
                || !number.canConvertToLong()
                || number.longValue() < 0
                || number.longValue() > max) {
            throw bad("has a " + name + " that is no whole number from 0 on");
        }
        return number.longValue();
    }

    private byte[] bytes(JsonNode node, String name, Encoding encoding) throws IOException {
        JsonNode raw = node.path(name + "Base64");
        JsonNode plain = node.path(name);
        if (!raw.isMissingNode()) {
            if (!plain.isMissingNode()) {
                throw bad("has both " + name + " and " + name + "Base64");
            }
            return base64(raw, name + "Base64");
        } else if (plain.isMissingNode() || plain.isNull()) {
            return null;
        }
        return switch (encoding) {
            case JSON -> plain.binaryValue();
            case BASE64 -> base64(plain, name);
            case UTF8 -> {
                if (!plain.isTextual()) {
                    throw bad("has a " + name + " that is no text (with " + name + "=json it may be any JSON)");
                }
                yield text(plain, name);
            }
        };
    }

    private byte[] text(JsonNode node, String name) {
        byte[] bytes = Encoding.utf8(node.textValue());
        if (bytes == null) {
            throw bad("has a " + name + " with half of a character (an unpaired surrogate), which is no UTF-8");
        }
        return bytes;
    }

    private byte[] base64(JsonNode node, String name) {
        try {
            if (node.isTextual()) {
                return node.binaryValue();
            }
        } catch (IOException e) {
            // told below
        }
        throw bad("has a " + name + " that is no base64");
    }

    private List<Record.Header> headers(JsonNode node) throws IOException {
        List<Record.Header> headers = new ArrayList<>();
        if (node.isMissingNode() || node.isNull()) {
            return headers;
        }
        if (node.isArray()) {
            for (JsonNode header : node) {
                if (!header.isObject() || header.path("key").getNodeType() != JsonNodeType.STRING) {
                    throw bad("has a header that is no object with a text key");
                }
                text(header.path("key"), "header");
                headers.add(header(header.path("key").textValue(), bytes(header, "value", Encoding.UTF8)));
            }
        } else if (node.isObject()) {
            for (Map.Entry<String, JsonNode> header : node.properties()) {
                if (!header.getValue().isTextual() && !header.getValue().isNull()) {
                    throw bad("has a header " + Problem.quoted(header.getKey()) + " whose value is no text");
                }
                text(TextNode.valueOf(header.getKey()), "header");
                headers.add(
                        header(header.getKey(), header.getValue().isNull() ? null : text(header.getValue(), "header")));
            }
        } else {
            throw bad("has headers that are neither an array nor an object");
        }
        return headers;
    }

    private static Record.Header header(String name, byte[] value) {
        return new Record.Header(name, value == null ? null : ByteBuffer.wrap(value));
    }
}
