/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.log.recovery;

import io.sluice.log.LogContext;
import io.sluice.log.LogCorruptException;
import io.sluice.log.append.ControlBatch;
import io.sluice.log.batch.BatchHeader;
import io.sluice.log.epoch.LeaderEpochHistory;
import io.sluice.log.file.LogFile;
import io.sluice.log.file.LogFiles;
import io.sluice.log.producer.ProducerSnapshot;
import io.sluice.log.producer.ProducerStates;
import io.sluice.log.producer.Sequences;
import io.sluice.log.segment.Segment;
import io.sluice.log.segment.SegmentFiles;
import io.sluice.log.segment.SegmentIndex;
import io.sluice.log.segment.SegmentScan;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Opens a folder: finds out what it holds, and what of it can be trusted.
 *
 * <ul>
 *   <li>After a clean stop nothing is read but sizes and the small files.
 *   <li>Else every batch beyond the recovery point is read and its CRC compared. What a crash has torn is cut: an end of a
 *       file that is no whole batch, with no whole batch behind it. A torn segment that is not the last one (a power loss: its bytes were not on disk,
 *       those of a later segment were) ends the log there, and the later segments go.
 *   <li>Anything else, such as a damaged batch with whole ones behind it, is not what a crash does: {@link LogCorruptException}.
 * </ul>
 */
public final class Recovery {
    private static final Logger LOG = LoggerFactory.getLogger(Recovery.class);
    private static final int INDEX_INTERVAL_BYTES = 4096;

    private final LogContext context;
    private final LogFiles files;
    private final Path path;
    private final LogFolder folder;
    private final List<LogFiles.Entry> logs = new ArrayList<>();
    private final List<Segment> segments = new ArrayList<>();
    private LeaderEpochHistory epochs = LeaderEpochHistory.EMPTY;
    private long endOffset;
    private int lastEpoch = -1;

    private Recovery(LogContext context, Path path) {
        this.context = context;
        this.files = context.files();
        this.path = path;
        this.folder = new LogFolder(files, path);
    }

    /**
     * Opens a folder, or makes it.
     *
     * @throws LogCorruptException if a batch in the middle is damaged: names file, position, offset and cause
     */
    public static Recovered recover(LogContext context, Path path) throws IOException {
        return new Recovery(context, path).run();
    }

    private Recovered run() throws IOException {
        List<LogFiles.Entry> entries = files.list(path);
        if (entries.isEmpty()) {
            files.makeDirectories(path);
            return new Recovered(List.of(), 0, 0, -1, 0, false, epochs, producersOf(context, folder, List.of(), 0));
        }
        for (LogFiles.Entry entry : entries) {
            if (SegmentFiles.baseOffset(entry.name(), SegmentFiles.LOG_ENDING) >= 0) {
                logs.add(entry);
            } else if (entry.name().endsWith(".tmp")) {
                files.delete(path.resolve(entry.name()));
            }
        }
        logs.sort(Comparator.comparing(LogFiles.Entry::name));
        long logStart = folder.readLogStart();
        LeaderEpochHistory stored = folder.readEpochs();
        epochs = stored == null ? LeaderEpochHistory.EMPTY : stored;
        LogFolder.CleanStop stop = folder.readCleanStop();
        boolean clean = stop != null && fits(stop);
        long recoveryPoint;
        if (clean) {
            openAll(stop);
            recoveryPoint = endOffset;
        } else {
            recoveryPoint = logs.isEmpty() ? 0 : folder.readRecoveryPoint();
            scanAll(recoveryPoint);
            recoveryPoint = Math.min(recoveryPoint, endOffset);
        }
        if (logs.isEmpty()) {
            endOffset = logStart;
        }
        logStart = segments.isEmpty()
                ? logStart
                : Math.min(endOffset, Math.max(logStart, segments.get(0).baseOffset()));
        if (stored == null) {
            rebuildEpochs();
        }
        epochs = epochs.truncateFromEnd(endOffset).truncateFromStart(logStart);
        if (lastEpoch < 0 && endOffset > 0) {
            lastEpoch = epochs.epochAt(endOffset - 1);
        }
        return new Recovered(
                segments,
                logStart,
                endOffset,
                lastEpoch,
                recoveryPoint,
                stop != null,
                epochs,
                producersOf(context, folder, segments, endOffset));
    }

