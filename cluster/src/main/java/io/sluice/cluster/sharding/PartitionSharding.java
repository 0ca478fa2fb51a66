/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.cluster.sharding;

import akka.actor.typed.ActorRef;
import akka.actor.typed.ActorSystem;
import akka.cluster.Cluster;
import akka.cluster.sharding.typed.javadsl.ClusterSharding;
import akka.cluster.sharding.typed.javadsl.Entity;
import akka.cluster.sharding.typed.javadsl.EntityTypeKey;
import io.sluice.cluster.metadata.MetadataPublisher;
import java.util.List;

/** The one entity type: the claim to lead a partition. */
public final class PartitionSharding {
    private static final EntityTypeKey<ClaimCommand> KEY = EntityTypeKey.create(ClaimCommand.class, "partition");

    private final ActorRef<ClaimCommand> starts;

    private PartitionSharding(ActorRef<ClaimCommand> starts) {
        this.starts = starts;
    }

    /**
     * Registers the entity type: the shard region starts to look for its coordinator.
     *
     * @param voters brokers that may lead the metadata partition
     */
    public static PartitionSharding init(
            ActorSystem<?> system, LocalPartitions partitions, MetadataPublisher images, List<Integer> voters) {
        PlacementRule rule = new PlacementRule(voters, () -> images.image().placementGroups());
        Entity<ClaimCommand, ClaimCommand> entity = Entity.of(
                        KEY,
                        context -> LeadershipClaim.create(
                                EntityIds.parse(context.getEntityId()), partitions, id -> isCurrent(images, id)))
                .withMessageExtractor(new StartExtractor())
                .withAllocationStrategy(new ReplicaAllocationStrategy(Cluster.get(system), rule))
                .withStopMessage(ClaimCommand.Stop.INSTANCE);
        return new PartitionSharding(ClusterSharding.get(system).init(entity));
    }

    /** Has the entity started where it belongs, unless it runs there. */
    public void start(EntityIds entity) {
        starts.tell(new ClaimCommand.Start(entity.entityId()));
    }

    /** Unless the metadata that this node has says that the partition has moved to another shard. */
    private static boolean isCurrent(MetadataPublisher images, EntityIds entity) {
        return images.image()
                .topic(entity.topicId())
                .filter(topic -> entity.partition() < topic.partitions().size())
                .map(topic -> topic.partitions().get(entity.partition()).group())
                .map(group -> Integer.toString(group).equals(entity.shard()))
                .orElse(true);
    }
}
