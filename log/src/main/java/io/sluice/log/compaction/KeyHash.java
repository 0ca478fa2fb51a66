/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.log.compaction;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * A 128-bit hash of a record's key: MurmurHash3 (x64, 128 bits; public domain, Austin Appleby) with a seed. Two keys with the same
 * hash would count as one, so the width makes that a matter of 2^-64 even for billions of keys, and a seed drawn for each
 * compaction keeps anyone from preparing such a pair. Reused from key to key; not thread-safe.
 */
final class KeyHash {
    private static final long C1 = 0x87c37b91114253d5L;
    private static final long C2 = 0x4cf5ad432745937fL;

    private final long seed;
    private long h1;
    private long h2;

    KeyHash(long seed) {
        this.seed = seed;
    }

    /** First half of the last hash. */
    long high() {
        return h1;
    }

    /** Second half of the last hash. */
    long low() {
        return h2;
    }

    /** Hashes from position to limit, which stay as they are. */
    void of(ByteBuffer key) {
        ByteBuffer in = key.duplicate().order(ByteOrder.LITTLE_ENDIAN);
        h1 = seed;
        h2 = seed;
        int length = in.remaining();
        while (in.remaining() >= 16) {
            block(in.getLong(), in.getLong());
        }
        tail(in);
        h1 ^= length;
        h2 ^= length;
        h1 += h2;
        h2 += h1;
        h1 = mix(h1);
        h2 = mix(h2);
        h1 += h2;
        h2 += h1;
    }

    private void block(long k1, long k2) {
        h1 ^= Long.rotateLeft(k1 * C1, 31) * C2;
        h1 = (Long.rotateLeft(h1, 27) + h2) * 5 + 0x52dce729;
        h2 ^= Long.rotateLeft(k2 * C2, 33) * C1;
        h2 = (Long.rotateLeft(h2, 31) + h1) * 5 + 0x38495ab5;
    }

    private void tail(ByteBuffer in) {
        long k1 = 0;
        long k2 = 0;
        for (int i = 0; in.hasRemaining(); i++) {
            long b = in.get() & 0xffL;
            if (i < 8) {
                k1 |= b << (8 * i);
            } else {
                k2 |= b << (8 * (i - 8));
            }
        }
        h2 ^= Long.rotateLeft(k2 * C2, 33) * C1;
        h1 ^= Long.rotateLeft(k1 * C1, 31) * C2;
    }

    private static long mix(long value) {
        long k = value;
        k = (k ^ (k >>> 33)) * 0xff51afd7ed558ccdL;
        k = (k ^ (k >>> 33)) * 0xc4ceb9fe1a85ec53L;
        return k ^ (k >>> 33);
    }
}
