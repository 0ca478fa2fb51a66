/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.log.compaction;

import io.sluice.log.SegmentSummary;
import java.util.List;

/**
 * What one compaction is to look at. Immutable.
 *
 * @param segments the segments that may be cleaned, oldest first: from the log's start on, without a gap
 * @param firstDirtyOffset keys of the records from it on are gathered; below it no key has two records
 * @param endOffset end of the last segment
 * @param dirtyRatio bytes not compacted yet / bytes of all these segments
 * @param nowMs the broker's time: delete horizons are reckoned from it
 */
public record CompactionPlan(
        List<SegmentSummary> segments, long firstDirtyOffset, long endOffset, double dirtyRatio, long nowMs) {
    public CompactionPlan {
        segments = List.copyOf(segments);
    }
}
