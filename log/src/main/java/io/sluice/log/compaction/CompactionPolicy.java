/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.log.compaction;

import io.sluice.log.LogConfig;
import io.sluice.log.SegmentSummary;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Decides whether a log is due for compaction, and which of its segments. Pure but for one question about a timestamp.
 * <pre>
 *   log start          firstDirty                    end                       log end
 *       |----- clean -----|----------- dirty ----------|-- may not be cleaned -----|
 *                                                      : active segment, not committed,
 *                                                      : or younger than min.compaction.lag.ms
 * </pre>
 * It is due when dirty / (clean + dirty) bytes reach {@code min.cleanable.dirty.ratio}, or the oldest dirty record is older than
 * {@code max.compaction.lag.ms}, or the last compaction had no memory for all keys.
 */
public final class CompactionPolicy {
    private CompactionPolicy() {}

    /** Timestamp of a segment's first batch; read from the file, so asked only when it matters. */
    @FunctionalInterface
    public interface FirstTimestamp {
        /** Milliseconds since the epoch, or -1 if the segment has no timestamps. */
        long of(SegmentSummary segment) throws IOException;
    }

    /**
     * What to compact now.
     *
     * @param segments all of the log's, oldest first, the active one last
     * @param logStartOffset the log's start
     * @param committedOffset high watermark or last stable offset: nothing from it on is touched
     * @param checkpointOffset {@link CleanerCheckpoint#firstDirtyOffset}, 0 if there is none
     * @param unfinished the last compaction ran out of memory for keys: go on whatever the ratio
     * @return null if there is nothing to do
     */
    public static CompactionPlan decide(
            List<SegmentSummary> segments,
            LogConfig config,
            long logStartOffset,
            long committedOffset,
            long checkpointOffset,
            boolean unfinished,
            FirstTimestamp firstTimestamp,
            long nowMs)
            throws IOException {
        if (!config.compact() || segments.size() < 2) {
            return null;
        }
        long logEnd = segments.get(segments.size() - 1).endOffset();
        // A checkpoint beyond the log's end is of a log that was cut since: start over.
        long firstDirty = checkpointOffset > logEnd ? logStartOffset : Math.max(checkpointOffset, logStartOffset);
        List<SegmentSummary> cleanable = cleanable(segments, config, committedOffset, firstDirty, nowMs);
        long cleanBytes = 0;
        long dirtyBytes = 0;
        SegmentSummary oldestDirty = null;
        for (SegmentSummary segment : cleanable) {
            if (segment.endOffset() <= firstDirty) {
                cleanBytes += segment.sizeBytes();
            } else {
                dirtyBytes += segment.sizeBytes();
                oldestDirty = oldestDirty == null ? segment : oldestDirty;
            }
        }
        if (dirtyBytes == 0) {
            return null;
        }
        double ratio = (double) dirtyBytes / (cleanBytes + dirtyBytes);
        boolean due = unfinished
                || ratio >= config.minCleanableDirtyRatio()
                || lagExceeded(oldestDirty, config, firstTimestamp, nowMs);
        if (!due) {
            return null;
        }
        long end = cleanable.get(cleanable.size() - 1).endOffset();
        return new CompactionPlan(cleanable, firstDirty, end, ratio, nowMs);
    }

    private static List<SegmentSummary> cleanable(
            List<SegmentSummary> segments, LogConfig config, long committedOffset, long firstDirty, long nowMs) {
        List<SegmentSummary> cleanable = new ArrayList<>();
        for (SegmentSummary segment : segments.subList(0, segments.size() - 1)) {
            boolean young = config.minCompactionLagMs() > 0
                    && segment.endOffset() > firstDirty
                    && segment.maxTimestampMs() > nowMs - config.minCompactionLagMs();
            if (segment.endOffset() > committedOffset || young) {
                break;
            }
            cleanable.add(segment);
        }
        return cleanable;
    }

    private static boolean lagExceeded(
            SegmentSummary oldestDirty, LogConfig config, FirstTimestamp firstTimestamp, long nowMs)
            throws IOException {
        if (config.maxCompactionLagMs() == Long.MAX_VALUE) {
            return false;
        }
        long first = firstTimestamp.of(oldestDirty);
        return first >= 0 && nowMs - first > config.maxCompactionLagMs();
    }
}
