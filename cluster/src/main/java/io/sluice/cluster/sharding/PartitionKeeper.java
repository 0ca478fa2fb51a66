/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.cluster.sharding;

import akka.actor.typed.ActorRef;
import io.sluice.actors.partition.PartitionCommand;
import io.sluice.actors.replication.ReplicaKey;
import io.sluice.actors.replication.ReplicaStateStore;
import io.sluice.cluster.metadata.ClusterImage;
import io.sluice.cluster.metadata.ConfigRules;
import io.sluice.cluster.metadata.MetadataImage.PartitionInfo;
import io.sluice.cluster.metadata.MetadataImage.TopicInfo;
import io.sluice.cluster.metadata.MetadataPublisher;
import io.sluice.log.LogConfig;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

/**
 * Makes the partitions of this node be what the metadata says: starts new ones, tells them of changed configuration, stops and
 * removes those of deleted topics. Runs on the publisher's thread.
 */
public final class PartitionKeeper implements MetadataPublisher.ChangeListener {
    /** Starts a replica on this node. */
    @FunctionalInterface
    interface ReplicaStarter {
        void start(ClusterImage image, TopicInfo topic, PartitionInfo partition);
    }

    private final int brokerId;
    private final Consumer<EntityIds> sharding;
    private final ReplicaStarter replicas;
    private final LocalPartitions partitions;
    private final ConfigRules rules;
    private final ReplicaStateStore states;
    private final Set<ReplicaKey> leaving = new HashSet<>();
    private boolean removes;
    private boolean incomplete;

    public PartitionKeeper(
            int brokerId,
            PartitionSharding sharding,
            LocalReplicas replicas,
            LocalPartitions partitions,
            ConfigRules rules,
            ReplicaStateStore states) {
        this(brokerId, sharding::start, replicas::start, partitions, rules, states);
    }

    /** @param sharding has a claim made where it belongs */
    PartitionKeeper(
            int brokerId,
            Consumer<EntityIds> sharding,
            ReplicaStarter replicas,
            LocalPartitions partitions,
            ConfigRules rules,
            ReplicaStateStore states) {
        this.brokerId = brokerId;
        this.sharding = sharding;
        this.replicas = replicas;
        this.partitions = partitions;
        this.rules = rules;
        this.states = states;
    }

    /** An image shares with the one before it what has not changed, so the same object means the same topic. */
    @Override
    @SuppressWarnings("ReferenceEquality")
    public synchronized void changed(ClusterImage before, ClusterImage after) {
        if (before.topics() != after.topics()) {
            for (TopicInfo topic : before.topics().values()) {
                if (after.topic(topic.id()).isEmpty()) {
                    delete(topic);
                }
            }
            for (TopicInfo topic : after.topics().values()) {
                TopicInfo known = before.topic(topic.id()).orElse(null);
                if (known != topic) {
                    place(after, topic, known == null ? List.of() : known.partitions());
                    if (known != null && !known.configs().equals(topic.configs())) {
                        configure(after, topic);
                    }
                }
            }
        }
        if (!before.brokerConfig(null).equals(after.brokerConfig(null))
                || !before.brokerConfig(brokerId).equals(after.brokerConfig(brokerId))) {
            after.topics().values().forEach(topic -> configure(after, topic));
        }
    }

    /** Has sharding choose a leader, if it has not. */
    public void seekLeader(ClusterImage image, UUID topicId, int partition) {
        if (topicId.equals(EntityIds.METADATA_TOPIC_ID)) {
            sharding.accept(EntityIds.METADATA);
            return;
        }
        image.topic(topicId)
                .filter(topic -> partition < topic.partitions().size())
                .map(topic -> topic.partitions().get(partition))
                .ifPresent(info -> sharding.accept(EntityIds.of(info.group(), topicId, partition)));
    }

    /** Completes when every replica that the image places here leads, follows or has failed. */
    public CompletionStage<Void> settled(ClusterImage image) {
        CompletableFuture<?>[] all = image.topics().values().stream()
                .map(topic -> partitions.settled(topic.id(), here(topic)).toCompletableFuture())
                .toArray(CompletableFuture<?>[]::new);
        return CompletableFuture.allOf(all);
    }

