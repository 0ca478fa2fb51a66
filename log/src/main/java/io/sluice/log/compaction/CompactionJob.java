/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.log.compaction;

import io.sluice.log.LogConfig;
import io.sluice.log.LogContext;
import io.sluice.log.LogCorruptException;
import io.sluice.log.SegmentSummary;
import io.sluice.log.batch.Batch;
import io.sluice.log.batch.CorruptBatchException;
import io.sluice.log.batch.Decompressor;
import io.sluice.log.batch.Record;
import io.sluice.log.segment.HeldSegment;
import io.sluice.log.segment.Segment;
import io.sluice.log.segment.SegmentBuilder;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;

/**
 * One compaction of one partition: first gathers the keys of what is dirty, then writes the segments anew without the records
 * that are superseded, into cleaned segments beside the old ones. Touches no file that the log uses. {@link #run} it once, on any
 * thread; then hand it back to the log's writer ({@link LogCompaction#apply} or {@link LogCompaction#discard}).
 *
 * <p>Neighbouring segments become one as long as what is left of them fits {@code segment.bytes}. If the key map is too small
 * for all dirty keys, the job covers the front part only, and {@link CompactionStats#complete} says so.
 *
 * <p>The last batch of all stays, if need be as an empty one: there may be nothing behind it, and then it is what tells readers and
 * recovery where the log ends.
 */
public final class CompactionJob {
    private static final int OUT_BYTES = 1 << 20;

    /**
     * What a job needs besides its plan.
     *
     * @param config the topic's settings
     * @param keyMapBytes {@code log.cleaner.dedupe.buffer.size}: most memory for the key map
     * @param seed drawn anew for each job
     * @param throttle the rate of reading and writing
     */
    public record Settings(LogConfig config, long keyMapBytes, long seed, Throttle throttle) {}

    private final CompactionPlan plan;
    private final List<HeldSegment> sources;
    private final Settings settings;
    private final LogContext context;
    private final Path folder;
    private final Map<Long, Long> lastOffsetOfProducer;
    private final BatchReader reader;
    private final Decompressor decompressor;
    private final KeyHash hash;
    private final ByteBuffer out = ByteBuffer.allocate(OUT_BYTES);
    private final List<CleanedGroup> groups = new ArrayList<>();

    /** Held while a file is made, so that {@link #cancel} can promise that none is made after it. */
    private final Object creating = new Object();

    private volatile boolean cancelled;
    private volatile boolean released;

    private KeyMap keys;
    private BatchCleaner cleaner;
    private long cleanUpTo;
    private int nextSource;
    private SegmentBuilder writer;
    private long bytesBefore;
    private long bytesAfter;
    private long millis;

    /**
     * @param sources the plan's segments, in its order; released by {@link #run} or {@link #discard}
     * @param lastOffsetOfProducer last offset of the last batch of each known producer, by producer id
     */
    CompactionJob(
            LogContext context,
            Path folder,
            CompactionPlan plan,
            List<HeldSegment> sources,
            Settings settings,
            Map<Long, Long> lastOffsetOfProducer) {
        this.context = context;
        this.folder = folder;
        this.plan = plan;
        this.sources = List.copyOf(sources);
        this.settings = settings;
        this.lastOffsetOfProducer = Map.copyOf(lastOffsetOfProducer);
        this.reader = new BatchReader(settings.throttle());
        this.decompressor = new Decompressor(context.limits().maxDecompressedBytes());
        this.hash = new KeyHash(settings.seed());
    }

    public CompactionPlan plan() {
        return plan;
    }

