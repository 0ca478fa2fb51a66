/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.log.segment;

import io.sluice.log.LogSlice;
import io.sluice.log.LogView;
import io.sluice.log.OffsetOutOfRangeException;
import io.sluice.log.batch.Decompressor;
import io.sluice.log.epoch.LeaderEpochHistory;
import java.io.IOException;

/** A {@link LogView} over the segments that there were when it was taken. */
public final class SegmentedView implements LogView {
    private final Segment[] segments;
    private final int activeBytes;
    private final long sizeBytes;
    private final long logStartOffset;
    private final long highWatermark;
    private final long lastStableOffset;
    private final long logEndOffset;
    private final int lastEpoch;
    private final LeaderEpochHistory epochs;
    private final int maxDecompressedBytes;

    public SegmentedView(
            SegmentSet segments,
            long logStartOffset,
            long highWatermark,
            long lastStableOffset,
            long logEndOffset,
            int lastEpoch,
            LeaderEpochHistory epochs,
            int maxDecompressedBytes) {
        this.segments = segments.array();
        this.activeBytes = segments.active().sizeBytes();
        this.sizeBytes = segments.sizeBytes();
        this.logStartOffset = logStartOffset;
        this.highWatermark = highWatermark;
        this.lastStableOffset = lastStableOffset;
        this.logEndOffset = logEndOffset;
        this.lastEpoch = lastEpoch;
        this.epochs = epochs;
        this.maxDecompressedBytes = maxDecompressedBytes;
    }

    @Override
    public long logStartOffset() {
        return logStartOffset;
    }

    @Override
    public long highWatermark() {
        return highWatermark;
    }

    @Override
    public long lastStableOffset() {
        return lastStableOffset;
    }

    @Override
    public long logEndOffset() {
        return logEndOffset;
    }

    @Override
    public int lastEpoch() {
        return lastEpoch;
    }

    @Override
    public long sizeBytes() {
        return sizeBytes;
    }

    @Override
    public LogSlice read(long offset, int maxBytes, boolean atLeastOneBatch, Bound bound) throws IOException {
        long end = offsetOf(bound);
        if (offset < logStartOffset || offset > end) {
            throw new OffsetOutOfRangeException("offset " + offset + " is not between the log start offset "
                    + logStartOffset + " and the " + bound + " " + end);
        }
        if (offset == end) {
            return new EmptySlice(offset);
        }
        for (int i = segmentOf(offset); i < segments.length && segments[i].baseOffset() < end; i++) {
            int segment = i;
            FileSlice slice = in(i, (from, size) -> {
                int start = from.reader().locate(offset, size);
                int stop = endPosition(segment, from, size, end);
                return start < stop ? from.reader().slice(start, stop, maxBytes, atLeastOneBatch) : null;
            });
            if (slice != null) {
                return slice;
            }
        }
        return new EmptySlice(offset);
    }

    /** What is done with a segment, of which the view knows {@code size} bytes. */
    @FunctionalInterface
    private interface Question<T> {
        T ask(Segment segment, int size) throws IOException;
    }

    /** Asks a segment; if compaction has replaced it since the view was taken, asks its replacement. */
    private <T> T in(int i, Question<T> question) throws IOException {
        Segment segment = segments[i];
        while (true) {
            try {
                return question.ask(segment, segment == segments[i] ? sizeOf(i) : segment.sizeBytes());
            } catch (OffsetOutOfRangeException e) {
                Segment latest = segment.latest();
                if (latest == segment) {
                    throw e;
                }
                segment = latest;
            }
        }
    }

    @Override
    public long bytesFrom(long offset, Bound bound) {
        long end = offsetOf(bound);
        if (offset >= end) {
            return 0;
        }
        try {
            int first = segmentOf(offset);
            int last = segmentOf(end);
            long bytes = -approximatePosition(first, offset);
            for (int i = first; i < last; i++) {
                bytes += sizeOf(i);
            }
            return Math.max(0, bytes + (end == logEndOffset ? activeBytes : approximatePosition(last, end)));
        } catch (IOException e) {
            // An index that can't be read will be found out by the read that follows.
            return 0;
        }
    }

