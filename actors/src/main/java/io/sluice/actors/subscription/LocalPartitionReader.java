/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.actors.subscription;

import io.sluice.actors.partition.DataWaiter;
import io.sluice.actors.partition.PartitionHandle;
import io.sluice.log.LogSlice;
import io.sluice.log.LogView;
import io.sluice.log.OffsetOutOfRangeException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Supplier;

/** Reads a replica of this node through its published view. */
final class LocalPartitionReader implements PartitionReader {
    private final PartitionHandle handle;
    private final BatchDecoder decoder;
    private final Executor blocking;
    private final SharedBatches.Readers shared;
    private volatile Wakeups wakeups;

    /** @param blocking may wait for the disk */
    LocalPartitionReader(PartitionHandle handle, BatchDecoder decoder, Executor blocking, SharedBatches shared) {
        this.handle = handle;
        this.decoder = decoder;
        this.blocking = blocking;
        this.shared = shared.join(handle.partition(), handle.leaderEpoch());
    }

    @Override
    public boolean isClosed() {
        return handle.isClosed();
    }

    @Override
    public CompletionStage<Long> offsetOf(StartPosition position, Isolation isolation) {
        LogView view = handle.view();
        if (handle.isClosed()) {
            return CompletableFuture.completedFuture(null);
        }
        if (position instanceof StartPosition.Timestamp timestamp) {
            return onDisk(() -> offsetOf(view, timestamp.timestampMs(), isolation));
        }
        return CompletableFuture.completedFuture(
                position == StartPosition.Earliest.INSTANCE ? view.logStartOffset() : endOf(view, isolation));
    }

    private Long offsetOf(LogView view, long timestampMs, Isolation isolation) {
        try {
            LogView.TimestampedOffset found = view.offsetForTimestamp(timestampMs, isolation.bound());
            return found == null ? endOf(view, isolation) : found.offset();
        } catch (OffsetOutOfRangeException deletedMeanwhile) {
            return null;
        } catch (IOException failure) {
            if (handle.isClosed()) {
                return null;
            }
            throw failed("searching for timestamp " + timestampMs, failure);
        }
    }

    @Override
    public CompletionStage<PartitionRead> read(long offset, int maxBytes, Isolation isolation) {
        Wakeups rounds = wakeups(isolation);
        PartitionRead known = withoutDisk(offset, maxBytes, isolation, rounds);
        if (known instanceof PartitionRead.BeyondEnd) {
            return unlessALaterLeaderHasIt(known);
        } else if (known != null) {
            return CompletableFuture.completedFuture(known);
        }
        return shared.read(offset, isolation, () -> onDisk(() -> readNow(offset, maxBytes, isolation, rounds)));
    }

    /** Those of all readers of this replica. */
    private Wakeups wakeups(Isolation isolation) {
        Wakeups known = wakeups;
        if (known == null) {
            known = shared.wakeups(handle, isolation, () -> new Rounds(isolation));
            wakeups = known;
        }
        return known;
    }

    /** Serves all readers of the replica, also when this one is closed. */
    private final class Rounds implements Wakeups.Replica {
        private final Isolation isolation;

        private Rounds(Isolation isolation) {
            this.isolation = isolation;
        }

        @Override
        public long end() {
            return endOf(handle.view(), isolation);
        }

        @Override
        public boolean isClosed() {
            return handle.isClosed();
        }

        @Override
        public void await(DataWaiter waiter, long offset) {
            handle.await(waiter, offset, isolation.bound());
        }

        @Override
        public void cancel(DataWaiter waiter) {
            handle.cancel(waiter);
        }

        @Override
        public CompletionStage<?> readAhead(long offset) {
            return read(offset, SubscriptionSettings.GATHERED_BYTES, isolation);
        }
    }

    private CompletionStage<PartitionRead> unlessALaterLeaderHasIt(PartitionRead beyondEnd) {
        CompletableFuture<PartitionRead> certain = new CompletableFuture<>();
        handle.confirmLeads(leads -> certain.complete(leads ? beyondEnd : PartitionRead.Moved.INSTANCE));
        return certain;
    }

    /** Null if only the log can tell. */
    private PartitionRead withoutDisk(long offset, int maxBytes, Isolation isolation, Wakeups rounds) {
        LogView view = handle.view();
        if (handle.isClosed()) {
            return PartitionRead.Moved.INSTANCE;
        }
        if (offset < view.logStartOffset()) {
            return new PartitionRead.BelowStart(view.logStartOffset());
        }
        long end = endOf(view, isolation);
        if (offset >= end) {
            // A follower may not know yet what its leader has committed.
            boolean unknown = handle.leads() && offset > view.logEndOffset();
            return unknown ? new PartitionRead.BeyondEnd(view.logEndOffset()) : PartitionRead.Batches.NOTHING_NEW;
        }
        long shown = rounds.shown(end);
        if (offset >= shown) {
            return PartitionRead.Batches.NOTHING_NEW;
        }
        List<DecodedBatch> kept = shared.find(offset, shown, maxBytes);
        return kept.isEmpty() ? null : PartitionRead.Batches.upTo(shown, kept);
    }

    private PartitionRead readNow(long offset, int maxBytes, Isolation isolation, Wakeups rounds) {
        LogView view = handle.view();
        try {
            ByteBuffer stored = stored(view, offset, maxBytes, isolation);
            long end = rounds.shown(endOf(view, isolation));
            // Nothing is stored up to the end where compaction has removed all that was left.
            return stored.hasRemaining()
                    ? decoder.read(handle.partition(), stored, offset, end, maxBytes)
                    : PartitionRead.Batches.allRemoved(offset, end);
        } catch (OffsetOutOfRangeException deletedMeanwhile) {
            long start = handle.view().logStartOffset();
            return offset < start ? new PartitionRead.BelowStart(start) : PartitionRead.Moved.INSTANCE;
        } catch (IOException failure) {
            if (handle.isClosed()) {
                return PartitionRead.Moved.INSTANCE;
            }
            throw failed("reading at offset " + offset, failure);
        }
    }

    private static ByteBuffer stored(LogView view, long offset, int maxBytes, Isolation isolation) throws IOException {
        LogSlice slice = view.read(offset, maxBytes, true, isolation.bound());
        try {
            return slice.copy();
        } finally {
            slice.release();
        }
    }

    @Override
    public void await(DataWaiter waiter, long offset, Isolation isolation) {
        wakeups(isolation).await(waiter, offset);
    }

    @Override
    public void close(DataWaiter waiter) {
        Wakeups known = wakeups;
        if (known != null) {
            known.forget(waiter);
        }
        shared.leave();
    }

    private <T> CompletionStage<T> onDisk(Supplier<T> task) {
        CompletableFuture<T> result = new CompletableFuture<>();
        try {
            blocking.execute(() -> run(task, result));
        } catch (RuntimeException stopping) {
            result.completeExceptionally(failed("reading", stopping));
        }
        return result;
    }

    private <T> void run(Supplier<T> task, CompletableFuture<T> result) {
        try {
            result.complete(task.get());
        } catch (SubscriptionException failure) {
            result.completeExceptionally(failure);
        } catch (RuntimeException | Error failure) {
            result.completeExceptionally(failed("reading", failure));
        }
    }

    private SubscriptionException failed(String doing, Throwable cause) {
        return new SubscriptionException(
                SubscriptionException.Code.READ_FAILED,
                doing + " failed at " + handle.partition() + ": " + cause.getMessage(),
                cause);
    }

    private static long endOf(LogView view, Isolation isolation) {
        return isolation == Isolation.READ_COMMITTED ? view.lastStableOffset() : view.highWatermark();
    }
}
