/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.log.recovery;

import io.sluice.log.LogCorruptException;
import io.sluice.log.epoch.LeaderEpochHistory;
import io.sluice.log.file.LogFiles;
import io.sluice.log.producer.ProducerSnapshot;
import io.sluice.log.producer.ProducerStates;
import io.sluice.log.segment.SegmentFiles;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.zip.CRC32C;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The small files beside a partition's segments.
 *
 * <pre>
 *   NNNNNNNNNNNNNNNNNNNN.log         batches from offset N on
 *   NNNNNNNNNNNNNNNNNNNN.index       its index
 *   NNNNNNNNNNNNNNNNNNNN.snapshot    producers as of offset N
 *   leader-epochs                    which leader epoch began where
 *   log-start                        log start offset, if it is not that of the first segment
 *   recovery-point                   everything below this offset is forced to disk
 *   clean-stop                       end offset, last epoch, base offset and size of the last segment, when the log was closed
 *
 *   log-start, recovery-point and clean-stop:
 *        | magic "SLOF" | CRC-32C of what follows | number of values int32 | values int64 ... |
 * </pre>
 *
 * <p>None of these files is needed: a log whose segments are whole opens without them, only slower. They are replaced, never changed.
 */
public final class LogFolder {
    private static final Logger LOG = LoggerFactory.getLogger(LogFolder.class);

    static final String SNAPSHOT_ENDING = ".snapshot";
    private static final String EPOCHS = "leader-epochs";
    private static final String LOG_START = "log-start";
    private static final String RECOVERY_POINT = "recovery-point";
    private static final String CLEAN_STOP = "clean-stop";

    private static final int MAGIC = 0x534c4f46;
    private static final int HEADER_BYTES = 12;

    /** Snapshots kept: of the active segment's begin, and one before for a truncation. */
    private static final int SNAPSHOTS_KEPT = 2;

    private final LogFiles files;
    private final Path folder;

    public LogFolder(LogFiles files, Path folder) {
        this.files = files;
        this.folder = folder;
    }

    public Path path() {
        return folder;
    }

    /** What the log was when it was closed. */
    record CleanStop(long logEndOffset, int lastEpoch, long activeBaseOffset, long activeBytes) {}

    /** @return null if there is none, or it is damaged */
    CleanStop readCleanStop() throws IOException {
        long[] values = readValues(CLEAN_STOP, 4);
        return values == null ? null : new CleanStop(values[0], (int) values[1], values[2], values[3]);
    }

    public void writeCleanStop(long logEndOffset, int lastEpoch, long activeBaseOffset, long activeBytes)
            throws IOException {
        writeValues(CLEAN_STOP, false, logEndOffset, lastEpoch, activeBaseOffset, activeBytes);
    }

    public void deleteCleanStop() throws IOException {
        files.delete(folder.resolve(CLEAN_STOP));
    }

    long readLogStart() throws IOException {
        long[] values = readValues(LOG_START, 1);
        return values == null ? 0 : values[0];
    }

    /** @param durable after a power loss too */
    public void writeLogStart(long offset, boolean durable) throws IOException {
        writeValues(LOG_START, durable, offset);
    }

    long readRecoveryPoint() throws IOException {
        long[] values = readValues(RECOVERY_POINT, 1);
        return values == null ? 0 : values[0];
    }

    public void writeRecoveryPoint(long offset) throws IOException {
        writeValues(RECOVERY_POINT, false, offset);
    }

    /** @return null if there is no history, or it is damaged */
    LeaderEpochHistory readEpochs() throws IOException {
        Path file = folder.resolve(EPOCHS);
        ByteBuffer content = files.readWhole(file);
        if (content == null) {
            return null;
        }
        try {
            return LeaderEpochHistory.decode(content, file.toString());
        } catch (LogCorruptException e) {
            LOG.warn("{}; it is made again from the batches", e.getMessage());
            return null;
        }
    }

    public void writeEpochs(LeaderEpochHistory history, boolean durable) throws IOException {
        files.writeAtomically(folder.resolve(EPOCHS), history.encode(), durable);
    }

    /**
     * The newest whole snapshot that is not beyond an offset.
     *
     * @return null if there is none
     */
    ProducerSnapshot readSnapshot(long upTo) throws IOException {
        List<Long> offsets = snapshotOffsets();
        offsets.sort(Comparator.reverseOrder());
        for (long offset : offsets) {
            Path file = folder.resolve(SegmentFiles.name(offset, SNAPSHOT_ENDING));
            ByteBuffer content = offset <= upTo ? files.readWhole(file) : null;
            if (content != null) {
                try {
                    return ProducerSnapshot.decode(content, file.toString());
                } catch (LogCorruptException e) {
                    LOG.warn("{}; an older one or the batches are used", e.getMessage());
                }
            }
        }
        return null;
    }

    /** Stores the producers' states as of an offset and deletes snapshots that are of no use any more. */
    public void writeSnapshot(ProducerStates producers, long logEndOffset) throws IOException {
        Path file = folder.resolve(SegmentFiles.name(logEndOffset, SNAPSHOT_ENDING));
        files.writeAtomically(file, producers.encode(logEndOffset), false);
        List<Long> offsets = snapshotOffsets();
        offsets.sort(Comparator.reverseOrder());
        for (int i = SNAPSHOTS_KEPT; i < offsets.size(); i++) {
            deleteSnapshot(offsets.get(i));
        }
    }

    /** A truncated log: what was known of producers beyond its end is wrong now. */
    public void deleteSnapshotsBeyond(long offset) throws IOException {
        for (long snapshot : snapshotOffsets()) {
            if (snapshot > offset) {
                deleteSnapshot(snapshot);
            }
        }
    }

    private void deleteSnapshot(long offset) throws IOException {
        files.delete(folder.resolve(SegmentFiles.name(offset, SNAPSHOT_ENDING)));
    }

    private List<Long> snapshotOffsets() throws IOException {
        List<Long> offsets = new ArrayList<>();
        for (LogFiles.Entry entry : files.list(folder)) {
            long offset = SegmentFiles.baseOffset(entry.name(), SNAPSHOT_ENDING);
            if (offset >= 0) {
                offsets.add(offset);
            }
        }
        return offsets;
    }

    private long[] readValues(String name, int count) throws IOException {
        ByteBuffer in = files.readWhole(folder.resolve(name));
        if (in == null) {
            return null;
        }
        if (in.remaining() != HEADER_BYTES + Long.BYTES * count
                || in.getInt(0) != MAGIC
                || in.getInt(4) != crc(in)
                || in.getInt(8) != count) {
            LOG.warn("{} is damaged and not used", folder.resolve(name));
            return null;
        }
        long[] values = new long[count];
        in.position(HEADER_BYTES).asLongBuffer().get(values);
        return values;
    }

    private void writeValues(String name, boolean durable, long... values) throws IOException {
        ByteBuffer out = ByteBuffer.allocate(HEADER_BYTES + Long.BYTES * values.length);
        out.putInt(MAGIC).putInt(0).putInt(values.length);
        for (long value : values) {
            out.putLong(value);
        }
        out.flip();
        out.putInt(4, crc(out));
        files.writeAtomically(folder.resolve(name), out, durable);
    }

    private static int crc(ByteBuffer file) {
        CRC32C crc = new CRC32C();
        crc.update(file.duplicate().position(8));
        return (int) crc.getValue();
    }
}
