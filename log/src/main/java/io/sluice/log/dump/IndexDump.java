/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.log.dump;

import java.util.List;

/**
 * What is in a segment's index file.
 *
 * @param baseOffset of the segment
 * @param segmentBytes size of the segment that it was made for
 * @param maxTimestampMs largest timestamp in the segment, or -1
 * @param entries in the order of the file
 */
public record IndexDump(long baseOffset, int segmentBytes, long maxTimestampMs, List<Entry> entries) {
    public IndexDump {
        entries = List.copyOf(entries);
    }

    /**
     * One entry.
     *
     * @param offset base offset of a batch
     * @param position its position in the segment's file
     * @param maxTimestampBeforeMs largest timestamp of all batches before it
     */
    public record Entry(long offset, int position, long maxTimestampBeforeMs) {}
}
