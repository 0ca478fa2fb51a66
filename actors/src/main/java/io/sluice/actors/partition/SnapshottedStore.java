/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.actors.partition;

import io.sluice.log.AppendOrigin;
import io.sluice.log.AppendResult;
import io.sluice.log.LogConfig;
import io.sluice.log.LogView;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * A log that may lose its beginning only to snapshots of its own ({@link LogSnapshots}): whoever asks for a deletion, the leader included, records stay until
 * snapshots have them; and the log begins anew only where a snapshot ends.
 *
 * <p>A crash between the arrival of a snapshot and the log's new beginning leaves a log that ends before its newest snapshot: it begins anew when it is opened, before
 * anybody hears of it.
 */
final class SnapshottedStore implements PartitionStore {
    private final PartitionStore log;
    private final LogSnapshots snapshots;

    private SnapshottedStore(PartitionStore log, LogSnapshots snapshots) {
        this.log = log;
        this.snapshots = snapshots;
    }

    /** @param snapshots null if the log has none: then it is left as it is */
    static PartitionStore over(PartitionStore log, LogSnapshots snapshots) throws IOException {
        if (snapshots == null) {
            return log;
        }
        LogSnapshots.Point newest = snapshots.newest();
        LogView view = log.view();
        boolean empty = view.logStartOffset() == view.logEndOffset();
        // An empty log does not remember the epoch before its start.
        if (newest != null
                && (newest.endOffset() > view.logEndOffset() || (empty && newest.endOffset() == view.logEndOffset()))) {
            log.restartAt(newest.endOffset(), newest.epoch());
        }
        return new SnapshottedStore(log, snapshots);
    }

    @Override
    public void truncateTo(long offset) throws IOException {
        if (offset < log.view().logEndOffset()) {
            snapshots.discardBeyond(offset);
        }
        log.truncateTo(offset);
    }

    @Override
    public void restartAt(long offset, int epochBefore) throws IOException {
        LogSnapshots.Point newest = snapshots.newest();
        if (newest == null || newest.endOffset() < offset) {
            throw new IOException("no snapshot from which the log could go on at offset " + offset);
        }
        log.restartAt(newest.endOffset(), newest.epoch());
    }

    @Override
    public long deleteRecordsBefore(long offset) throws IOException {
        return log.deleteRecordsBefore(Math.min(offset, snapshots.deletableBefore()));
    }

    @Override
    public void maintain() throws IOException {
        LogView view = log.view();
        log.deleteRecordsBefore(Math.min(view.highWatermark(), snapshots.deletableBefore()));
        log.maintain();
    }

    // as they are

    @Override
    public AppendResult prepare(ByteBuffer batches, AppendOrigin origin, int leaderEpoch) throws IOException {
        return log.prepare(batches, origin, leaderEpoch);
    }

    @Override
    public void write() throws IOException {
        log.write();
    }

    @Override
    public void discard() {
        log.discard();
    }

    @Override
    public long pendingBytes() {
        return log.pendingBytes();
    }

    @Override
    public void force() throws IOException {
        log.force();
    }

    @Override
    public void beginEpoch(int leaderEpoch) throws IOException {
        log.beginEpoch(leaderEpoch);
    }

    @Override
    public void advanceHighWatermark(long offset) {
        log.advanceHighWatermark(offset);
    }

    @Override
    public LogView view() {
        return log.view();
    }

    @Override
    public void configure(LogConfig config) {
        log.configure(config);
    }

    @Override
    public List<PartitionHandle.ProducerInfo> producers() {
        return log.producers();
    }

    @Override
    public CompactionRun planCompaction() throws IOException {
        return log.planCompaction();
    }

    @Override
    public void close() throws IOException {
        log.close();
    }

    @Override
    public void delete() throws IOException {
        log.delete();
    }
}