    private boolean fits(LogFolder.CleanStop stop) {
        if (logs.isEmpty()) {
            return false;
        }
        LogFiles.Entry last = logs.get(logs.size() - 1);
        return last.sizeBytes() == stop.activeBytes() && baseOffset(last) == stop.activeBaseOffset();
    }

    private static long baseOffset(LogFiles.Entry log) {
        return SegmentFiles.baseOffset(log.name(), SegmentFiles.LOG_ENDING);
    }

    private void openAll(LogFolder.CleanStop stop) {
        endOffset = stop.logEndOffset();
        lastEpoch = stop.lastEpoch();
        for (int i = 0; i < logs.size(); i++) {
            segments.add(existing(i, nextBaseOffset(i, endOffset)));
        }
    }

    private long nextBaseOffset(int log, long atTheEnd) {
        return log < logs.size() - 1 ? baseOffset(logs.get(log + 1)) : atTheEnd;
    }

    private Segment existing(int log, long segmentEnd) {
        LogFiles.Entry entry = logs.get(log);
        return Segment.existing(
                files, context.openSegments(), path, baseOffset(entry), (int) entry.sizeBytes(), segmentEnd);
    }

    private void scanAll(long recoveryPoint) throws IOException {
        boolean torn = false;
        for (int i = 0; i < logs.size(); i++) {
            long next = nextBaseOffset(i, Long.MAX_VALUE);
            if (torn) {
                dropBehindTear(logs.get(i));
            } else if (next <= recoveryPoint) {
                segments.add(existing(i, next));
            } else {
                torn = scanOne(i, next, recoveryPoint);
            }
        }
        if (!segments.isEmpty()) {
            Segment last = segments.get(segments.size() - 1);
            endOffset = last.endOffset();
        }
    }

    private void dropBehindTear(LogFiles.Entry log) throws IOException {
        LOG.warn(
                "{}: {} with {} bytes is dropped, the segment before it was not wholly on disk (power loss)",
                path,
                log.name(),
                log.sizeBytes());
        files.delete(path.resolve(log.name()));
        files.delete(path.resolve(SegmentFiles.index(baseOffset(log))));
    }

    /** True if the segment is torn, and not the last one. */
    private boolean scanOne(int log, long nextBase, long recoveryPoint) throws IOException {
        LogFiles.Entry entry = logs.get(log);
        Path file = path.resolve(entry.name());
        long base = baseOffset(entry);
        ScannedSegment scanned = new ScannedSegment(base);
        try (LogFile open = files.open(file)) {
            SegmentScan.Result result = new SegmentScan(open, entry.sizeBytes()).scan(base, recoveryPoint, scanned);
            boolean last = log == logs.size() - 1;
            SegmentScan.Damage damage = result.damage();
            if (damage != null) {
                if (damage.wholeBatchAt() >= 0 || (!last && !damage.cutShort())) {
                    throw new LogCorruptException(file + ": position " + result.sizeBytes() + ", offset "
                            + result.endOffset() + ": " + damage.cause()
                            + (damage.wholeBatchAt() >= 0
                                    ? ", and whole batches follow from position " + damage.wholeBatchAt()
                                    : ", and whole segments follow"));
                }
                LOG.warn(
                        "{}: cut from {} to {} bytes, the log ends at offset {}: {}",
                        file,
                        entry.sizeBytes(),
                        result.sizeBytes(),
                        result.endOffset(),
                        damage.cause());
                open.truncate(result.sizeBytes());
            } else if (result.endOffset() > nextBase) {
                throw new LogCorruptException(file + ": position " + result.sizeBytes() + ", offset "
                        + result.endOffset() + ": goes on into the next segment, which begins at " + nextBase);
            }
            segments.add(Segment.scanned(
                    files,
                    context.openSegments(),
                    path,
                    base,
                    (int) result.sizeBytes(),
                    damage == null && !last ? nextBase : result.endOffset(),
                    scanned.index,
                    scanned.maxTimestampMs));
            return damage != null && !last;
        }
    }

