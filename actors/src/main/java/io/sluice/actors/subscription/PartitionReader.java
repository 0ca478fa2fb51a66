/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.actors.subscription;

import io.sluice.actors.partition.DataWaiter;
import java.util.concurrent.CompletionStage;

/**
 * Reads one partition for one subscription, wherever the partition is. No method blocks. What it completes, it completes on any thread, and with a
 * {@link SubscriptionException} where it fails. One call at a time, but for {@link #isClosed}.
 */
public interface PartitionReader {
    /** Whether the replica that it reads from is gone, or neither leads nor follows any more: look for another. */
    boolean isClosed();

    /** The offset of a position; null if the reader is closed meanwhile. Never asked for {@link StartPosition.Offsets}. */
    CompletionStage<Long> offsetOf(StartPosition position, Isolation isolation);

    /**
     * Batches from {@code offset} on.
     *
     * @param maxBytes about how much decoded memory, but always a whole batch if there is one
     */
    CompletionStage<PartitionRead> read(long offset, int maxBytes, Isolation isolation);

    /** See {@link io.sluice.actors.partition.PartitionHandle#await}: calls once, also if the reader closes; again is allowed. */
    void await(DataWaiter waiter, long offset, Isolation isolation);

    /** Nobody reads on: forgets the waiter. Exactly once. */
    void close(DataWaiter waiter);
}
