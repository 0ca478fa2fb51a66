/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.log.segment;

import io.sluice.log.LogCorruptException;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * A segment's sparse index by offset and by time, in memory. An entry is made for the first batch that begins
 * {@code index.interval.bytes} or more behind the entry before it; the batch at position 0 needs none. The arrays only ever
 * grow at their end, so that a {@link Snapshot} taken by the writer stays true while the writer goes on: a reader on another
 * thread that got hold of it through a volatile field sees every entry below its count.
 */
public final class SegmentIndex {
    private static final int FIRST_ENTRIES = 16;

    /** Offset within the segment in the upper half, position in the file in the lower. */
    private long[] places;

    /** Largest timestamp of all batches before the entry's. */
    private long[] maxTimestampsBefore;

    private int count;
    private int bytesSinceEntry;

    public SegmentIndex() {
        this(new long[0], new long[0], 0);
    }

    private SegmentIndex(long[] places, long[] maxTimestampsBefore, int count) {
        this.places = places;
        this.maxTimestampsBefore = maxTimestampsBefore;
        this.count = count;
    }

    /** A batch was appended. */
    public void add(int relativeOffset, int position, int sizeInBytes, long maxTimestampBefore, int intervalBytes) {
        if (bytesSinceEntry > intervalBytes) {
            put(relativeOffset, position, maxTimestampBefore);
            bytesSinceEntry = 0;
        }
        bytesSinceEntry += sizeInBytes;
    }

    /** An entry as it was stored. */
    void put(int relativeOffset, int position, long maxTimestampBefore) {
        if (count == places.length) {
            int capacity = Math.max(FIRST_ENTRIES, 2 * count);
            places = Arrays.copyOf(places, capacity);
            maxTimestampsBefore = Arrays.copyOf(maxTimestampsBefore, capacity);
        }
        places[count] = (long) relativeOffset << 32 | position;
        maxTimestampsBefore[count] = maxTimestampBefore;
        count++;
    }

    /** A copy without the entries at or behind a position. */
    SegmentIndex cutAt(int position) {
        int kept = snapshot().floorByPosition(position - 1) + 1;
        return new SegmentIndex(Arrays.copyOf(places, kept), Arrays.copyOf(maxTimestampsBefore, kept), kept);
    }

    Snapshot snapshot() {
        return new Snapshot(places, maxTimestampsBefore, count);
    }

    /**
     * An index file's content, for tools.
     *
     * @param baseOffset of the segment
     * @param segmentBytes size of the segment that it was made for
     * @param maxTimestampMs largest timestamp in the segment, or -1
     */
    public record Stored(long baseOffset, int segmentBytes, long maxTimestampMs, Snapshot index) {}

    /**
     * Reads an index file's content.
     *
     * @param file its name, for the error
     * @throws LogCorruptException if it is not whole
     */
    public static Stored read(ByteBuffer content, String file) throws LogCorruptException {
        return IndexFile.read(content, file);
    }

    /** The index at one moment. An entry's number is its place from 0; -1 stands for the beginning of the segment. */
    public static final class Snapshot {
        private final long[] places;
        private final long[] maxTimestampsBefore;
        private final int count;

        private Snapshot(long[] places, long[] maxTimestampsBefore, int count) {
            this.places = places;
            this.maxTimestampsBefore = maxTimestampsBefore;
            this.count = count;
        }

        public int count() {
            return count;
        }

        public int relativeOffset(int entry) {
            return entry < 0 ? 0 : (int) (places[entry] >>> 32);
        }

        public int position(int entry) {
            return entry < 0 ? 0 : (int) places[entry];
        }

        public long maxTimestampBefore(int entry) {
            return entry < 0 ? Long.MIN_VALUE : maxTimestampsBefore[entry];
        }

        /** The last entry at or before an offset. */
        public int floorByOffset(int relativeOffset) {
            return lastWhere(entry -> relativeOffset(entry) <= relativeOffset);
        }

        /** The last entry at or before a position. */
        public int floorByPosition(int position) {
            return lastWhere(entry -> position(entry) <= position);
        }

        /** The last entry that has only smaller timestamps before it. */
        public int floorByTime(long timestampMs) {
            return lastWhere(entry -> maxTimestampsBefore[entry] < timestampMs);
        }

        private int lastWhere(java.util.function.IntPredicate holds) {
            int low = 0;
            int high = count;
            while (low < high) {
                int middle = (low + high) >>> 1;
                if (holds.test(middle)) {
                    low = middle + 1;
                } else {
                    high = middle;
                }
            }
            return low - 1;
        }
    }
}