    /**
     * Writes all cleaned segments. Whatever happens, lets go of the segments that it reads; if it fails, deletes what it has written.
     *
     * @throws LogCorruptException if a batch is damaged
     * @throws CancellationException after {@link #cancel}
     */
    public void run() throws IOException {
        boolean done = false;
        long beganMs = context.clock().millis();
        try {
            gatherKeys();
            cleaner = new BatchCleaner(
                    settings.config(),
                    plan.nowMs(),
                    keys,
                    hash,
                    decompressor,
                    lastOffsetOfProducer,
                    plan.firstDirtyOffset(),
                    cleanUpTo);
            while (nextSource < sources.size() && summary(nextSource).baseOffset() < cleanUpTo) {
                CleanedGroup group = cleanGroup();
                if (group != null) {
                    groups.add(group);
                }
            }
            done = true;
        } finally {
            millis = Math.max(0, context.clock().millis() - beganMs);
            if (keys != null) {
                context.meters().keyMapBytes.add(-keys.bytes());
            }
            releaseSources();
            if (!done) {
                discard();
            }
        }
    }

    /**
     * Makes {@link #run} fail soon, and no file appear in the folder from now on. Any thread; may wait for one small write.
     */
    public void cancel() {
        synchronized (creating) {
            cancelled = true;
        }
    }

    private void requireWanted() {
        if (cancelled) {
            throw new CancellationException("compaction of " + folder + " was cancelled");
        }
    }

    /** The cleaned segments, once {@link #run} has ended well. */
    List<CleanedGroup> groups() {
        return groups;
    }

    /** Deletes what was written and lets go of what is read; instead of putting it in place. */
    void discard() throws IOException {
        releaseSources();
        discardUnfinished();
        for (CleanedGroup group : groups) {
            discard(group);
        }
        groups.clear();
    }

    void discard(CleanedGroup group) throws IOException {
        group.cleaned().close();
        SegmentSwap.discard(context.files(), folder, group.baseOffset());
    }

    private void releaseSources() {
        if (!released) {
            released = true;
            sources.forEach(HeldSegment::release);
        }
    }

    private SegmentSummary summary(int source) {
        return sources.get(source).summary();
    }

    private void gatherKeys() throws IOException {
        long expected = plan.endOffset() - plan.firstDirtyOffset();
        keys = new KeyMap(settings.keyMapBytes(), expected);
        context.meters().keyMapBytes.add(keys.bytes());
        cleanUpTo = plan.endOffset();
        for (HeldSegment source : sources) {
            if (source.summary().endOffset() > plan.firstDirtyOffset() && !gatherKeys(source)) {
                return;
            }
        }
    }

    /** False when the map is full; {@link #cleanUpTo} is the first record that is not in it then. */
    private boolean gatherKeys(HeldSegment source) throws IOException {
        reader.open(source);
        for (Batch batch = reader.next(); batch != null; batch = reader.next()) {
            requireWanted();
            if (batch.lastOffset() < plan.firstDirtyOffset() || BatchCleaner.isOpaque(batch)) {
                continue;
            }
            for (Record record : records(source, batch)) {
                if (record.key() == null || record.offset() < plan.firstDirtyOffset()) {
                    continue;
                }
                hash.of(record.key());
                if (!keys.put(hash.high(), hash.low(), record.offset())) {
                    cleanUpTo = record.offset();
                    return false;
                }
            }
        }
        return true;
    }

    private List<Record> records(HeldSegment source, Batch batch) throws LogCorruptException {
        try {
            return batch.recordCount() == 0 ? List.of() : batch.records(decompressor);
        } catch (CorruptBatchException e) {
            throw corrupt(source, e);
        }
    }

    /** Cleans as many segments into one as fit; null if that changed nothing. */
    private CleanedGroup cleanGroup() throws IOException {
        SegmentSummary first = summary(nextSource);
        writer = create(first.baseOffset());
        List<Segment> replaced = new ArrayList<>();
        List<Integer> replacedBytes = new ArrayList<>();
        boolean changed = false;
        do {
            HeldSegment source = sources.get(nextSource);
            changed |= cleanSegment(source);
            replaced.add(source.segment());
            replacedBytes.add((int) source.summary().sizeBytes());
            nextSource++;
        } while (nextSource < sources.size() && fits(first.baseOffset(), summary(nextSource)));
        flush();
        if (replaced.size() == 1 && !changed) {
            discardUnfinished();
            return null;
        }
        long end = summary(nextSource - 1).endOffset();
        Segment cleaned = finish(end);
        bytesBefore += replacedBytes.stream().mapToLong(Integer::intValue).sum();
        bytesAfter += cleaned.sizeBytes();
        return new CleanedGroup(replaced, replacedBytes, end, cleaned);
    }

