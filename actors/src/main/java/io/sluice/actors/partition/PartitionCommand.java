/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.actors.partition;

import io.sluice.actors.replication.FetchReply;
import io.sluice.actors.replication.ReplicaMessage;
import io.sluice.actors.replication.ReplicaSet;
import io.sluice.log.AppendOrigin;
import io.sluice.log.LogConfig;
import io.sluice.log.LogView;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.function.Consumer;

/** What a {@link Partition} is told. */
public sealed interface PartitionCommand
        permits PartitionCommand.Campaign,
                PartitionCommand.Withdraw,
                PartitionCommand.HandOver,
                PartitionCommand.ChangeSet,
                PartitionCommand.SetConfirmed,
                PartitionCommand.LeaderKnown,
                PartitionCommand.BrokerGone,
                PartitionCommand.FromReplica,
                PartitionCommand.FetchFromReplica,
                PartitionCommand.FetchAnswered,
                PartitionCommand.FetchInterrupted,
                PartitionCommand.Configure,
                PartitionCommand.Delete,
                PartitionCommand.Stop,
                PartitionCommand.Maintain,
                PartitionCommand.Compact,
                PartitionCommand.Append,
                PartitionCommand.Await,
                PartitionCommand.Cancel,
                PartitionCommand.DeleteRecords,
                PartitionCommand.DescribeProducers,
                PartitionCommand.DescribeReplicas,
                PartitionCommand.ConfirmLeads,
                PartitionEvent {
    /** Sharding has chosen this replica: try to lead, and again whenever another has taken over, until {@link Withdraw}. */
    enum Campaign implements PartitionCommand {
        INSTANCE
    }

    /** Sharding chooses another replica: don't try to lead again. Who leads goes on until that one asks for promises. */
    enum Withdraw implements PartitionCommand {
        INSTANCE
    }

    /**
     * This broker is about to stop: have another replica lead.
     *
     * @param order broker ids that live, the one that sharding would choose first
     */
    record HandOver(List<Integer> order) implements PartitionCommand {}

    /** The metadata has a newer replica set. */
    record ChangeSet(ReplicaSet set) implements PartitionCommand {}

    /** The metadata has no newer replica set than the one that the candidate of {@code epoch} knows. */
    record SetConfirmed(int epoch) implements PartitionCommand {}

    /** A broker is said to lead an epoch. It may be over by now. */
    record LeaderKnown(int broker, int epoch) implements PartitionCommand {}

    /** A broker has left the cluster. */
    record BrokerGone(int broker) implements PartitionCommand {}

    /** A control message of another replica. */
    record FromReplica(int from, ReplicaMessage message) implements PartitionCommand {}

    /** Another replica's fetch. */
    record FetchFromReplica(int from, ReplicaMessage.Fetch fetch, FetchReply reply) implements PartitionCommand {}

    /**
     * The answer to the own fetch.
     *
     * @param records what came with it; null for nothing
     * @param release to be run once the bytes are used
     */
    record FetchAnswered(int from, ReplicaMessage.Answer answer, ByteBuffer records, Runnable release)
            implements PartitionCommand {}

    /** The own fetch, or its answer, may have got lost with its connection to {@code broker}. */
    record FetchInterrupted(int broker) implements PartitionCommand {}

    /** The topic's configuration has changed. */
    record Configure(LogConfig config) implements PartitionCommand {}

    /**
     * Answer who waits, remove the files, stop.
     *
     * @param topicGone the topic is deleted; else only this replica, which may come back, and must know then that it has been
     */
    record Delete(Runnable done, boolean topicGone) implements PartitionCommand {
        /** The topic is deleted. */
        public Delete(Runnable done) {
            this(done, true);
        }

        /** The same, which also does what an earlier one wants done; null if there is none. */
        Delete after(Delete earlier) {
            return earlier == null
                    ? this
                    : new Delete(
                            () -> {
                                earlier.done().run();
                                done.run();
                            },
                            topicGone || earlier.topicGone);
        }

        @Override
        public String toString() {
            return "Delete";
        }
    }

    /** Close cleanly and stop. */
    enum Stop implements PartitionCommand {
        INSTANCE
    }

    /** Time to look at retention, rolling and expiry. */
    enum Maintain implements PartitionCommand {
        INSTANCE
    }

    /** Time to look whether there is enough to compact. */
    enum Compact implements PartitionCommand {
        INSTANCE
    }

    /** See {@link PartitionHandle#append}. A class, not a record: it is claimed once, by the actor or by a caller who sees that the actor stops. */
    final class Append implements PartitionCommand {
        private static final VarHandle CLAIMED;

        static {
            try {
                CLAIMED = MethodHandles.lookup().findVarHandle(Append.class, "claimed", boolean.class);
            } catch (ReflectiveOperationException impossible) {
                throw new ExceptionInInitializerError(impossible);
            }
        }

        final ByteBuffer batches;
        final AppendOrigin origin;
        final short acks;
        final int timeoutMs;
        final AppendReply reply;
        final int bytes;

        @SuppressWarnings("UnusedVariable") // through the VarHandle
        private volatile boolean claimed;

        Append(ByteBuffer batches, AppendOrigin origin, short acks, int timeoutMs, AppendReply reply) {
            this.batches = batches;
            this.origin = origin;
            this.acks = acks;
            this.timeoutMs = timeoutMs;
            this.reply = reply;
            this.bytes = batches.remaining();
        }

        /** Whoever gets true answers the append. */
        boolean claim() {
            return CLAIMED.compareAndSet(this, false, true);
        }
    }

    /** See {@link PartitionHandle#await}. */
    record Await(DataWaiter waiter, long offset, LogView.Bound bound) implements PartitionCommand {}

    /** See {@link PartitionHandle#cancel}. */
    record Cancel(DataWaiter waiter) implements PartitionCommand {}

    /** See {@link PartitionHandle#deleteRecords}. */
    record DeleteRecords(long beforeOffset, Once<PartitionHandle.DeleteRecordsReply> reply)
            implements PartitionCommand {}

    /** See {@link PartitionHandle#describeProducers}. */
    record DescribeProducers(Once<Consumer<List<PartitionHandle.ProducerInfo>>> reply) implements PartitionCommand {}

    /** See {@link PartitionHandle#describeReplicas}. */
    record DescribeReplicas(Once<Consumer<ReplicaStatus>> reply) implements PartitionCommand {}

    /** See {@link PartitionHandle#confirmLeads}. */
    record ConfirmLeads(Once<Consumer<Boolean>> reply) implements PartitionCommand {}
}
