/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.log.retention;

import io.sluice.log.LogConfig;
import io.sluice.log.SegmentSummary;
import java.util.List;

/**
 * Decides how many of a log's oldest segments go away. Pure: the log's writer asks and then deletes.
 *
 * <p>A log loses whole segments from its front, and only committed ones. A segment goes when
 * <ul>
 *   <li>all of it is below the log start offset (DeleteRecords, or a leader that has moved its own), whatever the cleanup policy;
 *   <li>{@code cleanup.policy} contains {@code delete} and its youngest record is older than {@code retention.ms} (a segment whose
 *       records have no timestamps never ages);
 *   <li>{@code cleanup.policy} contains {@code delete} and what is left after it still has {@code retention.bytes} or more.
 * </ul>
 * The age is that of the records, so with {@code CreateTime} the producers' clocks decide, as in Kafka. The first
 * segment that must stay keeps all behind it.
 */
public final class RetentionPolicy {
    private RetentionPolicy() {}

    /** Why segments go: for the log and for metrics. */
    public enum Reason {
        NONE,
        START_OFFSET,
        TIME,
        SIZE
    }

    /**
     * What to delete.
     *
     * @param segments how many, from the oldest on
     * @param rollFirst all segments go, the active one too: a new active one must be begun at the log end first
     * @param logStartOffset the log start offset after it
     * @param reason why the last of them goes
     */
    public record Deletion(int segments, boolean rollFirst, long logStartOffset, Reason reason) {}

    /**
     * What to delete now.
     *
     * @param segments all of the log's, oldest first, the active one last
     * @param logStartOffset the log's start
     * @param highWatermark nothing at or beyond it goes
     * @param nowMs the broker's time
     */
    public static Deletion decide(
            List<SegmentSummary> segments, LogConfig config, long logStartOffset, long highWatermark, long nowMs) {
        long remainingBytes = 0;
        for (SegmentSummary segment : segments) {
            remainingBytes += segment.sizeBytes();
        }
        int count = 0;
        long newStart = logStartOffset;
        Reason last = Reason.NONE;
        for (SegmentSummary segment : segments) {
            remainingBytes -= segment.sizeBytes();
            boolean empty = segment.sizeBytes() == 0;
            boolean active = count == segments.size() - 1;
            if (segment.endOffset() > highWatermark || (active && empty)) {
                break;
            }
            Reason reason = reason(segment, config, newStart, remainingBytes, active, nowMs);
            if (reason == Reason.NONE) {
                break;
            }
            last = reason;
            newStart = Math.max(newStart, segment.endOffset());
            count++;
        }
        boolean all = count > 0 && count == segments.size();
        return new Deletion(count, all, newStart, last);
    }

    private static Reason reason(
            SegmentSummary segment, LogConfig config, long startOffset, long bytesAfter, boolean active, long nowMs) {
        if (segment.endOffset() <= startOffset) {
            return Reason.START_OFFSET;
        }
        if (!config.delete()) {
            return Reason.NONE;
        }
        if (config.retentionMs() >= 0
                && segment.maxTimestampMs() >= 0
                && nowMs - segment.maxTimestampMs() > config.retentionMs()) {
            return Reason.TIME;
        }
        // The active segment stays for its size: rolling it for every few bytes beyond the limit would make tiny files.
        if (config.retentionBytes() >= 0 && bytesAfter >= config.retentionBytes() && !active) {
            return Reason.SIZE;
        }
        return Reason.NONE;
    }
}
