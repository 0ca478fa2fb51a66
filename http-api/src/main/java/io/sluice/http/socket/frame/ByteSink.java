/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.http.socket.frame;

import akka.util.ByteString;
import java.io.OutputStream;
import java.util.Arrays;

/** An array that grows while it is written, and is given away without a copy. Not thread-safe. */
final class ByteSink extends OutputStream {
    private byte[] bytes;
    private int size;

    ByteSink(int expectedBytes) {
        bytes = new byte[Math.max(16, expectedBytes)];
    }

    @Override
    public void write(int b) {
        ensure(1);
        bytes[size++] = (byte) b;
    }

    @Override
    public void write(byte[] source, int from, int length) {
        ensure(length);
        System.arraycopy(source, from, bytes, size, length);
        size += length;
    }

    private void ensure(int more) {
        int needed = Math.addExact(size, more);
        if (needed > bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.max(needed, (int) Math.min(Integer.MAX_VALUE - 8L, bytes.length * 2L)));
        }
    }

    /** What was written; nothing may be written after it. */
    ByteString toByteString() {
        return ByteString.fromArrayUnsafe(bytes, 0, size);
    }

    /** The same without unused memory behind it: for what is kept. */
    ByteString toCompactByteString() {
        return ByteString.fromArrayUnsafe(bytes.length - size > size / 8 ? Arrays.copyOf(bytes, size) : bytes, 0, size);
    }
}
