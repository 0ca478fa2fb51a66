/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.actors.partition;

import akka.actor.typed.ActorRef;
import io.sluice.actors.dispatch.PartitionCaller;
import io.sluice.log.AppendOrigin;
import io.sluice.log.AppendResult;
import io.sluice.log.ErrorCode;
import io.sluice.log.LogView;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.function.Consumer;

/**
 * The published face of one term of a replica, as leader or as follower: lives as long as it, and refuses everything afterwards. A
 * follower's takes no appends.
 *
 * <p>No message is lost when the term ends: the actor closes this handle first, and answers all that comes later by refusing it. A
 * caller that sends when the actor is gone sees the closed handle after its send, and takes its own message back; message and actor
 * agree by a claim on the message who answers.
 */
final class ReadablePartition implements PartitionHandle {
    /**
     * An append up to this size is done by the thread that brings it, if it can (see {@link PartitionCaller}): to check and to
     * write it takes about as long as it took that thread to read it from its socket.
     */
    static final int CALLER_APPEND_MAX_BYTES = 256 << 10;

    private static final AppendResult NOT_LEADER =
            new AppendResult.Rejected(ErrorCode.NOT_LEADER_OR_FOLLOWER, "this broker does not lead the partition");

    private final TopicPartition partition;
    private final int leaderEpoch;
    private final ActorRef<PartitionCommand> actor;
    private final MailboxBudget budget;
    private final boolean leads;
    private final FetchedOffsets fetched = new FetchedOffsets();
    private volatile LogView view;
    private volatile InSync inSync = InSync.UNKNOWN;
    private volatile boolean closed;
    private volatile boolean callersRun;

    ReadablePartition(
            TopicPartition partition,
            int leaderEpoch,
            ActorRef<PartitionCommand> actor,
            MailboxBudget budget,
            boolean leads,
            LogView view) {
        this.partition = partition;
        this.leaderEpoch = leaderEpoch;
        this.actor = actor;
        this.budget = budget;
        this.leads = leads;
        this.view = view;
    }

    @Override
    public TopicPartition partition() {
        return partition;
    }

    @Override
    public int leaderEpoch() {
        return leaderEpoch;
    }

    @Override
    public boolean leads() {
        return leads;
    }

    @Override
    public LogView view() {
        return view;
    }

    @Override
    public void append(ByteBuffer batches, AppendOrigin origin, short acks, int timeoutMs, AppendReply reply) {
        if (closed || !leads) {
            reply.onAppended(NOT_LEADER);
            return;
        }
        int bytes = batches.remaining();
        if (!budget.tryTake(bytes)) {
            reply.onAppended(new AppendResult.Rejected(
                    ErrorCode.NOT_ENOUGH_REPLICAS,
                    "too many bytes wait to be appended to " + partition
                            + " (sluice.partition.mailbox.max.bytes, sluice.inflight.max.bytes): try again"));
            return;
        }
        PartitionCommand.Append append = new PartitionCommand.Append(batches, origin, acks, timeoutMs, reply);
        PartitionCaller.send(callersRun && bytes <= CALLER_APPEND_MAX_BYTES, () -> actor.tell(append));
        if (closed && append.claim()) {
            answer(append, NOT_LEADER);
        }
    }

    @Override
    public void await(DataWaiter waiter, long offset, LogView.Bound bound) {
        if (closed || Waiters.boundOf(view, bound) > offset) {
            waiter.dataAvailable(partition);
            return;
        }
        PartitionCaller.send(callersRun, () -> actor.tell(new PartitionCommand.Await(waiter, offset, bound)));
        if (closed) {
            waiter.dataAvailable(partition);
        }
    }

    @Override
    public boolean isClosed() {
        return closed;
    }

    @Override
    public void cancel(DataWaiter waiter) {
        if (!closed) {
            actor.tell(new PartitionCommand.Cancel(waiter));
        }
    }

