/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.cluster.sharding;

import akka.actor.typed.ActorRef;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.Behavior;
import akka.actor.typed.DispatcherSelector;
import akka.actor.typed.javadsl.Behaviors;
import akka.cluster.Cluster;
import akka.cluster.sharding.typed.javadsl.ClusterSharding;
import akka.cluster.sharding.typed.javadsl.Entity;
import akka.cluster.sharding.typed.javadsl.EntityTypeKey;
import io.sluice.actors.DispatcherNames;
import io.sluice.actors.partition.Partition;
import io.sluice.actors.partition.PartitionCommand;
import io.sluice.actors.partition.PartitionContext;
import io.sluice.actors.partition.PartitionSpec;
import io.sluice.actors.partition.TopicPartition;
import io.sluice.cluster.metadata.ConfigRules;
import io.sluice.cluster.metadata.MetadataImage;
import io.sluice.cluster.metadata.MetadataPublisher;
import io.sluice.cluster.metadata.TopicNames;
import io.sluice.log.LogConfig;
import java.util.List;
import java.util.Optional;

/** The one entity type: partitions. */
public final class PartitionSharding {
    private static final EntityTypeKey<PartitionCommand> KEY =
            EntityTypeKey.create(PartitionCommand.class, "partition");

    /**
     * What entities are made of.
     *
     * @param voters brokers that may lead the metadata partition
     * @param metadataConfig settings of the metadata's log
     */
    public record Parts(
            PartitionContext node,
            LocalPartitions partitions,
            MetadataPublisher images,
            PartitionFolders folders,
            ConfigRules rules,
            List<Integer> voters,
            LogConfig metadataConfig) {}

    private final ActorRef<PartitionCommand> starts;

    private PartitionSharding(ActorRef<PartitionCommand> starts) {
        this.starts = starts;
    }

    /** Registers the entity type: the shard region starts to look for its coordinator. */
    public static PartitionSharding init(ActorSystem<?> system, Parts parts) {
        TopicLogConfigs configs =
                new TopicLogConfigs(parts.rules(), parts.node().brokerId());
        PlacementRule rule =
                new PlacementRule(parts.voters(), () -> parts.images().image().placementGroups());
        Entity<PartitionCommand, PartitionCommand> entity = Entity.of(
                        KEY, context -> behavior(parts, configs, EntityIds.parse(context.getEntityId())))
                .withMessageExtractor(new StartExtractor())
                .withAllocationStrategy(new ReplicaAllocationStrategy(Cluster.get(system), rule))
                .withStopMessage(PartitionCommand.Stop.INSTANCE)
                .withEntityProps(DispatcherSelector.fromConfig(DispatcherNames.PARTITION));
        return new PartitionSharding(ClusterSharding.get(system).init(entity));
    }

    /** Starts the entity on the node where it belongs, unless it runs there. */
    public void start(EntityIds entity) {
        starts.tell(new PartitionCommand.Start(entity.entityId()));
    }

    private static Behavior<PartitionCommand> behavior(Parts parts, TopicLogConfigs configs, EntityIds entity) {
        return Behaviors.setup(context -> {
            parts.partitions().started(entity.topicId(), entity.partition(), context.getSelf());
            Optional<PartitionSpec> spec = spec(parts, configs, entity);
            if (spec.isEmpty()) {
                parts.partitions().gone(entity.topicId(), entity.partition());
                return Behaviors.stopped();
            }
            return Partition.create(parts.node(), spec.get());
        });
    }

    /** Empty if the metadata does not have the partition (any more). */
    private static Optional<PartitionSpec> spec(Parts parts, TopicLogConfigs configs, EntityIds entity) {
        if (entity.topicId().equals(EntityIds.METADATA_TOPIC_ID)) {
            return Optional.of(spec(parts, entity, TopicNames.METADATA, parts.metadataConfig(), parts.voters()));
        }
        MetadataImage image = parts.images().image();
        return image.topic(entity.topicId())
                .filter(topic -> entity.partition() < topic.partitions().size())
                .map(topic -> spec(
                        parts,
                        entity,
                        topic.name(),
                        configs.of(image, topic),
                        topic.partitions().get(entity.partition()).replicas()));
    }

    private static PartitionSpec spec(
            Parts parts, EntityIds entity, String topic, LogConfig config, List<Integer> replicas) {
        return new PartitionSpec(
                new TopicPartition(entity.topicId(), topic, entity.partition()),
                parts.folders().folder(topic, entity.topicId(), entity.partition()),
                config,
                replicas);
    }
}
