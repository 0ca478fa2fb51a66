/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.cluster.metadata;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Function;

/**
 * Reads the field types of {@link MetadataCodec} from a buffer. Bytes that end too early are a
 * {@link java.nio.BufferUnderflowException}, sizes that can't be a {@link MetadataFormatException}.
 */
public final class ByteReader {
    private static final int SIZE_MAX = 1 << 24;

    private final ByteBuffer in;

    public ByteReader(ByteBuffer in) {
        this.in = in;
    }

    public byte i8() {
        return in.get();
    }

    public short i16() {
        return in.getShort();
    }

    public int i32() {
        return in.getInt();
    }

    public long i64() {
        return in.getLong();
    }

    public UUID uuid() {
        return new UUID(in.getLong(), in.getLong());
    }

    /** Null where null was written. */
    public String string() {
        int length = in.getInt();
        if (length == -1) {
            return null;
        }
        if (length < 0 || length > in.remaining()) {
            throw new MetadataFormatException("a text of " + length + " bytes, with " + in.remaining() + " left");
        }
        byte[] bytes = new byte[length];
        in.get(bytes);
        return new String(bytes, StandardCharsets.UTF_8);
    }

    public byte[] bytes() {
        int length = in.getInt();
        if (length < 0 || length > in.remaining()) {
            throw new MetadataFormatException(length + " bytes, with " + in.remaining() + " left");
        }
        byte[] bytes = new byte[length];
        in.get(bytes);
        return bytes;
    }

    public List<Integer> i32List() {
        Integer[] list = new Integer[Math.min(count(), in.remaining() / Integer.BYTES)];
        for (int i = 0; i < list.length; i++) {
            list[i] = in.getInt();
        }
        return List.of(list);
    }

    /** Elements behind their count. */
    public <T> List<T> list(Function<ByteReader, T> element) {
        List<T> list = new ArrayList<>();
        for (int i = count(); i > 0; i--) {
            list.add(element.apply(this));
        }
        return Collections.unmodifiableList(list);
    }

    public Map<String, String> map() {
        Map<String, String> map = new TreeMap<>();
        for (int i = count(); i > 0; i--) {
            map.put(string(), string());
        }
        return Collections.unmodifiableMap(map);
    }

    public int count() {
        int count = in.getInt();
        if (count < 0 || count > SIZE_MAX) {
            throw new MetadataFormatException("a count of " + count);
        }
        return count;
    }
}
