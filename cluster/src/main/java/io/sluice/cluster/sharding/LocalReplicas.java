/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.cluster.sharding;

import akka.actor.typed.ActorRef;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.DispatcherSelector;
import io.sluice.actors.DispatcherNames;
import io.sluice.actors.partition.LogSnapshots;
import io.sluice.actors.partition.Partition;
import io.sluice.actors.partition.PartitionCommand;
import io.sluice.actors.partition.PartitionContext;
import io.sluice.actors.partition.PartitionSpec;
import io.sluice.actors.partition.TopicPartition;
import io.sluice.actors.replication.ReplicaOrigin;
import io.sluice.actors.replication.ReplicaSet;
import io.sluice.cluster.metadata.ClusterImage;
import io.sluice.cluster.metadata.ConfigRules;
import io.sluice.cluster.metadata.MetadataImage;
import io.sluice.cluster.metadata.TopicNames;
import io.sluice.log.LogConfig;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;

/** Starts the replicas that this node has: one actor each, found in {@link LocalPartitions}. */
public final class LocalReplicas {
    private final ActorSystem<?> system;
    private final PartitionContext node;
    private final ReplicaHome home;
    private final LocalPartitions partitions;
    private final PartitionFolders folders;
    private final TopicLogConfigs configs;
    private final AtomicLong starts = new AtomicLong();

    public LocalReplicas(
            ActorSystem<?> system,
            PartitionContext node,
            ReplicaHome home,
            LocalPartitions partitions,
            PartitionFolders folders,
            ConfigRules rules) {
        this.system = system;
        this.node = node;
        this.home = home;
        this.partitions = partitions;
        this.folders = folders;
        this.configs = new TopicLogConfigs(rules, node.brokerId());
    }

    /**
     * Starts the replica of the metadata: with a vote, or as one who only follows.
     *
     * @param voters brokers that elect and commit
     * @param config forces every write
     * @param snapshots what the log may lose its beginning to
     */
    public void startMetadata(List<Integer> voters, LogConfig config, LogSnapshots snapshots) {
        start(
                TopicNames.METADATA,
                EntityIds.METADATA_TOPIC_ID,
                0,
                config,
                ReplicaSet.first(voters),
                home.originOfForced(voters.size() == 1),
                snapshots);
    }

    void start(ClusterImage image, MetadataImage.TopicInfo topic, MetadataImage.PartitionInfo partition) {
        start(
                topic.name(),
                topic.id(),
                partition.partition(),
                configs.of(image, topic),
                partition.set(),
                home.origin(isNew(image, topic, partition)),
                null);
    }

    /** Only replicas that were there from the partition's beginning may be blank and trusted: others count on what theirs have learnt before. */
    private boolean isNew(ClusterImage image, MetadataImage.TopicInfo topic, MetadataImage.PartitionInfo partition) {
        return partition.version() == 0
                && partition.replicas().contains(node.brokerId())
                && image.isYounger(topic.id(), node.brokerId(), home.directory());
    }

    private void start(
            String topic,
            UUID topicId,
            int partition,
            LogConfig config,
            ReplicaSet set,
            ReplicaOrigin origin,
            LogSnapshots snapshots) {
        PartitionSpec spec = new PartitionSpec(
                new TopicPartition(topicId, topic, partition),
                folders.folder(topic, topicId, partition),
                config,
                set,
                origin,
                snapshots);
        ActorRef<PartitionCommand> actor = system.systemActorOf(
                Partition.create(node, spec),
                "replica-" + topicId + "-" + partition + "-" + starts.incrementAndGet(),
                DispatcherSelector.fromConfig(DispatcherNames.PARTITION));
        partitions.started(topicId, partition, actor);
    }
}
