/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.actors.subscription;

import java.util.List;

/** What a {@link PartitionReader} has found. */
public sealed interface PartitionRead {
    /**
     * Batches in the order of the log. Each begins where the one before it ends, the first at or before the offset that was asked for.
     *
     * @param endReached nothing more may be read behind them for now
     */
    record Batches(List<DecodedBatch> batches, boolean endReached) implements PartitionRead {
        public static final Batches NOTHING_NEW = new Batches(List.of(), true);

        public Batches {
            batches = List.copyOf(batches);
        }

        /** Some that were found, where {@code end} is as far as may be read. */
        static Batches upTo(long end, List<DecodedBatch> found) {
            return new Batches(
                    found, !found.isEmpty() && found.get(found.size() - 1).nextOffset() >= end);
        }

        /** Compaction has removed all that was between the two. */
        static Batches allRemoved(long offset, long end) {
            return new Batches(List.of(new DecodedBatch(offset, end, List.of(), 0)), true);
        }
    }

    /** The offset is not there any more. */
    record BelowStart(long logStartOffset) implements PartitionRead {}

    /** The offset is not there at the leader: it is of another log than this one. */
    record BeyondEnd(long logEndOffset) implements PartitionRead {}

    /** This reader can't tell any more: look for the partition again. */
    enum Moved implements PartitionRead {
        INSTANCE
    }
}
