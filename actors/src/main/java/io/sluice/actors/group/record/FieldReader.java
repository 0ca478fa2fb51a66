/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.actors.group.record;

import io.sluice.actors.group.Bytes;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.UUID;

/** Reads what {@link FieldWriter} writes. Throws {@link MalformedRecordException} where the bytes make no sense. */
final class FieldReader {
    private final ByteBuffer in;

    /** @param in not moved */
    FieldReader(ByteBuffer in) {
        this.in = in.slice();
    }

    int int16() {
        need(Short.BYTES);
        return in.getShort();
    }

    int int32() {
        need(Integer.BYTES);
        return in.getInt();
    }

    long int64() {
        need(Long.BYTES);
        return in.getLong();
    }

    UUID uuid() {
        return new UUID(int64(), int64());
    }

    int unsignedVarint() {
        int value = 0;
        for (int shift = 0; shift < 35; shift += 7) {
            need(1);
            byte b = in.get();
            value |= (b & 0x7f) << shift;
            if (b >= 0) {
                return value;
            }
        }
        throw new MalformedRecordException("a varint of more than five bytes");
    }

    /** Null where the length is -1. */
    String nullableString() {
        int length = int16();
        return length == -1 ? null : utf8(length);
    }

    String string() {
        return utf8(int16());
    }

    String compactString() {
        return utf8(unsignedVarint() - 1);
    }

    /** Null where the length is 0. */
    String compactNullableString() {
        int length = unsignedVarint();
        return length == 0 ? null : utf8(length - 1);
    }

    Bytes bytes() {
        return Bytes.of(take(int32()));
    }

    Bytes compactBytes() {
        return Bytes.of(take(unsignedVarint() - 1));
    }

    void skip(int length) {
        need(length);
        in.position(in.position() + length);
    }

    /** Bytes left. */
    int remaining() {
        return in.remaining();
    }

    private String utf8(int length) {
        return new String(take(length), StandardCharsets.UTF_8);
    }

    private byte[] take(int length) {
        need(length);
        byte[] taken = new byte[length];
        in.get(taken);
        return taken;
    }

    private void need(int length) {
        if (length < 0 || length > in.remaining()) {
            throw new MalformedRecordException(
                    "needs " + length + " bytes at " + in.position() + ", has " + in.remaining());
        }
    }
}
