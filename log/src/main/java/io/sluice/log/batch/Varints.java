/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.log.batch;

import java.nio.ByteBuffer;

/** Zig-zag variable-length integers, as records use them: 7 bits a byte, low bits first, the top bit says that more follows. */
final class Varints {
    private Varints() {}

    /** @throws CorruptBatchException if it is longer than 5 bytes; {@link java.nio.BufferUnderflowException} if it is cut */
    static int readInt(ByteBuffer buffer) throws CorruptBatchException {
        int raw = 0;
        for (int shift = 0; shift < 35; shift += 7) {
            byte b = buffer.get();
            raw |= (b & 0x7f) << shift;
            if (b >= 0) {
                return (raw >>> 1) ^ -(raw & 1);
            }
        }
        throw new CorruptBatchException("a 32-bit variable-length integer is longer than 5 bytes");
    }

    static long readLong(ByteBuffer buffer) throws CorruptBatchException {
        long raw = 0;
        for (int shift = 0; shift < 70; shift += 7) {
            byte b = buffer.get();
            raw |= (long) (b & 0x7f) << shift;
            if (b >= 0) {
                return (raw >>> 1) ^ -(raw & 1);
            }
        }
        throw new CorruptBatchException("a 64-bit variable-length integer is longer than 10 bytes");
    }

    static void writeInt(GrowableBuffer out, int value) {
        int raw = (value << 1) ^ (value >> 31);
        while ((raw & ~0x7f) != 0) {
            out.put((byte) (raw | 0x80));
            raw >>>= 7;
        }
        out.put((byte) raw);
    }

    static void writeLong(GrowableBuffer out, long value) {
        long raw = (value << 1) ^ (value >> 63);
        while ((raw & ~0x7fL) != 0) {
            out.put((byte) (raw | 0x80));
            raw >>>= 7;
        }
        out.put((byte) raw);
    }

    static int sizeOf(long value) {
        long raw = (value << 1) ^ (value >> 63);
        return Math.max(1, (70 - Long.numberOfLeadingZeros(raw)) / 7);
    }
}
