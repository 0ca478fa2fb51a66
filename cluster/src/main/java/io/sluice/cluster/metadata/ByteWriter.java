/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.cluster.metadata;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.BiConsumer;

/** Writes the field types of {@link MetadataCodec} into a buffer that grows; {@link ByteReader} reads them. */
public final class ByteWriter {
    private ByteBuffer buffer = ByteBuffer.allocate(256);

    public ByteWriter i8(int value) {
        room(1).put((byte) value);
        return this;
    }

    public ByteWriter i16(int value) {
        room(2).putShort((short) value);
        return this;
    }

    public ByteWriter i32(int value) {
        room(4).putInt(value);
        return this;
    }

    public ByteWriter i64(long value) {
        room(8).putLong(value);
        return this;
    }

    public ByteWriter uuid(UUID value) {
        return i64(value.getMostSignificantBits()).i64(value.getLeastSignificantBits());
    }

    /** May be null. */
    public ByteWriter string(String value) {
        if (value == null) {
            return i32(-1);
        }
        byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
        i32(bytes.length);
        room(bytes.length).put(bytes);
        return this;
    }

    /** Bytes behind their count. */
    public ByteWriter bytes(byte[] value) {
        i32(value.length);
        room(value.length).put(value);
        return this;
    }

    public ByteWriter i32List(List<Integer> values) {
        i32(values.size());
        values.forEach(this::i32);
        return this;
    }

    public ByteWriter map(Map<String, String> values) {
        i32(values.size());
        new TreeMap<>(values).forEach((key, value) -> string(key).string(value));
        return this;
    }

    /** Elements behind their count. */
    public <T> ByteWriter list(List<T> values, BiConsumer<ByteWriter, T> element) {
        i32(values.size());
        values.forEach(value -> element.accept(this, value));
        return this;
    }

    public byte[] toBytes() {
        return Arrays.copyOf(buffer.array(), buffer.position());
    }

    private ByteBuffer room(int bytes) {
        if (buffer.remaining() < bytes) {
            int size = Math.max(buffer.capacity() * 2, buffer.position() + bytes);
            buffer = ByteBuffer.allocate(size).put(buffer.flip());
        }
        return buffer;
    }
}
