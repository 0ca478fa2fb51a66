/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.cluster.sharding;

import akka.actor.typed.Behavior;
import akka.actor.typed.PostStop;
import akka.actor.typed.Signal;
import akka.actor.typed.javadsl.AbstractOnMessageBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import java.util.function.Predicate;

/**
 * A partition as sharding sees it: where this entity runs, the replica on the same node is to lead. It holds no data: sharding proposes
 * a leader by starting it, and takes the proposal back by stopping it; the replicas decide. A leader whose claim ends leads on until
 * another replica takes over.
 */
final class LeadershipClaim extends AbstractOnMessageBehavior<ClaimCommand> {
    private final EntityIds entity;
    private final LocalPartitions partitions;

    private LeadershipClaim(ActorContext<ClaimCommand> context, EntityIds entity, LocalPartitions partitions) {
        super(context);
        this.entity = entity;
        this.partitions = partitions;
        partitions.claimed(entity, context.getSelf());
    }

    /** @param isCurrent whether the partition is in the entity's shard still: who asked for it may have known an older image */
    static Behavior<ClaimCommand> create(EntityIds entity, LocalPartitions partitions, Predicate<EntityIds> isCurrent) {
        return Behaviors.setup(context ->
                isCurrent.test(entity) ? new LeadershipClaim(context, entity, partitions) : Behaviors.stopped());
    }

    @Override
    public Behavior<ClaimCommand> onMessage(ClaimCommand message) {
        return message == ClaimCommand.Stop.INSTANCE ? Behaviors.stopped() : this;
    }

    @Override
    public Behavior<ClaimCommand> onSignal(Signal signal) {
        if (signal == PostStop.instance()) {
            partitions.unclaimed(
                    entity.topicId(), entity.partition(), getContext().getSelf());
        }
        return this;
    }
}
