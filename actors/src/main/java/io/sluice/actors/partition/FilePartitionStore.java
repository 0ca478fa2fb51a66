/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.actors.partition;

import io.sluice.log.AppendOrigin;
import io.sluice.log.AppendResult;
import io.sluice.log.LogConfig;
import io.sluice.log.LogContext;
import io.sluice.log.LogView;
import io.sluice.log.PartitionLog;
import io.sluice.log.compaction.CompactionJob;
import io.sluice.log.producer.ProducerState;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.List;

/** The storage engine behind the port. */
public final class FilePartitionStore implements PartitionStore {
    private final PartitionLog log;

    private FilePartitionStore(PartitionLog log) {
        this.log = log;
    }

    /** Opens logs that share a context. */
    public static Opener opener(LogContext context) {
        return (folder, config) -> {
            try {
                return new FilePartitionStore(PartitionLog.open(context, folder, config));
            } catch (IOException failure) {
                throw classified(failure);
            }
        };
    }

    @Override
    public AppendResult prepare(ByteBuffer batches, AppendOrigin origin, int leaderEpoch) throws IOException {
        return log.prepare(batches, origin, leaderEpoch);
    }

    @Override
    public void write() throws IOException {
        try {
            log.write();
        } catch (IOException failure) {
            throw classified(failure);
        }
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
        try {
            log.beginEpoch(leaderEpoch);
        } catch (IOException failure) {
            throw classified(failure);
        }
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
    public void truncateTo(long offset) throws IOException {
        log.truncateTo(offset);
    }

    @Override
    public void restartAt(long offset, int epochBefore) throws IOException {
        log.restartAt(offset, epochBefore);
    }

    @Override
    public long deleteRecordsBefore(long offset) throws IOException {
        return log.deleteRecordsBefore(offset);
    }

    @Override
    public void configure(LogConfig config) {
        log.configure(config);
    }

    @Override
    public void maintain() throws IOException {
        try {
            log.maintain();
        } catch (IOException failure) {
            throw classified(failure);
        }
    }

    @Override
    public List<PartitionHandle.ProducerInfo> producers() {
        return log.producers().entrySet().stream()
                .map(producer -> info(producer.getKey(), producer.getValue()))
                .toList();
    }

    private static PartitionHandle.ProducerInfo info(long producerId, ProducerState state) {
        return new PartitionHandle.ProducerInfo(
                producerId,
                state.epoch(),
                state.lastSequence(),
                state.lastSeenMs(),
                state.coordinatorEpoch(),
                state.transactionFirstOffset());
    }

    @Override
    public CompactionRun planCompaction() throws IOException {
        CompactionJob job = log.planCompaction();
        return job == null ? null : new JobRun(log, job);
    }

    @Override
    public void close() throws IOException {
        log.close();
    }

    @Override
    public void delete() throws IOException {
        log.delete();
    }

    private record JobRun(PartitionLog log, CompactionJob job) implements CompactionRun {
        @Override
        public void run() throws IOException {
            job.run();
        }

        @Override
        public void apply() throws IOException {
            log.applyCompaction(job);
        }

        @Override
        public void discard() {
            try {
                log.discardCompaction(job);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /** The JDK tells a full disk by the system's message only. */
    private static IOException classified(IOException failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            String message = cause.getMessage();
            if (message != null
                    && (message.contains("No space left on device") || message.contains("Disk quota exceeded"))) {
                return new DiskFullException(failure.getMessage(), failure);
            }
        }
        return failure;
    }
}
