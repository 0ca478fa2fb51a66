/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.cluster;

import akka.actor.typed.ActorRef;
import io.sluice.actors.dispatch.PartitionCaller;
import io.sluice.actors.partition.PartitionCommand;
import io.sluice.actors.partition.TopicPartition;
import io.sluice.actors.replication.FetchReply;
import io.sluice.actors.replication.RemoteLogs;
import io.sluice.actors.replication.ReplicaFetches;
import io.sluice.actors.replication.ReplicaKey;
import io.sluice.actors.replication.ReplicaLink;
import io.sluice.actors.replication.ReplicaMessage;
import io.sluice.actors.replication.ReplicaSource;
import io.sluice.cluster.membership.Leaderships;
import io.sluice.cluster.membership.Peers;
import io.sluice.cluster.membership.ReplicaRouter;
import io.sluice.cluster.sharding.LocalPartitions;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.UUID;
import java.util.function.Supplier;

/**
 * Between the replicas of this node and the two ways to those of other nodes: control messages go through the {@link ReplicaRouter}, records
 * through the {@link ReplicaFetches}.
 */
final class NodeReplicas implements ReplicaLink, ReplicaSource {
    /** What is larger takes long enough to be worth a thread of its own, see {@link PartitionCaller}. */
    private static final int CALLER_WRITE_MAX_BYTES = 256 << 10;

    /** Sees to it that a partition is led. */
    @FunctionalInterface
    interface Seeker {
        void seek(UUID topicId, int partition);
    }

    private final LocalPartitions partitions;
    private final Peers peers;
    private final Leaderships leaderships;
    private final Seeker seeker;
    private ActorRef<ReplicaRouter.Command> router;
    private ReplicaFetches fetches;

    NodeReplicas(LocalPartitions partitions, Peers peers, Leaderships leaderships, Seeker seeker) {
        this.partitions = partitions;
        this.peers = peers;
        this.leaderships = leaderships;
        this.seeker = seeker;
    }

    /** Opens the ways; before any replica starts. */
    void connect(
            ActorRef<ReplicaRouter.Command> toRouter, ReplicaFetches.Factory transport, Supplier<String> clusterId) {
        router = toRouter;
        fetches = transport.open(addresses(clusterId), new Answers());
        leaderships.onChange(this::leaderChanged);
        peers.onGone(this::brokerGone);
        partitions.onSeek(this::seek);
    }

    void close() {
        if (fetches != null) {
            fetches.close();
        }
    }

    /** What other brokers lead. After {@link #connect}. */
    RemoteLogs logs() {
        return fetches.logs();
    }

    // Out

    @Override
    public void send(int broker, ReplicaKey key, ReplicaMessage message) {
        router.tell(new ReplicaRouter.Send(broker, key, message));
    }

    @Override
    public void fetch(int broker, ReplicaKey key, ReplicaMessage.Fetch fetch) {
        fetches.fetch(broker, key, fetch);
    }

    @Override
    public void cancel(ReplicaKey key) {
        fetches.cancel(key);
    }

    // In

    /** A control message of another broker's replica. */
    void deliver(int from, ReplicaKey key, ReplicaMessage message) {
        partitions.tell(key.topicId(), key.partition(), new PartitionCommand.FromReplica(from, message));
    }

    @Override
    public boolean fetch(int from, ReplicaKey key, ReplicaMessage.Fetch fetch, FetchReply reply) {
        ActorRef<PartitionCommand> replica = partitions.replica(key.topicId(), key.partition());
        if (replica == null) {
            return false;
        }
        PartitionCaller.send(true, () -> replica.tell(new PartitionCommand.FetchFromReplica(from, fetch, reply)));
        return true;
    }

    private final class Answers implements ReplicaFetches.Sink {
        @Override
        public void answered(
                ReplicaKey key, int from, ReplicaMessage.Answer answer, ByteBuffer records, Runnable release) {
            ActorRef<PartitionCommand> replica = partitions.replica(key.topicId(), key.partition());
            if (replica == null) {
                release.run();
                return;
            }
            boolean small = records == null || records.remaining() <= CALLER_WRITE_MAX_BYTES;
            PartitionCaller.send(
                    small, () -> replica.tell(new PartitionCommand.FetchAnswered(from, answer, records, release)));
        }

        @Override
        public void interrupted(ReplicaKey key, int broker) {
            partitions.tell(key.topicId(), key.partition(), new PartitionCommand.FetchInterrupted(broker));
        }

        /** Whether it is dead the cluster's membership says. */
        @Override
        public void unreachable(int broker) {}
    }

    // Who leads

    private void leaderChanged(UUID topicId, int partition, Leaderships.Leader leader) {
        if (leader.broker() == peers.self() || partitions.replica(topicId, partition) == null) {
            return;
        }
        if (leader.broker() >= 0) {
            partitions.tell(topicId, partition, new PartitionCommand.LeaderKnown(leader.broker(), leader.epoch()));
        } else {
            seeker.seek(topicId, partition);
        }
    }

    private void seek(TopicPartition partition) {
        Leaderships.Leader leader = leaderships.leader(partition.topicId(), partition.partition());
        if (peers.isPresent(leader.broker())) {
            partitions.tell(
                    partition.topicId(),
                    partition.partition(),
                    new PartitionCommand.LeaderKnown(leader.broker(), leader.epoch()));
        } else {
            seeker.seek(partition.topicId(), partition.partition());
        }
    }

    private void brokerGone(int broker) {
        PartitionCommand gone = new PartitionCommand.BrokerGone(broker);
        partitions.allActors().forEach(replica -> replica.tell(gone));
    }

    private ReplicaFetches.Peers addresses(Supplier<String> clusterId) {
        return new ReplicaFetches.Peers() {
            @Override
            public int self() {
                return peers.self();
            }

            @Override
            public String clusterId() {
                String id = clusterId.get();
                return id == null ? "" : id;
            }

            @Override
            public InetSocketAddress address(int broker) {
                return peers.listening(broker);
            }
        };
    }
}