    /** What is learnt of a segment while its batches pass by. */
    private final class ScannedSegment implements io.sluice.log.segment.HeaderVisitor {
        private final long base;
        private final SegmentIndex index = new SegmentIndex();
        private long maxTimestampMs = Segment.NO_TIMESTAMP;

        private ScannedSegment(long base) {
            this.base = base;
        }

        @Override
        public void batch(ByteBuffer buffer, int at, int position) {
            long offset = BatchHeader.baseOffset(buffer, at);
            int size = (int) BatchHeader.sizeInBytes(buffer, at);
            index.add((int) (offset - base), position, size, maxTimestampMs, INDEX_INTERVAL_BYTES);
            maxTimestampMs = Math.max(maxTimestampMs, BatchHeader.maxTimestamp(buffer, at));
            learnEpoch(buffer, at);
        }
    }

    private void learnEpoch(ByteBuffer buffer, int at) {
        lastEpoch = BatchHeader.leaderEpoch(buffer, at);
        if (lastEpoch > epochs.lastEpoch()) {
            epochs = epochs.assign(lastEpoch, BatchHeader.baseOffset(buffer, at));
        }
    }

    private void rebuildEpochs() throws IOException {
        epochs = LeaderEpochHistory.EMPTY;
        for (Segment segment : segments) {
            segment.visit(segment.baseOffset(), (buffer, at, position) -> learnEpoch(buffer, at));
        }
    }

    /** The producers of a log that was cut: the newest snapshot, and what the batches behind it tell. */
    public static ProducerStates producersOf(
            LogContext context, LogFolder folder, List<Segment> segments, long endOffset) throws IOException {
        ProducerSnapshot snapshot = segments.isEmpty() ? null : folder.readSnapshot(endOffset);
        long from = snapshot == null ? 0 : snapshot.logEndOffset();
        int maxProducers = context.limits().maxProducersPerPartition();
        ProducerStates states = snapshot == null
                ? new ProducerStates(maxProducers, context.meters())
                : ProducerStates.restore(snapshot, maxProducers, context.meters());
        long nowMs = context.clock().millis();
        for (Segment segment : segments) {
            if (segment.endOffset() > from) {
                segment.visit(
                        from,
                        (buffer, at, position) ->
                                replay(context.files(), states, segment, buffer, at, position, nowMs));
            }
        }
        return states;
    }

    private static void replay(
            LogFiles files, ProducerStates states, Segment segment, ByteBuffer buffer, int at, int position, long nowMs)
            throws IOException {
        long producerId = BatchHeader.producerId(buffer, at);
        if (producerId == BatchHeader.NO_PRODUCER_ID) {
            return;
        }
        short epoch = BatchHeader.producerEpoch(buffer, at);
        if (BatchHeader.isControl(buffer, at)) {
            ByteBuffer marker = ByteBuffer.allocate((int) BatchHeader.sizeInBytes(buffer, at));
            try (LogFile file = files.open(segment.path())) {
                file.readFully(marker, position);
            }
            states.replayMarker(producerId, epoch, ControlBatch.coordinatorEpoch(marker, 0), nowMs);
            return;
        }
        int baseSequence = BatchHeader.baseSequence(buffer, at);
        states.replay(
                producerId,
                epoch,
                baseSequence,
                Sequences.plus(baseSequence, BatchHeader.lastOffsetDelta(buffer, at)),
                BatchHeader.lastOffset(buffer, at),
                BatchHeader.isLogAppendTime(buffer, at) ? BatchHeader.maxTimestamp(buffer, at) : -1,
                BatchHeader.isTransactional(buffer, at),
                nowMs);
    }
}
