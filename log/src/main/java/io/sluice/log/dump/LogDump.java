/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.log.dump;

import io.sluice.log.LogCorruptException;
import io.sluice.log.batch.Batch;
import io.sluice.log.batch.BatchHeader;
import io.sluice.log.batch.CorruptBatchException;
import io.sluice.log.batch.Decompressor;
import io.sluice.log.batch.Record;
import io.sluice.log.compaction.CleanerCheckpoint;
import io.sluice.log.dump.SegmentEntry.BatchEntry;
import io.sluice.log.dump.SegmentEntry.DamageEntry;
import io.sluice.log.epoch.LeaderEpochHistory;
import io.sluice.log.file.LogFile;
import io.sluice.log.file.LogFiles;
import io.sluice.log.producer.ProducerSnapshot;
import io.sluice.log.segment.SegmentFiles;
import io.sluice.log.segment.SegmentIndex;
import io.sluice.log.segment.SegmentScan;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Reads one file of a log, whichever it is. Tolerant of damage in segments: says where it is, and goes on behind it. The small files
 * are whole or not: their decoders say what is wrong with them.
 */
public final class LogDump {
    private final LogFiles files;
    private final int maxDecompressedBytes;

    /** @param maxDecompressedBytes the most that one batch may grow to when its records are shown */
    public LogDump(LogFiles files, int maxDecompressedBytes) {
        this.files = files;
        this.maxDecompressedBytes = maxDecompressedBytes;
    }

    /** The kinds of files there are, by their names. */
    public enum Kind {
        SEGMENT,
        INDEX,
        PRODUCER_SNAPSHOT,
        LEADER_EPOCHS,
        CLEANER_CHECKPOINT,
        UNKNOWN;

        /** The kind that a file's name says; also of files that compaction has not put in place yet. */
        public static Kind of(Path file) {
            String name = file.getFileName().toString().replaceAll("\\.(cleaned|swap|tmp)$", "");
            if (name.endsWith(".log")) {
                return SEGMENT;
            } else if (name.endsWith(".index")) {
                return INDEX;
            } else if (name.endsWith(".snapshot")) {
                return PRODUCER_SNAPSHOT;
            } else if (name.equals("leader-epochs")) {
                return LEADER_EPOCHS;
            }
            return name.equals(CleanerCheckpoint.FILE) ? CLEANER_CHECKPOINT : UNKNOWN;
        }
    }

    /**
     * Everything in a segment's file, in its order.
     *
     * @param withRecords records too, not only batches
     * @throws NoSuchFileException if there is no such file
     */
    public void segment(Path file, boolean withRecords, Consumer<SegmentEntry> sink) throws IOException {
        try (LogFile open = files.open(file)) {
            long size = open.size();
            Decompressor decompressor = withRecords ? new Decompressor(maxDecompressedBytes) : null;
            SegmentScan scan = new SegmentScan(open, size);
            long at = 0;
            long lowestOffset = baseOffset(file);
            while (at < size) {
                SegmentScan.Result result = scan.scan(
                        at,
                        lowestOffset,
                        0,
                        (buffer, index, position) ->
                                sink.accept(entry(new Batch(buffer, index), position, decompressor)));
                SegmentScan.Damage damage = result.damage();
                if (damage == null) {
                    return;
                }
                long next = damage.wholeBatchAt() < 0 ? size : damage.wholeBatchAt();
                sink.accept(new DamageEntry(
                        result.sizeBytes(), next - result.sizeBytes(), damage.cause(), damage.wholeBatchAt() < 0));
                at = next;
                lowestOffset = result.endOffset();
            }
        }
    }

    /** 0 for a file with another name. */
    private static long baseOffset(Path file) {
        String name = file.getFileName().toString();
        String digits = name.substring(0, Math.min(20, name.length()));
        return Math.max(0, SegmentFiles.baseOffset(digits + SegmentFiles.LOG_ENDING, SegmentFiles.LOG_ENDING));
    }

    private static BatchEntry entry(Batch batch, long position, Decompressor decompressor) {
        List<Record> records = List.of();
        String fault = null;
        if (decompressor != null && batch.recordCount() > 0) {
            try {
                records = batch.records(decompressor);
            } catch (CorruptBatchException e) {
                fault = e.getMessage();
            }
        }
        return new BatchEntry(
                position,
                batch.baseOffset(),
                batch.lastOffset(),
                batch.recordCount(),
                batch.sizeInBytes(),
                batch.codec(),
                batch.leaderEpoch(),
                batch.producerId(),
                batch.producerEpoch(),
                batch.baseSequence(),
                batch.isTransactional(),
                batch.isControl(),
                batch.isLogAppendTime(),
                batch.baseTimestampMs(),
                batch.maxTimestampMs(),
                batch.hasDeleteHorizon() ? batch.baseTimestampMs() : -1,
                BatchHeader.crc(batch.buffer(), batch.at()),
                copy(records),
                fault);
    }

    /** Records of an uncompressed batch are views of a buffer that is used again. */
    private static List<Record> copy(List<Record> records) {
        List<Record> copies = new ArrayList<>(records.size());
        for (Record record : records) {
            List<Record.Header> headers = new ArrayList<>(record.headers().size());
            for (Record.Header header : record.headers()) {
                headers.add(new Record.Header(header.key(), copy(header.value())));
            }
            copies.add(new Record(
                    record.offset(), record.timestampMs(), copy(record.key()), copy(record.value()), headers));
        }
        return copies;
    }

    private static ByteBuffer copy(ByteBuffer bytes) {
        return bytes == null
                ? null
                : ByteBuffer.allocate(bytes.remaining()).put(bytes.duplicate()).flip();
    }

    /**
     * A segment's index.
     *
     * @throws LogCorruptException if it is not whole; the broker then builds it anew
     */
    public IndexDump index(Path file) throws IOException {
        SegmentIndex.Stored stored = SegmentIndex.read(content(file), file.toString());
        List<IndexDump.Entry> entries = new ArrayList<>();
        SegmentIndex.Snapshot index = stored.index();
        for (int i = 0; i < index.count(); i++) {
            entries.add(new IndexDump.Entry(
                    stored.baseOffset() + index.relativeOffset(i), index.position(i), index.maxTimestampBefore(i)));
        }
        return new IndexDump(stored.baseOffset(), stored.segmentBytes(), stored.maxTimestampMs(), entries);
    }

    /** @throws LogCorruptException if it is not whole */
    public ProducerSnapshot producers(Path file) throws IOException {
        return ProducerSnapshot.decode(content(file), file.toString());
    }

    /** @throws LogCorruptException if it is not whole */
    public List<LeaderEpochHistory.Entry> leaderEpochs(Path file) throws IOException {
        return LeaderEpochHistory.decode(content(file), file.toString()).entries();
    }

    /** @throws LogCorruptException if it is not whole */
    public CleanerCheckpoint cleanerCheckpoint(Path file) throws IOException {
        return CleanerCheckpoint.decode(content(file), file.toString());
    }

    private ByteBuffer content(Path file) throws IOException {
        ByteBuffer content = files.readWhole(file);
        if (content == null) {
            throw new NoSuchFileException(file.toString());
        }
        return content;
    }
}