    private int approximatePosition(int segment, long offset) throws IOException {
        return segments[segment].reader().approximatePosition(offset, sizeOf(segment));
    }

    @Override
    public TimestampedOffset offsetForTimestamp(long timestampMs, Bound bound) throws IOException {
        long end = offsetOf(bound);
        Decompressor decompressor = new Decompressor(maxDecompressedBytes);
        for (int i = 0; i < segments.length && segments[i].baseOffset() < end; i++) {
            int at = i;
            TimestampedOffset found = in(
                    i,
                    (segment, size) -> size == 0 || segment.maxTimestampMs() < timestampMs
                            ? null
                            : timeSearch(at, segment, size, end)
                                    .firstAtOrAfter(timestampMs, logStartOffset, end, decompressor));
            if (found != null) {
                return found;
            }
        }
        return null;
    }

    @Override
    public TimestampedOffset offsetOfMaxTimestamp(Bound bound) throws IOException {
        long end = offsetOf(bound);
        long largest = Long.MIN_VALUE;
        for (int i = 0; i < segments.length && segments[i].baseOffset() < end; i++) {
            boolean whole = i < segments.length - 1 && segments[i + 1].baseOffset() <= end;
            int at = i;
            long here = in(i, (segment, size) -> {
                if (size == 0) {
                    return Long.MIN_VALUE;
                }
                return whole
                        ? segment.maxTimestampMs()
                        : timeSearch(at, segment, size, end).maxTimestampBelow(end);
            });
            largest = Math.max(largest, here);
        }
        if (largest == Long.MIN_VALUE) {
            return null;
        }
        TimestampedOffset found = offsetForTimestamp(largest, bound);
        return found != null ? found : latestOfAll(end);
    }

    /** What headers promise no visible record has: the log starts behind it, or it is a control record's time. Looks everywhere. */
    private TimestampedOffset latestOfAll(long end) throws IOException {
        Decompressor decompressor = new Decompressor(maxDecompressedBytes);
        TimestampedOffset latest = null;
        for (int i = 0; i < segments.length && segments[i].baseOffset() < end; i++) {
            TimestampedOffset before = latest;
            int at = i;
            latest = in(
                    i,
                    (segment, size) -> size == 0
                            ? before
                            : timeSearch(at, segment, size, end).latest(before, logStartOffset, end, decompressor));
        }
        return latest;
    }

    @Override
    public EpochEnd endOfEpoch(int epoch) {
        return epochs.endOfEpoch(epoch, logEndOffset);
    }

    @Override
    public int epochAt(long offset) {
        return epochs.epochAt(offset);
    }

    private long offsetOf(Bound bound) {
        return switch (bound) {
            case HIGH_WATERMARK -> highWatermark;
            case LAST_STABLE_OFFSET -> lastStableOffset;
            case LOG_END -> logEndOffset;
        };
    }

    /** The last segment that begins at or before an offset. */
    private int segmentOf(long offset) {
        int low = 0;
        int high = segments.length;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (segments[middle].baseOffset() <= offset) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return Math.max(0, low - 1);
    }

    private int sizeOf(int segment) {
        return segment == segments.length - 1 ? activeBytes : segments[segment].sizeBytes();
    }

    /** Looks at nothing behind {@code end}: a follower may cut that off meanwhile, and write other batches there. */
    private TimeSearch timeSearch(int i, Segment segment, int size, long end) throws IOException {
        return segment.timeSearch(endPosition(i, segment, size, end));
    }

    private int endPosition(int i, Segment segment, int size, long end) throws IOException {
        long nextBase = i == segments.length - 1 ? logEndOffset : segments[i + 1].baseOffset();
        return end >= nextBase ? size : segment.reader().locateEnd(end, size);
    }
}
