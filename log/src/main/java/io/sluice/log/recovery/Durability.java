/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.log.recovery;

import io.sluice.log.LogContext;
import io.sluice.log.OffsetOutOfRangeException;
import io.sluice.log.segment.Segment;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;

/**
 * Knows how far a log is forced to disk, and forces it: at once when the writer asks, else in the background, so that a
 * complete segment of a gigabyte does not hold up its partition.
 *
 * <p>A failed force in the background is told to the writer at its next call: the kernel may have dropped what could not be
 * written, so the log must go through recovery.
 */
public final class Durability {
    /** A partition's folder, its topic's, and the one of all topics. */
    private static final int LEVELS = 3;

    private final LogContext context;
    private final Path folder;
    private final Object forcing = new Object();

    private volatile long forcedUpTo;
    private volatile IOException failure;
    private volatile boolean entriesUnforced;
    private long scheduledUpTo;

    /** Truncations so far; the writer's, guarded by {@code forcing} for the background. */
    private int cuts;

    /** @param forcedUpTo the recovery point: everything below is on disk */
    public Durability(LogContext context, Path folder, long forcedUpTo) {
        this.context = context;
        this.folder = folder;
        this.forcedUpTo = forcedUpTo;
        this.scheduledUpTo = forcedUpTo;
    }

    /** Everything below this offset is on disk. */
    public long forcedUpTo() {
        return forcedUpTo;
    }

    /** @throws IOException if a force in the background has failed */
    public void requireIntact() throws IOException {
        IOException failed = failure;
        if (failed != null) {
            throw new IOException(folder + ": forcing to disk failed in the background", failed);
        }
    }

    /** A file was made: the folder has to be forced, too. */
    public void fileMade() {
        entriesUnforced = true;
    }

    /** Forces everything, now. */
    public void force(Segment[] segments, long logEndOffset) throws IOException {
        forceSegments(unforced(segments), logEndOffset, cuts);
    }

    /** Forces everything that is written by now, soon. */
    public void forceInBackground(Segment[] segments, long logEndOffset) {
        if (logEndOffset <= scheduledUpTo) {
            return;
        }
        scheduledUpTo = logEndOffset;
        List<Segment> unforced = unforced(segments);
        int cutsNow = cuts;
        try {
            context.background().execute(() -> {
                try {
                    forceSegments(unforced, logEndOffset, cutsNow);
                } catch (IOException e) {
                    failure = e;
                }
            });
        } catch (RejectedExecutionException e) {
            // The node stops: closing the log forces what is left.
            scheduledUpTo = forcedUpTo;
        }
    }

    private List<Segment> unforced(Segment[] segments) {
        List<Segment> unforced = new ArrayList<>();
        for (Segment segment : segments) {
            if (segment.endOffset() > forcedUpTo) {
                unforced.add(segment);
            }
        }
        return unforced;
    }

    private void forceSegments(List<Segment> segments, long upTo, int cutsBefore) throws IOException {
        synchronized (forcing) {
            for (Segment segment : segments) {
                try {
                    segment.force();
                } catch (OffsetOutOfRangeException e) {
                    // Deleted meanwhile, or replaced by compaction, which forces what it writes: nothing to do.
                }
            }
            if (entriesUnforced) {
                entriesUnforced = false;
                forceEntries();
            }
            if (cuts == cutsBefore) {
                forcedUpTo = Math.max(forcedUpTo, upTo);
            }
        }
    }

    /** The folder and its topic's may be new, too. */
    private void forceEntries() throws IOException {
        Path entered = folder;
        for (int level = 0; level < LEVELS && entered != null; level++) {
            context.files().forceDirectory(entered);
            entered = entered.getParent();
        }
    }

    /** The log was cut: what comes from there on is not on disk. */
    public void truncatedTo(long offset) {
        synchronized (forcing) {
            cuts++;
            forcedUpTo = Math.min(forcedUpTo, offset);
            scheduledUpTo = Math.min(scheduledUpTo, offset);
        }
    }
}
