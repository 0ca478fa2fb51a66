/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.log.producer;

import java.util.List;

/**
 * What one partition knows of one producer at one moment. Immutable.
 *
 * @param epoch the producer's epoch; batches of an older one are refused
 * @param lastSeenMs the broker's time of its last batch or marker, milliseconds since the epoch
 * @param coordinatorEpoch epoch of the transaction coordinator that wrote the last marker, or -1
 * @param transactionFirstOffset first offset of its open transaction, or -1
 * @param batches its last batches in this epoch, oldest first, at most {@link ProducerStates#REMEMBERED_BATCHES}; empty if it
 *     has only sent markers in this epoch
 */
public record ProducerState(
        short epoch, long lastSeenMs, int coordinatorEpoch, long transactionFirstOffset, List<BatchMetadata> batches) {

    /** No transaction is open. */
    public static final long NO_TRANSACTION = -1L;

    /** No transaction marker was ever seen. */
    public static final int NO_COORDINATOR = -1;

    public ProducerState {
        batches = List.copyOf(batches);
    }

    /** Sequence of its last record in this epoch, or -1. */
    public int lastSequence() {
        return batches.isEmpty() ? -1 : batches.get(batches.size() - 1).lastSequence();
    }

    /** Offset of its last record in this epoch, or -1. */
    public long lastOffset() {
        return batches.isEmpty() ? -1 : batches.get(batches.size() - 1).lastOffset();
    }

    /** The sequence that its next batch must begin with. */
    public int nextSequence() {
        return batches.isEmpty() ? 0 : Sequences.plus(lastSequence(), 1);
    }
}
