/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.actors.replication;

import io.sluice.log.ErrorCode;
import io.sluice.log.LogView;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;

/**
 * Reads what is committed in partitions that other brokers lead, for readers that are no replicas. Any thread; nothing blocks.
 *
 * <p>Nothing comes that was not asked for: a reader asks for records when it has room for them, and is told with no more than offsets that there are some.
 */
@FunctionalInterface
public interface RemoteLogs {
    /** Of a node that has no others. */
    RemoteLogs NONE =
            (broker, question) -> CompletableFuture.completedFuture(Answer.failed(ErrorCode.BROKER_NOT_AVAILABLE));

    /**
     * Asks once.
     *
     * @param broker who is believed to lead the partition
     * @return never completes with an exception; cancelling it takes an {@link Await} back
     */
    CompletableFuture<Answer> ask(int broker, Question question);

    /** What is asked. */
    sealed interface Question {
        ReplicaKey key();

        /** How far the reader may look. */
        LogView.Bound bound();
    }

    /**
     * For batches from an offset on, answered at once. The first one holds the offset, or is the next one there is.
     *
     * @param maxBytes about so many, but always a whole batch if there is one; 0 to be told where the log begins and ends, whatever the offset
     */
    record Read(ReplicaKey key, LogView.Bound bound, long offset, int maxBytes) implements Question {}

    /** To be told when there is something beyond an offset, or when the broker does not lead any more. */
    record Await(ReplicaKey key, LogView.Bound bound, long offset) implements Question {}

    /** For the first record at or after a time: {@link Answer#found}. */
    record Find(ReplicaKey key, LogView.Bound bound, long timestampMs) implements Question {}

    /** For how long what lies from an offset on has been there: {@link Answer#found} is the time of the first batch, in ms since the epoch ({@link io.sluice.log.BatchTimes}). */
    record When(ReplicaKey key, LogView.Bound bound, long offset) implements Question {}

    /**
     * What the broker says.
     *
     * @param error {@code NONE}; {@code OFFSET_OUT_OF_RANGE} for an offset below the log's start or beyond its end; {@code KAFKA_STORAGE_ERROR} where the disk failed;
     *     whatever else means that the broker does not lead the partition, can't be reached, or has too much to do: the offsets say nothing then
     * @param leaderEpoch that it leads in
     * @param endOffset up to where the bound allows to read
     * @param logEndOffset with what is not committed yet
     * @param found by {@link Find} or {@link When}; -1 if there is none
     * @param records to be read until {@code release}; null if there are none
     * @param release to be run exactly once, when the records are not needed any more; from any thread
     */
    record Answer(
            ErrorCode error,
            int leaderEpoch,
            long logStartOffset,
            long endOffset,
            long logEndOffset,
            long found,
            ByteBuffer records,
            Runnable release) {
        public static final long NOT_FOUND = -1;

        /** Without records. */
        public static Answer failed(ErrorCode error) {
            return new Answer(error, -1, -1, -1, -1, NOT_FOUND, null, () -> {});
        }
    }
}
