/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.actors.replication;

/**
 * What replicas of one partition say to each other. Any of them may be lost, doubled, late or out of order.
 *
 * <p>{@code number} makes an answer recognisable: a replica never uses one twice, not even after a restart. {@code session} is the
 * same for all that a replica says between two starts.
 */
public sealed interface ReplicaMessage {
    /** A candidate asks for promises for {@code epoch}. */
    record Prepare(int epoch, long number, int setVersion) implements ReplicaMessage {}

    /** The sender has promised {@code epoch}; its log is complete up to the start of {@code synced} and ends at {@code logEnd}. */
    record Promise(int epoch, long number, long session, int synced, long logEnd, boolean suspect)
            implements ReplicaMessage {}

    /** The sender can't do what was asked: it has promised {@code promised}, and acted on version {@code setVersion} of the set. */
    record Refuse(int promised, int setVersion) implements ReplicaMessage {}

    /** A candidate or leader asks whether its epoch still stands. */
    record Confirm(int epoch, long number, int setVersion) implements ReplicaMessage {}

    /** {@code epoch} is what the sender has promised, and no older version than {@code setVersion} finds its vote any more. */
    record Confirmed(int epoch, long number, long session, int setVersion, boolean suspect) implements ReplicaMessage {}

    /** The sender leads {@code epoch}, which begins at {@code startOffset}. */
    record Leading(int epoch, long startOffset, int setVersion) implements ReplicaMessage {}

    /** The sender leads {@code epoch} and wants the receiver to lead instead. */
    record TakeOver(int epoch) implements ReplicaMessage {}

    /** Whom does the receiver lead? The sender would like to follow. */
    record Seek(int promised) implements ReplicaMessage {}

    /**
     * The sender has everything below {@code offset}, and asks for what follows.
     *
     * @param source the receiver's session in which it has promised to serve the sender's catch-up; {@link #LEADER} if the receiver leads
     * @param lastEpoch epoch of its last record, -1 if it has none
     * @param synced its log is known to be the leader's at least up to the start of the epoch: the fetch acknowledges
     * @param highWatermark the last one that it was told
     */
    record Fetch(
            int epoch,
            long session,
            long number,
            long source,
            long offset,
            int lastEpoch,
            boolean synced,
            boolean suspect,
            long highWatermark)
            implements ReplicaMessage {
        /** In place of a session. */
        public static final long LEADER = -1;
    }

    /** Answers a {@link Fetch}. */
    sealed interface Answer extends ReplicaMessage {
        int epoch();

        /** The fetch's. */
        long number();
    }

    /**
     * The logs match up to {@code offset}; records from there on come along, possibly none.
     *
     * @param logStart where the sender's log starts
     * @param admitted the receiver, suspect until now, may be trusted again
     */
    record Records(int epoch, long number, long offset, long highWatermark, long logStart, boolean admitted)
            implements Answer {}

    /** The logs don't match: {@code lastEpoch} is the largest epoch in the sender's log that is not above the fetch's, and ends at {@code endOffset}. */
    record Diverging(int epoch, long number, int lastEpoch, long endOffset, long logStart) implements Answer {}

    /** The sender has nothing from before {@code logStart} any more: begin anew there. */
    record Restart(int epoch, long number, long logStart) implements Answer {}
}
