/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.http.record;

/**
 * The partition of a key, as Kafka's own clients choose it, so that records of one key meet whoever has sent them: MurmurHash2 (Austin Appleby, in the public
 * domain) with a fixed seed, without its sign, modulo the number of partitions.
 */
final class KeyPartition {
    private static final int SEED = 0x9747b28c;
    private static final int M = 0x5bd1e995;
    private static final int R = 24;

    private KeyPartition() {}

    static int of(byte[] key, int partitions) {
        return (hash(key) & Integer.MAX_VALUE) % partitions;
    }

    static int hash(byte[] bytes) {
        int hash = SEED ^ bytes.length;
        int at = 0;
        for (; at + Integer.BYTES <= bytes.length; at += Integer.BYTES) {
            int word = at(bytes, at) | (at(bytes, at + 1) << 8) | (at(bytes, at + 2) << 16) | (at(bytes, at + 3) << 24);
            word *= M;
            word ^= word >>> R;
            hash = (hash * M) ^ (word * M);
        }
        if (at < bytes.length) {
            for (int i = bytes.length - 1; i >= at; i--) {
                hash ^= at(bytes, i) << (8 * (i - at));
            }
            hash *= M;
        }
        hash ^= hash >>> 13;
        hash *= M;
        return hash ^ (hash >>> 15);
    }

    private static int at(byte[] bytes, int index) {
        return bytes[index] & 0xff;
    }
}
