/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.log;

/**
 * What retention and compaction need to know of one segment. Immutable.
 *
 * @param baseOffset its name
 * @param endOffset the base offset of the next segment; of the last one the log end offset
 * @param sizeBytes bytes of its batches
 * @param maxTimestampMs largest timestamp of its records, milliseconds since the epoch, or -1 if none has any
 */
public record SegmentSummary(long baseOffset, long endOffset, long sizeBytes, long maxTimestampMs) {
    public SegmentSummary {
        if (baseOffset < 0 || endOffset < baseOffset || sizeBytes < 0) {
            throw new IllegalArgumentException(
                    "segment " + baseOffset + ".." + endOffset + " with " + sizeBytes + " bytes");
        }
    }
}
