/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.cluster;

import akka.actor.typed.Behavior;
import io.sluice.actors.group.GroupCoordinators;
import io.sluice.actors.partition.LeaderService;
import io.sluice.actors.partition.PartitionHandle;
import io.sluice.cluster.controller.ControllerActor;
import io.sluice.cluster.controller.ControllerCommand;
import io.sluice.cluster.sharding.EntityIds;
import java.util.Optional;

/** What runs at the leaders of this node's internal partitions. */
final class NodeServices implements LeaderService {
    private final ControllerActor.Parts controller;
    private final LeaderService groups;

    NodeServices(ControllerActor.Parts controller, LeaderService groups) {
        this.controller = controller;
        this.groups = groups;
    }

    @Override
    public Optional<Behavior<Void>> at(PartitionHandle leader) {
        if (leader.partition().topicId().equals(EntityIds.METADATA_TOPIC_ID)) {
            return Optional.of(hidden(ControllerActor.create(leader, controller)));
        } else if (leader.partition().topic().equals(GroupCoordinators.TOPIC)) {
            return groups.at(leader);
        }
        return Optional.empty();
    }

    /** Nobody but itself and its directory sends to it. */
    private static Behavior<Void> hidden(Behavior<ControllerCommand> behavior) {
        return behavior.unsafeCast();
    }
}
