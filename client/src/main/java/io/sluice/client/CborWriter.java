/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.client;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Writes CBOR (RFC 8949) with definite lengths and the shortest heads. Not thread-safe. */
final class CborWriter {
    private static final int UNSIGNED = 0;
    private static final int NEGATIVE = 1;
    private static final int BYTES = 2;
    private static final int TEXT = 3;
    private static final int ARRAY = 4;
    private static final int MAP = 5;

    private byte[] buffer;
    private int size;

    CborWriter(int expectedBytes) {
        buffer = new byte[Math.max(16, expectedBytes)];
    }

    CborWriter map(int pairs) {
        head(MAP, pairs);
        return this;
    }

    CborWriter array(int elements) {
        head(ARRAY, elements);
        return this;
    }

    CborWriter text(String text) {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        head(TEXT, utf8.length);
        raw(utf8);
        return this;
    }

    /** Null is written as null. */
    CborWriter bytes(byte[] bytes) {
        if (bytes == null) {
            return nothing();
        }
        head(BYTES, bytes.length);
        raw(bytes);
        return this;
    }

    CborWriter number(long number) {
        if (number < 0) {
            head(NEGATIVE, ~number);
        } else {
            head(UNSIGNED, number);
        }
        return this;
    }

    CborWriter bool(boolean value) {
        room(1);
        buffer[size++] = (byte) (value ? 0xf5 : 0xf4);
        return this;
    }

    CborWriter nothing() {
        room(1);
        buffer[size++] = (byte) 0xf6;
        return this;
    }

    private void head(int major, long argument) {
        room(9);
        int high = major << 5;
        if (argument < 24) {
            buffer[size++] = (byte) (high | (int) argument);
        } else if (argument < 1 << 8) {
            buffer[size++] = (byte) (high | 24);
            big(argument, 1);
        } else if (argument < 1 << 16) {
            buffer[size++] = (byte) (high | 25);
            big(argument, 2);
        } else if (argument < 1L << 32) {
            buffer[size++] = (byte) (high | 26);
            big(argument, 4);
        } else {
            buffer[size++] = (byte) (high | 27);
            big(argument, 8);
        }
    }

    private void big(long value, int bytes) {
        for (int i = bytes - 1; i >= 0; i--) {
            buffer[size++] = (byte) (value >>> (8 * i));
        }
    }

    private void raw(byte[] bytes) {
        room(bytes.length);
        System.arraycopy(bytes, 0, buffer, size, bytes.length);
        size += bytes.length;
    }

    private void room(int more) {
        if (more > buffer.length - size) {
            buffer = Arrays.copyOf(buffer, Math.max(buffer.length * 2, size + more));
        }
    }

    byte[] toByteArray() {
        return Arrays.copyOf(buffer, size);
    }
}