    private SegmentBuilder create(long baseOffset) throws IOException {
        synchronized (creating) {
            requireWanted();
            return SegmentBuilder.create(
                    context.files(),
                    context.openSegments(),
                    folder,
                    baseOffset,
                    SegmentSwap.CLEANED_ENDING,
                    settings.config().indexIntervalBytes());
        }
    }

    private Segment finish(long endOffset) throws IOException {
        writer.force();
        synchronized (creating) {
            requireWanted();
            Segment cleaned = writer.finish(endOffset);
            writer = null;
            return cleaned;
        }
    }

    /** Whether a segment may join those that are being written: size, offsets that fit 32 bits in the index, and not beyond the keys gathered. */
    private boolean fits(long baseOffset, SegmentSummary next) {
        return next.baseOffset() < cleanUpTo
                && writer.sizeBytes() + out.position() + next.sizeBytes()
                        <= settings.config().segmentBytes()
                && next.endOffset() - baseOffset <= Integer.MAX_VALUE;
    }

    /** True if anything is gone or different. */
    private boolean cleanSegment(HeldSegment source) throws IOException {
        boolean isLast = source == sources.get(sources.size() - 1);
        ByteBuffer lastEmptied = null;
        long changedBefore = cleaner.batchesChanged();
        reader.open(source);
        for (Batch batch = reader.next(); batch != null; batch = reader.next()) {
            requireWanted();
            ByteBuffer left = cleaned(source, batch);
            if (left != null) {
                append(left);
            }
            lastEmptied = left == null && isLast ? BatchCleaner.emptied(batch) : null;
        }
        if (lastEmptied != null) {
            append(lastEmptied);
        }
        return cleaner.batchesChanged() != changedBefore;
    }

    private ByteBuffer cleaned(HeldSegment source, Batch batch) throws LogCorruptException {
        try {
            return cleaner.clean(batch);
        } catch (CorruptBatchException e) {
            throw corrupt(source, e);
        }
    }

    private void append(ByteBuffer batch) throws IOException {
        if (batch.remaining() > out.remaining()) {
            flush();
        }
        if (batch.remaining() > out.remaining()) {
            write(batch);
        } else {
            out.put(batch);
        }
    }

    private void flush() throws IOException {
        out.flip();
        if (out.hasRemaining()) {
            write(out);
        }
        out.clear();
    }

    private void write(ByteBuffer batches) throws IOException {
        int bytes = batches.remaining();
        writer.append(batches);
        settings.throttle().pass(bytes);
    }

    private static LogCorruptException corrupt(HeldSegment source, CorruptBatchException cause) {
        return new LogCorruptException(
                String.format("segment %020d.log: %s", source.summary().baseOffset(), cause.getMessage()));
    }

    /** What was done; complete once {@link #run} has ended. */
    public CompactionStats stats() {
        return new CompactionStats(
                cleanUpTo,
                cleanUpTo == plan.endOffset(),
                keys == null ? 0 : keys.keys(),
                keys == null ? 0 : keys.bytes(),
                cleaner == null ? 0 : cleaner.recordsRead(),
                cleaner == null ? 0 : cleaner.recordsKept(),
                reader.bytesRead(),
                bytesBefore,
                bytesAfter,
                millis);
    }

    private void discardUnfinished() throws IOException {
        if (writer != null) {
            SegmentBuilder unfinished = writer;
            writer = null;
            unfinished.discard();
        }
    }
}
