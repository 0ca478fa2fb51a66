/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.actors.partition;

import io.sluice.log.AppendOrigin;
import io.sluice.log.AppendResult;
import io.sluice.log.LogConfig;
import io.sluice.log.LogView;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;

/**
 * The log as its partition uses it: the port between the actor and the storage engine. Semantics are those of
 * {@link io.sluice.log.PartitionLog}; its one user is the partition's actor.
 */
public interface PartitionStore {
    /** Opens logs. */
    @FunctionalInterface
    interface Opener {
        PartitionStore open(Path folder, LogConfig config) throws IOException;
    }

    AppendResult prepare(ByteBuffer batches, AppendOrigin origin, int leaderEpoch) throws IOException;

    /**
     * Writes all that is prepared.
     *
     * @throws DiskFullException there is no room: nothing of what was prepared is in the log, and a later append may succeed
     * @throws IOException the log can't be trusted any more
     */
    void write() throws IOException;

    /** Forgets what is prepared: its buffers belong to their owners again, and nothing of it will be in the log. */
    void discard();

    long pendingBytes();

    void force() throws IOException;

    void beginEpoch(int leaderEpoch) throws IOException;

    void advanceHighWatermark(long offset);

    LogView view();

    /** Cuts the end off. */
    void truncateTo(long offset) throws IOException;

    /**
     * Forgets all records and goes on at {@code offset}.
     *
     * @param epochBefore leader epoch of the record before it; -1 if unknown
     */
    void restartAt(long offset, int epochBefore) throws IOException;

    long deleteRecordsBefore(long offset) throws IOException;

    void configure(LogConfig config);

    /** Retention, rolling, expiry. */
    void maintain() throws IOException;

    List<PartitionHandle.ProducerInfo> producers();

    /**
     * What there is to compact.
     *
     * @return null if nothing is
     */
    CompactionRun planCompaction() throws IOException;

    void close() throws IOException;

    void delete() throws IOException;

    /** One compaction: planned by the actor, run elsewhere, applied by the actor. */
    interface CompactionRun {
        /** Reads and writes files; on any thread, at most once. */
        void run() throws IOException;

        /** Makes the result the log's, if the log has not changed under it. On the actor. */
        void apply() throws IOException;

        /** Throws away what was written. On the actor, instead of {@link #apply}. */
        void discard();
    }
}
