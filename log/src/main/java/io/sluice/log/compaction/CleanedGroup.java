/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.log.compaction;

import io.sluice.log.segment.Segment;
import java.util.List;

/**
 * A run of neighbouring segments and the cleaned one that replaces them, written and forced under the name
 * {@link SegmentSwap#cleanedName}.
 *
 * @param replaced oldest first
 * @param replacedBytes bytes of each when it was read
 * @param endOffset end of the last segment replaced
 * @param cleaned has the base offset of the first
 */
public record CleanedGroup(List<Segment> replaced, List<Integer> replacedBytes, long endOffset, Segment cleaned) {
    public CleanedGroup {
        replaced = List.copyOf(replaced);
        replacedBytes = List.copyOf(replacedBytes);
    }

    /** Base offset of the cleaned segment. */
    public long baseOffset() {
        return cleaned.baseOffset();
    }
}
