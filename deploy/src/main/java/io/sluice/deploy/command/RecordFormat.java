/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.deploy.command;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;

/**
 * How a record is written to stdout.
 *
 * <ul>
 *   <li>{@code value}: the value's bytes and a line feed, what {@code produce} reads;
 *   <li>{@code json}: one object a line; text that is not UTF-8 is {@code {"base64": "..."}};
 *   <li>anything else is a template: <code>{partition} {offset} {timestamp} {time} {key} {value} {headers}</code> are replaced, {@code \t}, {@code \n} and
 *       {@code \\} mean what they do in Java; a line feed follows each record.
 * </ul>
 */
interface RecordFormat {
    void write(ConsumerRecord<byte[], byte[]> record, OutputStream out) throws IOException;

    /** @throws IllegalArgumentException in words, if the template names something that a record does not have */
    static RecordFormat of(String text) {
        return switch (text) {
            case "value" -> RecordFormat::writeValue;
            case "json" -> RecordFormat::writeJson;
            default -> template(text);
        };
    }

    private static void writeValue(ConsumerRecord<byte[], byte[]> record, OutputStream out) throws IOException {
        if (record.value() != null) {
            out.write(record.value());
        }
        endLine(record, out);
    }

    private static void endLine(ConsumerRecord<byte[], byte[]> record, OutputStream out) throws IOException {
        if (record.headers().lastHeader(ProduceCommand.UNTERMINATED) == null) {
            out.write('\n');
        }
    }

    private static void writeJson(ConsumerRecord<byte[], byte[]> record, OutputStream out) throws IOException {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("topic", record.topic());
        json.put("partition", record.partition());
        json.put("offset", record.offset());
        json.put("timestamp", record.timestamp());
        json.put("key", text(record.key()));
        json.put("value", text(record.value()));
        List<Map<String, Object>> headers = new ArrayList<>();
        for (Header header : record.headers()) {
            Map<String, Object> one = new LinkedHashMap<>();
            one.put("key", header.key());
            one.put("value", text(header.value()));
            headers.add(one);
        }
        json.put("headers", headers);
        out.write(Json.MAPPER.writeValueAsBytes(json));
        out.write('\n');
    }

    /** Loaded only where it is needed. */
    final class Json {
        private static final ObjectMapper MAPPER = new ObjectMapper();

        private Json() {}
    }

    private static Object text(byte[] bytes) {
        if (bytes == null) {
            return null;
        }
        try {
            return UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
        } catch (CharacterCodingException e) {
            return Map.of("base64", Base64.getEncoder().encodeToString(bytes));
        }
    }

    private static RecordFormat template(String text) {
        String plain = text.replace("\\\\", "\u0000")
                .replace("\\t", "\t")
                .replace("\\n", "\n")
                .replace("\u0000", "\\");
        Matcher field = Pattern.compile("\\{([a-z]+)}").matcher(plain);
        List<RecordFormat> parts = new ArrayList<>();
        int at = 0;
        while (field.find()) {
            parts.add(literal(plain.substring(at, field.start())));
            parts.add(field(field.group(1)));
            at = field.end();
        }
        if (parts.isEmpty()) {
            throw new IllegalArgumentException(
                    "\"" + text + "\" is not value, json or a template such as \"{offset} {key} {value}\"");
        }
        parts.add(literal(plain.substring(at)));
        return (record, out) -> {
            for (RecordFormat part : parts) {
                part.write(record, out);
            }
            endLine(record, out);
        };
    }

    private static RecordFormat literal(String text) {
        byte[] bytes = text.getBytes(UTF_8);
        return (record, out) -> out.write(bytes);
    }

    private static RecordFormat field(String name) {
        return switch (name) {
            case "topic" -> (record, out) -> out.write(record.topic().getBytes(UTF_8));
            case "partition" -> (record, out) -> out.write(ascii(record.partition()));
            case "offset" -> (record, out) -> out.write(ascii(record.offset()));
            case "timestamp" -> (record, out) -> out.write(ascii(record.timestamp()));
            case "time" ->
                (record, out) -> out.write(
                        Instant.ofEpochMilli(record.timestamp()).toString().getBytes(UTF_8));
            case "key" -> (record, out) -> out.write(orEmpty(record.key()));
            case "value" -> (record, out) -> out.write(orEmpty(record.value()));
            case "headers" -> RecordFormat::writeHeaders;
            default ->
                throw new IllegalArgumentException(
                        "{" + name
                                + "} is unknown: a record has topic, partition, offset, timestamp, time, key, value and headers");
        };
    }

    private static void writeHeaders(ConsumerRecord<byte[], byte[]> record, OutputStream out) throws IOException {
        String between = "";
        for (Header header : record.headers()) {
            out.write((between + header.key() + "=").getBytes(UTF_8));
            out.write(orEmpty(header.value()));
            between = ",";
        }
    }

    private static byte[] ascii(long number) {
        return Long.toString(number).getBytes(UTF_8);
    }

    private static byte[] orEmpty(byte[] bytes) {
        return bytes == null ? new byte[0] : bytes;
    }
}
