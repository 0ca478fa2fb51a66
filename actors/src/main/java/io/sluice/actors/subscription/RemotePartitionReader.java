/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.actors.subscription;

import io.sluice.actors.partition.DataWaiter;
import io.sluice.actors.partition.TopicPartition;
import io.sluice.actors.replication.RemoteLogs;
import io.sluice.actors.replication.RemoteLogs.Answer;
import io.sluice.actors.replication.ReplicaKey;
import io.sluice.log.ErrorCode;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;

/**
 * Reads a partition from the broker that leads it. It is of one term of that leader: an answer of another one, or none, closes it.
 *
 * <p>Subscribers of this node that read the same partition share what comes, as they do with a local one.
 */
final class RemotePartitionReader implements PartitionReader {
    private final TopicPartition partition;
    private final ReplicaKey key;
    private final PartitionDirectory.Leader leader;
    private final RemoteLogs logs;
    private final BatchDecoder decoder;
    private final Executor blocking;
    private final SharedBatches.Readers shared;
    private volatile boolean closed;

    /** Up to where it is known that may be read. */
    private volatile long end = -1;

    private CompletableFuture<Answer> waiting;

    /** @param blocking decodes */
    RemotePartitionReader(
            SubscribedPartition partition,
            PartitionDirectory.Leader leader,
            RemoteLogs logs,
            BatchDecoder decoder,
            Executor blocking,
            SharedBatches shared) {
        this.partition = new TopicPartition(
                partition.topicId(), partition.name().topic(), partition.name().partition());
        this.key = new ReplicaKey(partition.topicId(), partition.name().partition());
        this.leader = leader;
        this.logs = logs;
        this.decoder = decoder;
        this.blocking = blocking;
        this.shared = shared.join(this.partition, leader.epoch());
    }

    @Override
    public boolean isClosed() {
        return closed;
    }

    @Override
    public CompletionStage<Long> offsetOf(StartPosition position, Isolation isolation) {
        RemoteLogs.Question question = position instanceof StartPosition.Timestamp timestamp
                ? new RemoteLogs.Find(key, isolation.bound(), timestamp.timestampMs())
                : new RemoteLogs.Read(key, isolation.bound(), 0, 0);
        return ask(question).thenApply(answer -> {
            answer.release().run();
            return placed(position, answer);
        });
    }

    private Long placed(StartPosition position, Answer answer) {
        if (answer.error() == ErrorCode.KAFKA_STORAGE_ERROR) {
            throw failed("searching for its start");
        } else if (!isOfThisTerm(answer) || answer.error() != ErrorCode.NONE) {
            return null;
        } else if (position == StartPosition.Earliest.INSTANCE) {
            return answer.logStartOffset();
        }
        return answer.found() == Answer.NOT_FOUND ? answer.endOffset() : answer.found();
    }

    @Override
    public CompletionStage<PartitionRead> read(long offset, int maxBytes, Isolation isolation) {
        if (closed) {
            return CompletableFuture.completedFuture(PartitionRead.Moved.INSTANCE);
        }
        long known = end;
        PartitionRead.Batches kept =
                offset < known ? PartitionRead.Batches.upTo(known, shared.find(offset, known, maxBytes)) : null;
        if (kept != null && !kept.batches().isEmpty()) {
            return CompletableFuture.completedFuture(kept);
        }
        return shared.read(offset, isolation, () -> ask(new RemoteLogs.Read(key, isolation.bound(), offset, maxBytes))
                .thenCompose(answer -> answered(answer, offset, maxBytes)));
    }

    private CompletionStage<PartitionRead> answered(Answer answer, long offset, int maxBytes) {
        if (answer.records() == null) {
            answer.release().run();
            return CompletableFuture.completedFuture(withoutRecords(answer, offset));
        }
        return CompletableFuture.supplyAsync(() -> decoded(answer, offset, maxBytes), blocking);
    }

    private PartitionRead withoutRecords(Answer answer, long offset) {
        if (answer.error() == ErrorCode.KAFKA_STORAGE_ERROR) {
            throw failed("reading at offset " + offset);
        } else if (!isOfThisTerm(answer)) {
            return PartitionRead.Moved.INSTANCE;
        } else if (answer.error() == ErrorCode.OFFSET_OUT_OF_RANGE) {
            return offset < answer.logStartOffset()
                    ? new PartitionRead.BelowStart(answer.logStartOffset())
                    : new PartitionRead.BeyondEnd(answer.logEndOffset());
        }
        return offset >= answer.endOffset()
                ? PartitionRead.Batches.NOTHING_NEW
                : PartitionRead.Batches.allRemoved(offset, answer.endOffset());
    }

    private PartitionRead decoded(Answer answer, long offset, int maxBytes) {
        try {
            ByteBuffer stored = ByteBuffer.allocate(answer.records().remaining());
            stored.put(answer.records()).flip();
            return isOfThisTerm(answer)
                    ? decoder.read(partition, stored, offset, answer.endOffset(), maxBytes)
                    : PartitionRead.Moved.INSTANCE;
        } finally {
            answer.release().run();
        }
    }

    /** Whether it says something about the log that this reader reads. */
    private boolean isOfThisTerm(Answer answer) {
        boolean told = answer.error() == ErrorCode.NONE || answer.error() == ErrorCode.OFFSET_OUT_OF_RANGE;
        return told && answer.leaderEpoch() == leader.epoch();
    }

    private CompletableFuture<Answer> ask(RemoteLogs.Question question) {
        return logs.ask(leader.broker(), question).whenComplete((answer, never) -> noted(answer));
    }

    private void noted(Answer answer) {
        if (isOfThisTerm(answer)) {
            end = answer.endOffset();
        } else if (answer.error() != ErrorCode.KAFKA_STORAGE_ERROR) {
            closed = true;
        }
    }

    private SubscriptionException failed(String doing) {
        return new SubscriptionException(
                SubscriptionException.Code.READ_FAILED,
                partition + ": " + doing + " failed on broker " + leader.broker() + ", whose log says why");
    }

    @Override
    public void await(DataWaiter waiter, long offset, Isolation isolation) {
        forgetWaiting();
        if (closed || offset < end) {
            waiter.dataAvailable(partition);
            return;
        }
        waiting = logs.ask(leader.broker(), new RemoteLogs.Await(key, isolation.bound(), offset));
        CompletableFuture<Void> unused = waiting.thenAccept(answer -> {
            answer.release().run();
            noted(answer);
            waiter.dataAvailable(partition);
        });
    }

    private void forgetWaiting() {
        if (waiting != null) {
            waiting.cancel(false);
            waiting = null;
        }
    }

    @Override
    public void close(DataWaiter waiter) {
        forgetWaiting();
        shared.leave();
    }
}
