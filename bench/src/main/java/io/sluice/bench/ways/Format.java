/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.bench.ways;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/** How frames of Sluice's WebSocket protocol are written. Made of maps, lists, text and numbers. */
enum Format {
    JSON("sluice.v1.json", WebSocket.TEXT, "{\"type\":\"".length()) {
        @Override
        byte[] encode(Map<String, ?> frame) {
            StringBuilder out = new StringBuilder();
            write(out, frame);
            return out.toString().getBytes(StandardCharsets.UTF_8);
        }

        @Override
        byte[] beforeValue(int size) {
            return "\"v\":\"".getBytes(StandardCharsets.US_ASCII);
        }
    },
    CBOR("sluice.v1.cbor", WebSocket.BINARY, 7) {
        @Override
        byte[] encode(Map<String, ?> frame) {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            write(out, frame);
            return out.toByteArray();
        }

        @Override
        byte[] beforeValue(int size) {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            write(out, "v");
            head(out, TEXT_STRING, size);
            return out.toByteArray();
        }
    };

    private static final int UNSIGNED = 0;
    private static final int TEXT_STRING = 3;
    private static final int ARRAY = 4;
    private static final int MAP = 5;

    final String protocol;
    final int opcode;
    /** Where the first letter of a frame's type stands, {@code type} being its first field. */
    final int kindAt;

    Format(String protocol, int opcode, int kindAt) {
        this.protocol = protocol;
        this.opcode = opcode;
        this.kindAt = kindAt;
    }

    abstract byte[] encode(Map<String, ?> frame);

    /** The bytes that stand before each value that is a text of {@code size} bytes, and nowhere else if values don't hold them. */
    abstract byte[] beforeValue(int size);

    /** A message as it goes over the wire. */
    byte[] message(Map<String, ?> frame) {
        return WebSocket.frame(opcode, encode(frame));
    }

    private static void write(StringBuilder out, Object value) {
        if (value instanceof Map<?, ?> map) {
            String before = "{";
            for (Map.Entry<?, ?> entry : map.entrySet()) {
                out.append(before);
                write(out, entry.getKey());
                out.append(':');
                write(out, entry.getValue());
                before = ",";
            }
            out.append('}');
        } else if (value instanceof List<?> list) {
            String before = "[";
            for (Object element : list) {
                out.append(before);
                write(out, element);
                before = ",";
            }
            out.append(']');
        } else if (value instanceof String text) {
            out.append('"').append(text).append('"');
        } else {
            out.append(value);
        }
    }

    private static void write(ByteArrayOutputStream out, Object value) {
        if (value instanceof Map<?, ?> map) {
            head(out, MAP, map.size());
            map.forEach((name, field) -> {
                write(out, name);
                write(out, field);
            });
        } else if (value instanceof List<?> list) {
            head(out, ARRAY, list.size());
            list.forEach(element -> write(out, element));
        } else if (value instanceof String text) {
            byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
            head(out, TEXT_STRING, utf8.length);
            out.writeBytes(utf8);
        } else {
            head(out, UNSIGNED, ((Number) value).longValue());
        }
    }

    private static void head(ByteArrayOutputStream out, int major, long number) {
        int type = major << 5;
        int bytes;
        if (number < 24) {
            out.write(type | (int) number);
            return;
        } else if (number < 1 << 8) {
            out.write(type | 24);
            bytes = 1;
        } else if (number < 1 << 16) {
            out.write(type | 25);
            bytes = 2;
        } else if (number < 1L << 32) {
            out.write(type | 26);
            bytes = 4;
        } else {
            out.write(type | 27);
            bytes = 8;
        }
        for (int i = bytes - 1; i >= 0; i--) {
            out.write((int) (number >> (8 * i)));
        }
    }
}
