/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.cluster.sharding;

import akka.actor.typed.ActorRef;
import io.sluice.actors.partition.PartitionCommand;
import io.sluice.actors.replication.ReplicaStateStore;
import io.sluice.cluster.metadata.ClusterImage;
import io.sluice.cluster.metadata.ConfigRules;
import io.sluice.cluster.metadata.MetadataImage.PartitionInfo;
import io.sluice.cluster.metadata.MetadataImage.TopicInfo;
import io.sluice.cluster.metadata.MetadataPublisher;
import io.sluice.log.LogConfig;
import java.util.BitSet;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Makes the partitions of this node be what the metadata says: starts new ones, tells them of changed configuration, stops and
 * removes those of deleted topics. Runs on the publisher's thread.
 */
public final class PartitionKeeper implements MetadataPublisher.ChangeListener {
    private final int brokerId;
    private final PartitionSharding sharding;
    private final LocalReplicas replicas;
    private final LocalPartitions partitions;
    private final ConfigRules rules;
    private final ReplicaStateStore states;

    public PartitionKeeper(
            int brokerId,
            PartitionSharding sharding,
            LocalReplicas replicas,
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
    public void changed(ClusterImage before, ClusterImage after) {
        if (before.topics() != after.topics()) {
            for (TopicInfo topic : before.topics().values()) {
                if (after.topic(topic.id()).isEmpty()) {
                    delete(topic);
                }
            }
            for (TopicInfo topic : after.topics().values()) {
                TopicInfo known = before.topic(topic.id()).orElse(null);
                if (known != topic) {
                    topic.partitions().forEach(partition -> keep(after, topic, partition));
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
            sharding.start(EntityIds.METADATA);
            return;
        }
        image.topic(topicId)
                .filter(topic -> partition < topic.partitions().size())
                .map(topic -> topic.partitions().get(partition))
                .ifPresent(info -> sharding.start(EntityIds.of(info.group(), topicId, partition)));
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
            if (isHere(partition)) {
                here.set(partition.partition());
            }
        }
        return here;
    }

    /** Starts the replica that is to be here, tells it of its newest set, or removes the one that is not to be here any more. */
    private void keep(ClusterImage image, TopicInfo topic, PartitionInfo partition) {
        ActorRef<PartitionCommand> replica = partitions.replica(topic.id(), partition.partition());
        if (isHere(partition)) {
            if (replica == null) {
                replicas.start(image, topic, partition);
            } else {
                replica.tell(new PartitionCommand.ChangeSet(partition.set()));
            }
        } else if (replica != null) {
            replica.tell(new PartitionCommand.Delete(() -> {}));
        }
    }

    private boolean isHere(PartitionInfo partition) {
        return partition.replicas().contains(brokerId)
                || partition.observers().contains(brokerId)
                || partition.leaving().contains(brokerId);
    }

    /** Claims what this broker is to lead before all others and does not. */
    public void claimPreferred(ClusterImage image) {
        for (TopicInfo topic : image.topics().values()) {
            for (PartitionInfo partition : topic.partitions()) {
                if (partition.replicas().get(0) == brokerId
                        && partitions.leader(topic.id(), partition.partition()) == null) {
                    sharding.start(EntityIds.of(partition.group(), topic.id(), partition.partition()));
                }
            }
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
        states.forget(topic.id());
    }
}