    private BitSet here(TopicInfo topic) {
        BitSet here = new BitSet();
        for (PartitionInfo partition : topic.partitions()) {
            if (partition.isOn(brokerId)) {
                here.set(partition.partition());
            }
        }
        return here;
    }

    /** Claims what this broker is to lead before all others and does not. */
    public void claimPreferred(ClusterImage image) {
        for (TopicInfo topic : image.topics().values()) {
            for (PartitionInfo partition : topic.partitions()) {
                if (partition.replicas().get(0) == brokerId
                        && partitions.leader(topic.id(), partition.partition()) == null) {
                    sharding.accept(EntityIds.of(partition.group(), topic.id(), partition.partition()));
                }
            }
        }
    }

    /** Starts, changes and removes replicas of a topic here. */
    private void place(ClusterImage image, TopicInfo topic, List<PartitionInfo> before) {
        for (PartitionInfo partition : topic.partitions()) {
            PartitionInfo known = partition.partition() < before.size() ? before.get(partition.partition()) : null;
            boolean isHere = partition.isOn(brokerId);
            if (isHere != (known != null && known.isOn(brokerId))) {
                place(image, topic, partition);
            }
            if (known != null && isHere && partition.version() != known.version()) {
                partitions.tell(topic.id(), partition.partition(), new PartitionCommand.ChangeSet(partition.set()));
            }
            if (known != null && known.group() != partition.group()) {
                regroup(topic.id(), partition);
            }
        }
    }

    private void place(ClusterImage image, TopicInfo topic, PartitionInfo partition) {
        ReplicaKey key = new ReplicaKey(topic.id(), partition.partition());
        boolean runs = partitions.replica(key.topicId(), key.partition()) != null;
        boolean isHere = partition.isOn(brokerId);
        if (!runs) {
            leaving.remove(key);
        }
        if (isHere && !runs) {
            replicas.start(image, topic, partition);
        } else if (!isHere && runs && removes && leaving.add(key)) {
            partitions.tell(key.topicId(), key.partition(), new PartitionCommand.Delete(() -> {}, false));
        } else if (isHere == leaving.contains(key)) {
            // It comes back before it is gone, or does not belong here and may not be removed yet.
            incomplete |= isHere || !removes;
        }
    }

    /**
     * The metadata is as new as can be: from now on replicas that do not belong here are removed. Before, while what was long ago is replayed, one that
     * is not here may be here again in the records to come.
     */
    public synchronized void removeReplicas(ClusterImage image) {
        removes = true;
        incomplete = true;
        placeMissing(image);
    }

    /** Starts what could not be started yet because its predecessor was not gone. Call now and then: costs nothing where nothing waits. */
    public synchronized void placeMissing(ClusterImage image) {
        if (incomplete) {
            incomplete = false;
            image.topics().values().forEach(topic -> topic.partitions()
                    .forEach(partition -> place(image, topic, partition)));
        }
    }

    /** Another shard has the claim now. Where the replica is to lead that claim comes here, and replaces the old one then. */
    private void regroup(UUID topicId, PartitionInfo partition) {
        EntityIds entity = EntityIds.of(partition.group(), topicId, partition.partition());
        if (partition.replicas().get(0) == brokerId) {
            sharding.accept(entity);
        } else {
            partitions.moveClaim(entity);
        }
    }

    private void configure(ClusterImage image, TopicInfo topic) {
        LogConfig config = rules.logConfig(image, topic.configs());
        for (ActorRef<PartitionCommand> actor : partitions.actors(topic.id())) {
            actor.tell(new PartitionCommand.Configure(config));
        }
    }

    private void delete(TopicInfo topic) {
        PartitionCommand.Delete delete = new PartitionCommand.Delete(() -> {});
        for (ActorRef<PartitionCommand> actor : partitions.actors(topic.id())) {
            actor.tell(delete);
        }
        partitions.deleted(topic.id());
        leaving.removeIf(key -> key.topicId().equals(topic.id()));
        states.forget(topic.id());
    }
}
