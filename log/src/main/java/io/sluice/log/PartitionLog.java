/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/**
 * The log of one partition: a folder of segments. This class is not thread-safe: its one writer calls it; everybody else
 * reads through {@link #view}.
 *
 * <p>An append takes two steps, so that what waits in the writer's mailbox leaves in one gathering write: {@link #prepare}
 * checks and stamps a request's batches in place, {@link #write} writes all that is prepared. After an {@link IOException} the
 * log must be closed and opened again (recovery decides what is whole).
 */
public final class PartitionLog implements AutoCloseable {
    private PartitionLog() {}

    /**
     * Opens the folder, or makes it. After an unclean stop only what may be torn is read again.
     *
     * @throws LogCorruptException if a batch in the middle is damaged: names file, position, offset and cause
     */
    public static PartitionLog open(LogContext context, Path folder, LogConfig config) throws IOException {
        throw new UnsupportedOperationException("being written");
    }

    /**
     * Checks the batches of one request and gives them offsets, the leader's epoch and (where configured) the broker's time,
     * in place: the buffer between position and limit is changed, and kept until {@link #write}.
     */
    public AppendResult prepare(ByteBuffer batches, AppendOrigin origin, int leaderEpoch) throws IOException {
        throw new UnsupportedOperationException("being written");
    }

    /** Writes all that is prepared with one gathering write. After it the buffers belong to their owners again. */
    public void write() throws IOException {
        throw new UnsupportedOperationException("being written");
    }

    /** Bytes prepared and not written. */
    public long pendingBytes() {
        throw new UnsupportedOperationException("being written");
    }

    /** Forces to disk what is written. */
    public void force() throws IOException {
        throw new UnsupportedOperationException("being written");
    }

    /** A leader's term begins: its start offset is the log end offset. Recorded in the leader-epoch history. */
    public void beginEpoch(int leaderEpoch) throws IOException {
        throw new UnsupportedOperationException("being written");
    }

    /** Moves what readers may see. Never backwards, never beyond the log end offset. */
    public void advanceHighWatermark(long offset) {
        throw new UnsupportedOperationException("being written");
    }

    /** A new immutable snapshot; cheap. */
    public LogView view() {
        throw new UnsupportedOperationException("being written");
    }

    /** Cuts the log so that {@code offset} is its end (a follower whose log diverged). */
    public void truncateTo(long offset) throws IOException {
        throw new UnsupportedOperationException("being written");
    }

    /**
     * Moves the log start offset (DeleteRecords, KIP-107); segments wholly below it go away.
     *
     * @return the new log start offset
     * @throws OffsetOutOfRangeException beyond the high watermark
     */
    public long deleteRecordsBefore(long offset) throws IOException {
        throw new UnsupportedOperationException("being written");
    }

    /** A changed topic configuration; acts at once. */
    public void configure(LogConfig config) {
        throw new UnsupportedOperationException("being written");
    }

    /** Retention by time and size, roll by time, expiry of producers, deferred flushes: call about once a minute, or by {@code flush.ms}. */
    public void maintain() throws IOException {
        throw new UnsupportedOperationException("being written");
    }

    /** Clean stop: everything forced and marked, so that the next open scans nothing. */
    @Override
    public void close() throws IOException {
        throw new UnsupportedOperationException("being written");
    }

    /** Closes and deletes the folder. */
    public void delete() throws IOException {
        throw new UnsupportedOperationException("being written");
    }
}
