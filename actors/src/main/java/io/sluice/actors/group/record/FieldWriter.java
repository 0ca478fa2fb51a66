/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.actors.group.record;

import io.sluice.actors.group.Bytes;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.UUID;

/** Writes the primitive types of Kafka's messages, big-endian. Strings have an int16 length, bytes an int32 length, -1 for null. */
final class FieldWriter {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream(128);

    FieldWriter int16(int value) {
        out.write(value >>> 8);
        out.write(value);
        return this;
    }

    FieldWriter int32(int value) {
        return int16(value >>> 16).int16(value);
    }

    FieldWriter int64(long value) {
        return int32((int) (value >>> 32)).int32((int) value);
    }

    FieldWriter uuid(UUID value) {
        return int64(value.getMostSignificantBits()).int64(value.getLeastSignificantBits());
    }

    FieldWriter unsignedVarint(int value) {
        int rest = value;
        while ((rest & ~0x7f) != 0) {
            out.write((rest & 0x7f) | 0x80);
            rest >>>= 7;
        }
        out.write(rest);
        return this;
    }

    FieldWriter string(String value) {
        if (value == null) {
            return int16(-1);
        }
        byte[] utf8 = value.getBytes(StandardCharsets.UTF_8);
        if (utf8.length > Short.MAX_VALUE) {
            throw new IllegalArgumentException("A string of " + utf8.length + " bytes; at most 32767 fit a record");
        }
        int16(utf8.length);
        out.writeBytes(utf8);
        return this;
    }

    /** A string of a flexible version: its length + 1 as a varint. */
    FieldWriter compactString(String value) {
        byte[] utf8 = value.getBytes(StandardCharsets.UTF_8);
        unsignedVarint(utf8.length + 1);
        out.writeBytes(utf8);
        return this;
    }

    FieldWriter bytes(Bytes value) {
        int32(value.length());
        out.writeBytes(value.array());
        return this;
    }

    byte[] toByteArray() {
        return out.toByteArray();
    }
}
