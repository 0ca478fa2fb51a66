/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.log.segment;

import io.sluice.log.SegmentSummary;
import io.sluice.log.file.LogFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The segments of one log, oldest first; the last one is appended to. Kept as an array that is never changed but replaced,
 * so that a view can hold on to it. The writer's.
 */
public final class SegmentSet {
    private final LogFiles files;
    private final OpenSegments pool;
    private final Path folder;
    private Segment[] segments;
    private long closedBytes;

    /** @param segments oldest first; may be empty: the first append begins at {@code startOffset} then */
    public SegmentSet(LogFiles files, OpenSegments pool, Path folder, List<Segment> segments, long startOffset) {
        this.files = files;
        this.pool = pool;
        this.folder = folder;
        this.segments = segments.isEmpty()
                ? new Segment[] {Segment.create(files, pool, folder, startOffset)}
                : segments.toArray(new Segment[0]);
        sumClosed();
    }

    /** Never changed afterwards. */
    public Segment[] array() {
        return segments;
    }

    public List<Segment> list() {
        return List.of(segments);
    }

    public Segment active() {
        return segments[segments.length - 1];
    }

    /** What retention and compaction need to know; may read index files. */
    public List<SegmentSummary> summaries() throws IOException {
        List<SegmentSummary> summaries = new ArrayList<>(segments.length);
        for (int i = 0; i < segments.length; i++) {
            Segment segment = segments[i];
            summaries.add(new SegmentSummary(
                    segment.baseOffset(), endOffset(i), segment.sizeBytes(), segment.maxTimestampMs()));
        }
        return summaries;
    }

    private long endOffset(int segment) {
        return segment == segments.length - 1 ? segments[segment].endOffset() : segments[segment + 1].baseOffset();
    }

    /** The segment with that base offset, or null. */
    public Segment at(long baseOffset) {
        for (Segment segment : segments) {
            if (segment.baseOffset() == baseOffset) {
                return segment;
            }
        }
        return null;
    }

    /** The newest segment that has a file; null in an empty log. */
    public Segment lastWithBatches() {
        for (int i = segments.length - 1; i >= 0; i--) {
            if (segments[i].sizeBytes() > 0) {
                return segments[i];
            }
        }
        return null;
    }

    /** Bytes of all segments. */
    public long sizeBytes() {
        return closedBytes + active().sizeBytes();
    }

    /** Begins a new segment; the one before is complete. An active segment without batches is replaced, with the empty file that a cut may have left of it. */
    public Segment roll(long baseOffset) throws IOException {
        Segment old = active();
        Segment next = Segment.create(files, pool, folder, baseOffset);
        if (old.sizeBytes() == 0) {
            old.delete();
            Segment[] replaced = Arrays.copyOf(segments, segments.length);
            replaced[replaced.length - 1] = next;
            segments = replaced;
        } else {
            old.seal();
            Segment[] longer = Arrays.copyOf(segments, segments.length + 1);
            longer[longer.length - 1] = next;
            segments = longer;
        }
        sumClosed();
        return next;
    }

    /** Takes segments out of the log, not the active one, and puts others in their place (none: they are just gone). Deletes no file. */
    public void replace(List<Segment> gone, List<Segment> instead) {
        List<Segment> kept = new ArrayList<>(Arrays.asList(segments));
        if (gone.contains(active())) {
            throw new IllegalArgumentException("the active segment can't be replaced");
        }
        int at = gone.isEmpty() ? 0 : kept.indexOf(gone.get(0));
        kept.removeAll(gone);
        kept.addAll(at, instead);
        segments = kept.toArray(new Segment[0]);
        sumClosed();
    }

    public void close() {
        for (Segment segment : segments) {
            segment.close();
        }
    }

    private void sumClosed() {
        closedBytes = 0;
        for (int i = 0; i < segments.length - 1; i++) {
            closedBytes += segments[i].sizeBytes();
        }
    }

    /**
     * Cuts the log at an offset: later segments go, newest first, so that a crash in between leaves no gap.
     */
    public void truncateTo(long offset) throws IOException {
        List<Segment> kept = new ArrayList<>(Arrays.asList(segments));
        while (kept.size() > 1 && active(kept).baseOffset() >= offset) {
            kept.remove(kept.size() - 1).delete();
            segments = kept.toArray(new Segment[0]);
        }
        Segment last = active();
        if (last.baseOffset() > offset) {
            last.delete();
            segments = new Segment[] {Segment.create(files, pool, folder, offset)};
        } else {
            last.truncateTo(offset);
        }
        sumClosed();
    }

    private static Segment active(List<Segment> segments) {
        return segments.get(segments.size() - 1);
    }

    /** Takes the oldest segments away and deletes their files. Not the active one. */
    public void deleteOldest(int count) throws IOException {
        List<Segment> gone = List.of(Arrays.copyOf(segments, count));
        replace(gone, List.of());
        for (Segment segment : gone) {
            segment.delete();
        }
    }
}