    @Override
    public void deleteRecords(long beforeOffset, DeleteRecordsReply reply) {
        Once<DeleteRecordsReply> once = new Once<>(reply);
        if (!closed) {
            actor.tell(new PartitionCommand.DeleteRecords(beforeOffset, once));
        }
        if (closed) {
            refuse(once);
        }
    }

    @Override
    public void describeProducers(Consumer<List<ProducerInfo>> reply) {
        Once<Consumer<List<ProducerInfo>>> once = new Once<>(reply);
        if (!closed) {
            actor.tell(new PartitionCommand.DescribeProducers(once));
        }
        if (closed) {
            answer(once, List.of());
        }
    }

    @Override
    public InSync inSync() {
        return inSync;
    }

    @Override
    public long fetchedBy(int broker) {
        return fetched.of(broker);
    }

    @Override
    public void describeReplicas(Consumer<ReplicaStatus> reply) {
        Once<Consumer<ReplicaStatus>> once = new Once<>(reply);
        if (!closed && leads) {
            actor.tell(new PartitionCommand.DescribeReplicas(once));
        }
        if (closed || !leads) {
            describe(once, null);
        }
    }

    @Override
    public void confirmLeads(Consumer<Boolean> reply) {
        Once<Consumer<Boolean>> once = new Once<>(reply);
        if (!closed && leads) {
            actor.tell(new PartitionCommand.ConfirmLeads(once));
        }
        if (closed || !leads) {
            confirm(once, false);
        }
    }

    @Override
    public String toString() {
        return (leads ? "leader of " : "follower of ") + partition + " in epoch " + leaderEpoch
                + (closed ? " (closed)" : "");
    }

    void publish(InSync known) {
        inSync = known;
    }

    /** A follower of this leader has fetched. */
    void fetched(int broker, long offset) {
        fetched.fetched(broker, offset);
    }

    void publish(LogView newView) {
        view = newView;
    }

    /** Whether callers may run this partition's mailbox: not where it waits for the disk. */
    void callersRun(boolean may) {
        callersRun = may;
    }

    /** From now on every caller is refused. */
    void close() {
        closed = true;
    }

    /** Answers a claimed append. */
    void answer(PartitionCommand.Append append, AppendResult result) {
        budget.giveBack(append.bytes);
        append.reply.onAppended(result);
    }

    void refuseClaimed(PartitionCommand.Append append) {
        answer(append, NOT_LEADER);
    }

    /** Refuses whatever was sent before its sender could see that this handle is closed. */
    void refuse(PartitionCommand message) {
        if (message instanceof PartitionCommand.Append append) {
            if (append.claim()) {
                refuseClaimed(append);
            }
        } else if (message instanceof PartitionCommand.Await await) {
            await.waiter().dataAvailable(partition);
        } else if (message instanceof PartitionCommand.DeleteRecords delete) {
            refuse(delete.reply());
        } else if (message instanceof PartitionCommand.DescribeProducers describe) {
            answer(describe.reply(), List.of());
        } else if (message instanceof PartitionCommand.DescribeReplicas describe) {
            describe(describe.reply(), null);
        } else if (message instanceof PartitionCommand.ConfirmLeads question) {
            confirm(question.reply(), false);
        }
    }

    static void confirm(Once<Consumer<Boolean>> once, boolean leads) {
        Consumer<Boolean> reply = once.take();
        if (reply != null) {
            reply.accept(leads);
        }
    }

    static void describe(Once<Consumer<ReplicaStatus>> once, ReplicaStatus status) {
        Consumer<ReplicaStatus> reply = once.take();
        if (reply != null) {
            reply.accept(status);
        }
    }

    static void refuse(Once<DeleteRecordsReply> once) {
        DeleteRecordsReply reply = once.take();
        if (reply != null) {
            reply.onDeleted(ErrorCode.NOT_LEADER_OR_FOLLOWER, -1);
        }
    }

    static void answer(Once<Consumer<List<ProducerInfo>>> once, List<ProducerInfo> producers) {
        Consumer<List<ProducerInfo>> reply = once.take();
        if (reply != null) {
            reply.accept(producers);
        }
    }
}
