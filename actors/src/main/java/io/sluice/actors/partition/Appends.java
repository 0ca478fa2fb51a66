/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.actors.partition;

import io.sluice.log.AppendResult;
import io.sluice.log.ErrorCode;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;

/**
 * What is appended: gathered, written with one write, answered. An append with {@code acks=-1} is answered when the high
 * watermark has passed it, the others when they are written.
 *
 * <p>A full disk refuses what was gathered with {@code KAFKA_STORAGE_ERROR}, which clients try again, and changes nothing else: the
 * next append tries to write again, so that writing resumes by itself when there is room. Readers don't notice.
 *
 * <p>This class is not thread-safe: its partition's actor owns it.
 */
final class Appends {
    /** Written together at most; more than this in the mailbox makes several writes. */
    static final long GATHER_BYTES_MAX = 4L << 20;

    private record Gathered(PartitionCommand.Append append, AppendResult result, long lastOffset) {}

    private record Uncommitted(PartitionCommand.Append append, AppendResult result, long lastOffset, long dueMs) {}

    private static final AppendResult DISK_FULL =
            new AppendResult.Rejected(ErrorCode.KAFKA_STORAGE_ERROR, "no room on the broker's disk: try again");

    private final PartitionStore store;
    private final ReadablePartition handle;
    private final PartitionMeters meters;
    private final int epoch;
    private final Queue<Uncommitted> uncommitted = new ArrayDeque<>();
    private List<Gathered> gathered = new ArrayList<>();
    private List<Gathered> spare = new ArrayList<>();
    private boolean diskFull;

    Appends(PartitionStore store, ReadablePartition handle, PartitionMeters meters, int epoch) {
        this.store = store;
        this.handle = handle;
        this.meters = meters;
        this.epoch = epoch;
    }

    /** @return whether it waits for {@link #write} now; otherwise it is answered */
    boolean gather(PartitionCommand.Append append) throws IOException {
        if (!append.claim()) {
            return false;
        }
        AppendResult result;
        try {
            result = store.prepare(append.batches, append.origin, epoch);
        } catch (IOException | RuntimeException failure) {
            handle.answer(append, storageError(failure));
            throw failure;
        }
        if (result instanceof AppendResult.Appended appended) {
            gathered.add(new Gathered(append, result, appended.lastOffset()));
        } else if (result instanceof AppendResult.Duplicate duplicate) {
            gathered.add(new Gathered(append, result, duplicate.lastOffset()));
        } else {
            meters.rejectedAppends.increment();
            handle.answer(append, result);
            return false;
        }
        return true;
    }

    boolean isFull() {
        return store.pendingBytes() >= GATHER_BYTES_MAX;
    }

    boolean isEmpty() {
        return gathered.isEmpty();
    }

    /**
     * Writes what was gathered. Nobody is answered yet.
     *
     * @throws DiskFullException everybody has been refused
     */
    void write() throws IOException {
        try {
            store.write();
            diskFull = false;
            meters.writes.increment();
        } catch (DiskFullException full) {
            for (Gathered one : gathered) {
                meters.diskFullRefusals.increment();
                handle.answer(one.append(), DISK_FULL);
            }
            gathered.clear();
            throw full;
        }
    }

    /** Whether the last write found the disk full; {@link #write} says it each time, this is for telling people once. */
    boolean wasDiskFull() {
        return diskFull;
    }

    void diskIsFull() {
        diskFull = true;
    }

    /** What was gathered is in the log, and waits to be answered or committed. */
    void written(long nowMs) {
        List<Gathered> written = gathered;
        gathered = spare;
        spare = written;
        for (Gathered one : written) {
            meters.appends.increment();
            meters.appendedBytes.add(one.append().bytes);
            if (one.append().acks == -1) {
                uncommitted.add(
                        new Uncommitted(one.append(), one.result(), one.lastOffset(), nowMs + one.append().timeoutMs));
            }
        }
    }

    /** Answers what was written and needs no commit, and what is committed. */
    void answer(long highWatermark) {
        List<Gathered> written = spare;
        for (int i = 0; i < written.size(); i++) {
            Gathered one = written.get(i);
            if (one.append().acks != -1) {
                handle.answer(one.append(), one.result());
            }
        }
        written.clear();
        answerCommitted(highWatermark);
    }

    /** The high watermark has moved. */
    void answerCommitted(long highWatermark) {
        while (!uncommitted.isEmpty() && uncommitted.peek().lastOffset() < highWatermark) {
            Uncommitted committed = uncommitted.poll();
            handle.answer(committed.append(), committed.result());
        }
    }

    /** Answers those whose time is over. */
    void expire(long nowMs) {
        uncommitted.removeIf(waiting -> {
            if (waiting.dueMs() > nowMs) {
                return false;
            }
            handle.answer(
                    waiting.append(),
                    new AppendResult.Rejected(
                            ErrorCode.REQUEST_TIMED_OUT,
                            "written, but not on enough replicas within " + waiting.append().timeoutMs + " ms"));
            return true;
        });
    }

    boolean anyUncommitted() {
        return !uncommitted.isEmpty();
    }

    /**
     * The leadership is over, or the log is broken: everybody who waits is refused. What was gathered must not stay prepared: its buffers are its senders' again, and
     * whoever follows a leader has its own log to write to.
     */
    void refuseAll(Throwable storageFailure) {
        store.discard();
        for (Gathered one : gathered) {
            refuse(one.append(), storageFailure);
        }
        gathered.clear();
        for (Gathered one : spare) {
            if (one.append().acks != -1) {
                handle.answer(one.append(), one.result());
            }
        }
        spare.clear();
        for (Uncommitted one : uncommitted) {
            refuse(one.append(), null);
        }
        uncommitted.clear();
    }

    private void refuse(PartitionCommand.Append append, Throwable storageFailure) {
        if (storageFailure == null) {
            handle.refuseClaimed(append);
        } else {
            handle.answer(append, storageError(storageFailure));
        }
    }

    private static AppendResult storageError(Throwable failure) {
        return new AppendResult.Rejected(
                ErrorCode.KAFKA_STORAGE_ERROR, "the partition's log could not be written: " + Phase.describe(failure));
    }
}
