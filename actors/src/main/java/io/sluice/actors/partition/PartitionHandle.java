/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.actors.partition;

import io.sluice.log.AppendOrigin;
import io.sluice.log.LogView;
import java.nio.ByteBuffer;

/**
 * The published face of a partition that is led, or followed, on this node: found by a map look-up, used from any thread. Once that
 * is over every call answers {@code NOT_LEADER_OR_FOLLOWER}; look it up again then.
 */
public interface PartitionHandle {
    TopicPartition partition();

    /** The epoch that is led, or followed. */
    int leaderEpoch();

    /** False for a follower's: it can be read up to the high watermark that its leader has told, and not be written. */
    default boolean leads() {
        return true;
    }

    /** The latest snapshot of the log: volatile, no message. */
    LogView view();

    /**
     * One message to the partition. The reply comes when the batches are written and, with {@code acks=-1}, committed; or at once with
     * {@code THROTTLING_QUOTA_EXCEEDED}'s retriable kin when the mailbox's byte budget is used up.
     *
     * @param batches changed in place and kept until the reply
     * @param acks 0, 1 or -1
     * @param timeoutMs how long to wait for the commit
     */
    void append(ByteBuffer batches, AppendOrigin origin, short acks, int timeoutMs, AppendReply reply);

    /** Tell {@code waiter} once when something beyond {@code offset} may be read within {@code bound}; at once if it may already. */
    void await(DataWaiter waiter, long offset, LogView.Bound bound);

    /** The leadership is gone for good. */
    default boolean isClosed() {
        return false;
    }

    /** Forget the waiter. */
    void cancel(DataWaiter waiter);

    /**
     * DeleteRecords.
     *
     * @param beforeOffset -1 for the high watermark
     */
    void deleteRecords(long beforeOffset, DeleteRecordsReply reply);

    /** Producers that the log knows (DescribeProducers). */
    void describeProducers(java.util.function.Consumer<java.util.List<ProducerInfo>> reply);

    /** What the leader knows of its replicas now: volatile, no message. */
    default InSync inSync() {
        return InSync.UNKNOWN;
    }

    /** Up to where the broker's replica had everything when it last fetched from this leader; -1 if it has not: volatile, no message. */
    default long fetchedBy(int broker) {
        return -1;
    }

    /** How far its replicas are; null if the replica here does not lead. Called on the partition's thread, or at once. */
    default void describeReplicas(java.util.function.Consumer<ReplicaStatus> reply) {
        reply.accept(null);
    }

    /**
     * Asks the other replicas whether the partition is still led here. A leader that is cut off from them does not know of the one after it: what its own
     * log lacks may be in the other's, so before it says that a client's position is wrong it makes sure of that.
     *
     * @param reply true if, when this was called, no later leader had committed anything; false if this one leads no more. Not called before a majority can be
     *     asked, or the term ends. On the partition's thread, or at once
     */
    void confirmLeads(java.util.function.Consumer<Boolean> reply);

    /** Answers a DeleteRecords: the new log start offset, or the error and -1. Called on the partition's thread. */
    @FunctionalInterface
    interface DeleteRecordsReply {
        void onDeleted(io.sluice.log.ErrorCode error, long logStartOffset);
    }

    /** One producer's state; offsets are -1 where unknown. */
    record ProducerInfo(
            long producerId,
            int producerEpoch,
            int lastSequence,
            long lastTimestampMs,
            int coordinatorEpoch,
            long currentTransactionStartOffset) {}
}
