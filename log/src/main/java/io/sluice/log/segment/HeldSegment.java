/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.log.segment;

import io.sluice.log.SegmentSummary;
import io.sluice.log.file.LogFile;

/** A segment whose file stays open until {@link #release}, even if retention deletes it meanwhile. */
public final class HeldSegment {
    private final Segment segment;
    private final SegmentHandle.OpenFile open;
    private final SegmentSummary summary;

    HeldSegment(Segment segment, SegmentHandle.OpenFile open, SegmentSummary summary) {
        this.segment = segment;
        this.open = open;
        this.summary = summary;
    }

    public Segment segment() {
        return segment;
    }

    /** The segment as it was when it was taken. */
    public SegmentSummary summary() {
        return summary;
    }

    /** The open file of its batches; only to be read by position. */
    public LogFile file() {
        return open.file();
    }

    /** Lets go of the file. Exactly once. */
    public void release() {
        open.release();
    }
}
