/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.log.compaction;

/**
 * Hash of a key to the latest offset seen of it, in one array: open addressing with linear probing, never more than three
 * quarters full, nothing is ever removed. Not thread-safe.
 * <pre>
 *   slot = | hash, high 64 bits | hash, low 64 bits | offset + 1, 0 = empty |     24 bytes
 * </pre>
 */
final class KeyMap {
    /** Bytes of one slot. */
    static final int SLOT_BYTES = 24;

    private static final int SLOT_LONGS = 3;
    private static final int SMALLEST_SLOTS = 16;
    private static final int MOST_SLOTS = (Integer.MAX_VALUE - 8) / SLOT_LONGS;

    private final long[] slots;
    private final int slotCount;
    private final int maxKeys;
    private int keys;

    /**
     * @param maxBytes the most memory to take ({@code log.cleaner.dedupe.buffer.size})
     * @param expectedKeys at most so many keys are expected: no more memory is taken than they need
     */
    KeyMap(long maxBytes, long expectedKeys) {
        long wanted = Math.max(SMALLEST_SLOTS, expectedKeys + expectedKeys / 3 + 1);
        long allowed = Math.max(SMALLEST_SLOTS, maxBytes / SLOT_BYTES);
        this.slotCount = (int) Math.min(MOST_SLOTS, Math.min(wanted, allowed));
        this.maxKeys = (int) (slotCount * 3L / 4);
        this.slots = new long[slotCount * SLOT_LONGS];
    }

    /**
     * Notes an offset of a key, not below those noted before.
     *
     * @return false if the key is new and there is no room for it
     */
    boolean put(long high, long low, long offset) {
        int at = find(high, low);
        if (slots[at + 2] == 0) {
            if (keys >= maxKeys) {
                return false;
            }
            slots[at] = high;
            slots[at + 1] = low;
            keys++;
        }
        slots[at + 2] = offset + 1;
        return true;
    }

    /** The latest offset noted of a key, or -1. */
    long get(long high, long low) {
        return slots[find(high, low) + 2] - 1;
    }

    int keys() {
        return keys;
    }

    /** How many keys there is room for. */
    int maxKeys() {
        return maxKeys;
    }

    /** Bytes of memory taken. */
    long bytes() {
        return (long) slots.length * Long.BYTES;
    }

    /** Index of the key's slot, or of the empty one where it belongs. */
    private int find(long high, long low) {
        int slot = (int) (((high >>> 32) * slotCount) >>> 32);
        while (true) {
            int at = slot * SLOT_LONGS;
            if (slots[at + 2] == 0 || (slots[at] == high && slots[at + 1] == low)) {
                return at;
            }
            slot = slot + 1 == slotCount ? 0 : slot + 1;
        }
    }
}
