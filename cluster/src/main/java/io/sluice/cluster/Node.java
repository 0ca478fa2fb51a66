/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.cluster;

import io.sluice.actors.group.GroupAccess;
import io.sluice.actors.partition.PartitionHandle;
import io.sluice.actors.replication.ReplicaSource;
import io.sluice.actors.subscription.SubscriptionEngine;
import io.sluice.actors.subscription.Subscriptions;
import io.sluice.cluster.config.BrokerSettings;
import io.sluice.cluster.group.Backlogs;
import io.sluice.cluster.metadata.Controller;
import io.sluice.cluster.metadata.MetadataImage;
import io.sluice.cluster.metadata.MetadataLevels;
import io.sluice.log.ErrorCode;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** What a running node offers to the protocols on top of it. Every method may be called from any thread and none blocks. */
public interface Node {
    int id();

    /** Whether clients are to be served: not before this node has the metadata of its cluster, and what it keeps is open. */
    default boolean isReady() {
        return true;
    }

    BrokerSettings settings();

    /** The newest image that was replayed on this node. */
    MetadataImage metadata();

    /** The leader on this node, or null if the partition is not led (or does not serve yet) here. */
    PartitionHandle leader(UUID topicId, int partition);

    /** The follower on this node, to be read up to its high watermark, or null if the partition is not followed here. */
    default PartitionHandle follower(UUID topicId, int partition) {
        return null;
    }

    /** Who leads the partition, as far as this node knows; a leader is named only once it serves. */
    Leadership leadership(UUID topicId, int partition);

    /** Completes when somebody is known to lead the partition, or after a moment in which nobody was: there may be an election. */
    default CompletionStage<Void> leaderKnown(UUID topicId, int partition) {
        return CompletableFuture.completedFuture(null);
    }

    Controller controller();

    /** The coordinators of consumer groups that run on this node. */
    io.sluice.actors.group.GroupCoordinators groups();

    /** Consumer groups, wherever in the cluster their coordinators are. */
    default GroupAccess groupAccess() {
        return GroupAccess.NONE;
    }

    /** How much partitions have behind offsets, whoever leads them. */
    default Backlogs backlogs() {
        return Backlogs.OF_NOTHING;
    }

    /** Partitions as backpressured streams. */
    default Subscriptions subscriptions() {
        return SubscriptionEngine.ofNothing();
    }

    /** Levels of the metadata that this node knows; the cluster's is one of them. */
    default MetadataLevels levels() {
        return MetadataLevels.KNOWN;
    }

    /** The replicas on this node, for those on others to fetch from. */
    default ReplicaSource replicas() {
        return ReplicaSource.NONE;
    }

    /** The broker that took the role of the controller; -1 if unknown. */
    int controllerId();

    /** Registered brokers that are in the cluster now, as far as this node can see. */
    default Set<Integer> liveBrokers() {
        return metadata().brokers().keySet();
    }

    /** Where others reach this node's HTTP, not resolved; empty if it serves none. */
    default Optional<InetSocketAddress> httpAddress() {
        return Optional.empty();
    }

    /** Where the other nodes serve HTTP, by broker, not resolved; without those that don't, or have not said so yet. */
    default Map<Integer, InetSocketAddress> httpAddresses() {
        return Map.of();
    }

    /**
     * The brokers whose replicas have all that is committed of a partition, its leader's included; null where that is not known: only the leader's node
     * does.
     */
    default List<Integer> inSync(UUID topicId, int partition) {
        return null;
    }

    /** Moves a partition's leadership to its preferred broker; {@code NONE} when that one leads. */
    default CompletionStage<ErrorCode> electPreferred(UUID topicId, int partition, int timeoutMs) {
        return CompletableFuture.completedFuture(ErrorCode.PREFERRED_LEADER_NOT_AVAILABLE);
    }

    /** How far the replicas of the metadata are, asked of their leader. */
    default CompletionStage<Quorum> quorum(int timeoutMs) {
        return CompletableFuture.completedFuture(Quorum.failed(ErrorCode.LEADER_NOT_AVAILABLE));
    }

    /**
     * The replicas of the metadata.
     *
     * @param voters who elect and commit
     * @param observers who only follow
     */
    record Quorum(
            ErrorCode error,
            int leader,
            int leaderEpoch,
            long highWatermark,
            List<QuorumReplica> voters,
            List<QuorumReplica> observers) {
        public static Quorum failed(ErrorCode error) {
            return new Quorum(error, -1, -1, -1, List.of(), List.of());
        }
    }

    /**
     * One of them.
     *
     * @param logEnd -1 if unknown
     * @param lastFetchMs when it last fetched; -1 for the leader, or if unknown
     * @param lastCaughtUpMs when it last had everything; -1 if unknown
     */
    record QuorumReplica(int broker, long logEnd, long lastFetchMs, long lastCaughtUpMs) {}

    /** @param brokerId -1 if nobody serves */
    record Leadership(int brokerId, int leaderEpoch) {
        public static final Leadership NONE = new Leadership(-1, -1);
    }
}
