/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.log.batch;

import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * A heap buffer that grows up to a limit and keeps its memory between uses. Not thread-safe.
 */
final class GrowableBuffer extends OutputStream {
    private static final int FIRST_BYTES = 1024;

    private final int maxBytes;
    private byte[] bytes = new byte[FIRST_BYTES];
    private int size;

    GrowableBuffer(int maxBytes) {
        this.maxBytes = maxBytes;
    }

    int size() {
        return size;
    }

    int capacity() {
        return bytes.length;
    }

    /** Empties it; the memory stays. */
    void clear() {
        size = 0;
    }

    byte[] array() {
        return bytes;
    }

    /** Room for {@code more} bytes behind the size, false if that is beyond the limit. */
    boolean reserve(int more) {
        long needed = (long) size + more;
        if (needed > maxBytes) {
            return false;
        }
        if (needed > bytes.length) {
            bytes = Arrays.copyOf(bytes, (int) Math.min(maxBytes, Math.max(needed, 2L * bytes.length)));
        }
        return true;
    }

    /** Bytes that could still come before the limit. */
    int remainingToLimit() {
        return maxBytes - size;
    }

    /** {@code count} bytes were put behind the size by way of {@link #array}. */
    void advance(int count) {
        size += count;
    }

    void put(byte value) {
        require(1);
        bytes[size++] = value;
    }

    void put(ByteBuffer from) {
        int length = from.remaining();
        require(length);
        from.get(from.position(), bytes, size, length);
        size += length;
    }

    @Override
    public void write(int value) {
        put((byte) value);
    }

    @Override
    public void write(byte[] from, int offset, int length) {
        require(length);
        System.arraycopy(from, offset, bytes, size, length);
        size += length;
    }

    ByteBuffer view() {
        return ByteBuffer.wrap(bytes, 0, size).slice();
    }

    private void require(int more) {
        if (!reserve(more)) {
            throw new IllegalStateException("larger than " + maxBytes + " bytes");
        }
    }
}
