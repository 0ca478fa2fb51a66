/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.log.segment;

import java.util.Arrays;

/**
 * Where the most recent batches of the active segment are, exactly: consumers and followers that keep up, and the high
 * watermark, are found here without reading the file.
 *
 * <p>Design note: a ring that is overwritten in place could not be read without a lock. Instead the arrays fill up once;
 * when {@link #MAX_BATCHES} are in, the newer half moves to new arrays, and snapshots of the old ones stay true.
 */
final class RecentBatches {
    static final int MAX_BATCHES = 1024;
    private static final int FIRST_BATCHES = 16;

    private long[] baseOffsets = new long[0];

    /** Position in the file in the upper half, last offset delta in the lower. */
    private long[] places = new long[0];

    private int count;

    void add(long baseOffset, int lastOffsetDelta, int position) {
        if (count == baseOffsets.length) {
            makeRoom();
        }
        baseOffsets[count] = baseOffset;
        places[count] = (long) position << 32 | lastOffsetDelta;
        count++;
    }

    private void makeRoom() {
        if (count < MAX_BATCHES) {
            int capacity = Math.max(FIRST_BATCHES, 2 * count);
            baseOffsets = Arrays.copyOf(baseOffsets, capacity);
            places = Arrays.copyOf(places, capacity);
            return;
        }
        int kept = MAX_BATCHES / 2;
        long[] newBaseOffsets = new long[MAX_BATCHES];
        long[] newPlaces = new long[MAX_BATCHES];
        System.arraycopy(baseOffsets, count - kept, newBaseOffsets, 0, kept);
        System.arraycopy(places, count - kept, newPlaces, 0, kept);
        baseOffsets = newBaseOffsets;
        places = newPlaces;
        count = kept;
    }

    Snapshot snapshot() {
        return new Snapshot(baseOffsets, places, count);
    }

    /** The batches at one moment, oldest first. */
    static final class Snapshot {
        static final Snapshot EMPTY = new Snapshot(new long[0], new long[0], 0);

        private final long[] baseOffsets;
        private final long[] places;
        private final int count;

        private Snapshot(long[] baseOffsets, long[] places, int count) {
            this.baseOffsets = baseOffsets;
            this.places = places;
            this.count = count;
        }

        /** True if every batch from {@code offset} to the end of the segment is here. */
        boolean covers(long offset) {
            return count > 0 && (offset >= baseOffsets[0] || position(0) == 0);
        }

        /** The first batch that ends at or behind {@code offset}; the count if there is none. Only if it {@link #covers}. */
        int firstEndingAtOrAfter(long offset) {
            int low = 0;
            int high = count;
            while (low < high) {
                int middle = (low + high) >>> 1;
                if (lastOffset(middle) < offset) {
                    low = middle + 1;
                } else {
                    high = middle;
                }
            }
            return low;
        }

        /** The batch at a position; -1 if there is none, or it is not recent. */
        int atPosition(int position) {
            int low = 0;
            int high = count - 1;
            while (low <= high) {
                int middle = (low + high) >>> 1;
                int found = position(middle);
                if (found == position) {
                    return middle;
                }
                if (found < position) {
                    low = middle + 1;
                } else {
                    high = middle - 1;
                }
            }
            return -1;
        }

        int count() {
            return count;
        }

        long baseOffset(int batch) {
            return baseOffsets[batch];
        }

        long lastOffset(int batch) {
            return baseOffsets[batch] + (int) places[batch];
        }

        int position(int batch) {
            return (int) (places[batch] >>> 32);
        }
    }
}
