/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.log.compaction;

import io.sluice.log.LogConfig;
import io.sluice.log.LogContext;
import io.sluice.log.LogCorruptException;
import io.sluice.log.SegmentSummary;
import io.sluice.log.segment.HeldSegment;
import io.sluice.log.segment.Segment;
import io.sluice.log.segment.SegmentSet;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The writer's side of compaction in one partition: plans jobs, puts cleaned segments in place, keeps the checkpoint. This class is not
 * thread-safe: the log's writer owns it.
 *
 * <p>Cleaned segments count, for readers too, from {@link #apply} on. On disk they take the place of the old ones in steps
 * ({@link SegmentSwap}) with the folder forced in between; that is done in the background, and {@link #advance} goes on when it is
 * done, so the writer never waits for the disk:
 * <pre>
 *   apply              advance                      advance            advance
 *   commit, force  ->  checkpoint, clear, force  ->  settle, force  ->  done
 * </pre>
 * The last force keeps the steps of two compactions apart, whatever a power loss leaves of unforced names.
 * Whatever takes segments out of the log for another reason (retention, truncation, a stop) must call {@link #settleNow} first.
 */
public final class LogCompaction {
    private static final Logger LOG = LoggerFactory.getLogger(LogCompaction.class);

    private enum Step {
        IDLE,
        COMMITTED,
        CLEARED,
        SETTLED
    }

    private final LogContext context;
    private final Path folder;
    private final SegmentSet segments;
    private long firstDirtyOffset;
    private boolean unfinished;
    private CompactionJob running;

    private Step step = Step.IDLE;
    private List<CleanedGroup> pending = List.of();
    private long pendingCleanUpTo;
    /** Counts the steps, so that a late answer of the background is not taken for that of another step. */
    private int stepNumber;

    private boolean forceRequested;

    /** The step after which the background has forced the folder. */
    private volatile int forcedStep = -1;

    private LogCompaction(LogContext context, Path folder, SegmentSet segments, long firstDirtyOffset) {
        this.context = context;
        this.folder = folder;
        this.segments = segments;
        this.firstDirtyOffset = firstDirtyOffset;
    }

    /** Puts the folder in order after a crash, before its segments are listed. */
    public static void recover(LogContext context, Path folder) throws IOException {
        SegmentSwap.recover(context.files(), folder);
    }

    /** Reads the checkpoint; without one, or if it is damaged, all is dirty. */
    public static LogCompaction open(LogContext context, Path folder, SegmentSet segments) throws IOException {
        Path file = folder.resolve(CleanerCheckpoint.FILE);
        ByteBuffer content = context.files().readWhole(file);
        long firstDirty = 0;
        if (content != null) {
            try {
                firstDirty = CleanerCheckpoint.decode(content, file.toString()).firstDirtyOffset();
            } catch (LogCorruptException e) {
                LOG.warn("{}; compaction starts over from the log's start", e.getMessage());
            }
        }
        return new LogCompaction(context, folder, segments, firstDirty);
    }

    /** Below it no key has two records. */
    public long firstDirtyOffset() {
        return firstDirtyOffset;
    }

    /**
     * The job that is due now: to be run on another thread, then handed to {@link #apply}, or to {@link #discard} if it failed.
     *
     * @param committedOffset nothing from it on is touched
     * @param lastOffsetOfProducer last offset of the last batch of each known producer, by producer id
     * @return null if none is due, or one is under way
     */
    public CompactionJob plan(
            CompactionJob.Settings settings,
            long logStartOffset,
            long committedOffset,
            Supplier<Map<Long, Long>> lastOffsetOfProducer)
            throws IOException {
        if (running != null || step != Step.IDLE || !settings.config().compact()) {
            return null;
        }
        CompactionPlan plan = decide(settings.config(), logStartOffset, committedOffset);
        if (plan == null) {
            return null;
        }
        List<HeldSegment> sources = new ArrayList<>();
        try {
            for (SegmentSummary summary : plan.segments()) {
                sources.add(segments.at(summary.baseOffset()).hold(summary.endOffset()));
            }
        } catch (IOException | RuntimeException e) {
            sources.forEach(HeldSegment::release);
            throw e;
        }
        running = new CompactionJob(context, folder, plan, sources, settings, lastOffsetOfProducer.get());
        return running;
    }

    private CompactionPlan decide(LogConfig config, long logStartOffset, long committedOffset) throws IOException {
        return CompactionPolicy.decide(
                segments.summaries(),
                config,
                logStartOffset,
                committedOffset,
                firstDirtyOffset,
                unfinished,
                summary -> segments.at(summary.baseOffset()).firstTimestampMs(),
                context.clock().millis());
    }

    /**
     * Puts what a job has written in the place of the old segments: a new view is to be published. Segments that have changed since
     * it was planned (retention, truncation) end it early; that is no error.
     */
    public void apply(CompactionJob job) throws IOException {
        if (job != running) {
            job.discard();
            return;
        }
        running = null;
        List<CleanedGroup> committed = new ArrayList<>();
        boolean whole = true;
        for (CleanedGroup group : job.groups()) {
            whole = whole && isUnchanged(group);
            if (whole) {
                commit(group);
                committed.add(group);
            } else {
                job.discard(group);
            }
        }
        CompactionStats stats = job.stats();
        pending = committed;
        pendingCleanUpTo = whole ? stats.cleanUpTo() : firstDirtyOffset;
        unfinished = whole && !stats.complete();
        step = Step.COMMITTED;
        context.meters().compacted(stats);
        LOG.info("{}: {}compacted, {}", folder, whole ? "" : "partly ", stats);
        advance();
    }

    private void commit(CleanedGroup group) throws IOException {
        SegmentSwap.commit(folder, group);
        segments.replace(group.replaced(), List.of(group.cleaned()));
        for (Segment old : group.replaced()) {
            old.replaceBy(group.cleaned());
        }
    }

    private boolean isUnchanged(CleanedGroup group) {
        for (int i = 0; i < group.replaced().size(); i++) {
            Segment segment = group.replaced().get(i);
            if (segments.at(segment.baseOffset()) != segment
                    || segment == segments.active()
                    || segment.sizeBytes() != group.replacedBytes().get(i)) {
                return false;
            }
        }
        return true;
    }

    /** A job failed or is not wanted: what it has written goes. */
    public void discard(CompactionJob job) throws IOException {
        if (job == running) {
            running = null;
        }
        job.discard();
    }

    /** Does the next step on disk if the background is done with the one before. Cheap; now and then. */
    public void advance() throws IOException {
        while (step != Step.IDLE && isForced()) {
            next();
        }
    }

    private boolean isForced() {
        if (forcedStep == stepNumber) {
            return true;
        }
        if (!forceRequested) {
            forceRequested = true;
            int number = stepNumber;
            try {
                context.background().execute(() -> force(number));
            } catch (RejectedExecutionException e) {
                LOG.debug("{}: stopping, the rest is done when the log is closed or opened again", folder);
            }
        }
        return forcedStep == stepNumber;
    }

    private void force(int number) {
        try {
            context.files().forceDirectory(folder);
            forcedStep = number;
        } catch (IOException e) {
            // What is in place already stays so; the old files go when the log is opened again.
            LOG.warn("{}: the folder could not be forced to disk: {}", folder, e.getMessage());
        }
    }

    private void next() throws IOException {
        stepNumber++;
        forceRequested = false;
        switch (step) {
            case COMMITTED -> {
                if (pendingCleanUpTo != firstDirtyOffset) {
                    checkpoint(pendingCleanUpTo);
                }
                for (CleanedGroup group : pending) {
                    SegmentSwap.clear(context.files(), folder, group);
                    group.replaced().forEach(Segment::close);
                }
                step = Step.CLEARED;
            }
            case CLEARED -> {
                for (CleanedGroup group : pending) {
                    SegmentSwap.settle(folder, group);
                }
                pending = List.of();
                step = Step.SETTLED;
            }
            default -> step = Step.IDLE;
        }
    }

    /** Does at once what is left to do on disk; waits for the disk if there is something. */
    public void settleNow() throws IOException {
        while (step != Step.IDLE) {
            if (forcedStep != stepNumber) {
                context.files().forceDirectory(folder);
            }
            next();
        }
    }

    /** The log is about to be cut so that {@code offset} is its end: what comes then is dirty again. */
    public void truncating(long offset) throws IOException {
        settleNow();
        cancel();
        if (firstDirtyOffset > offset) {
            checkpoint(offset);
        }
    }

    /** The log is about to be closed, its files are to be as they will be opened. */
    public void close() throws IOException {
        cancel();
        settleNow();
    }

    /** A job that is under way ends soon; no file appears in the folder from now on. */
    public void cancel() {
        if (running != null) {
            running.cancel();
            running = null;
        }
    }

    private void checkpoint(long offset) throws IOException {
        firstDirtyOffset = offset;
        context.files()
                .writeAtomically(folder.resolve(CleanerCheckpoint.FILE), new CleanerCheckpoint(offset).encode(), false);
    }
}
