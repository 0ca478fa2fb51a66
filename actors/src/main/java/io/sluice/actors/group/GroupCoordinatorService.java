/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.actors.group;

import akka.actor.typed.Behavior;
import io.sluice.actors.partition.LeaderService;
import io.sluice.actors.partition.PartitionHandle;
import java.time.InstantSource;
import java.util.Collection;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.IntSupplier;

/**
 * The coordinators of one node, and what starts them: made once a node, given to the partitions as their {@link LeaderService}, and to the
 * protocols as {@link GroupCoordinators}.
 */
public final class GroupCoordinatorService implements LeaderService, GroupCoordinators {
    private final GroupMetrics metrics = new GroupMetrics();

    /** @param offsetsPartitions how many partitions {@link #TOPIC} has by this node's metadata; 0 while it doesn't exist */
    public GroupCoordinatorService(GroupSettings settings, IntSupplier offsetsPartitions, InstantSource clock) {}

    @Override
    public Optional<Behavior<Void>> at(PartitionHandle leader) {
        return Optional.empty();
    }

    @Override
    public <R extends GroupResponse> void submit(GroupRequest<R> request, Consumer<R> reply) {
        throw new UnsupportedOperationException("being written");
    }

    @Override
    public void list(Set<String> states, Set<String> types, Consumer<GroupResponse.Listed> reply) {
        throw new UnsupportedOperationException("being written");
    }

    @Override
    public void topicsDeleted(Collection<String> topics) {
        throw new UnsupportedOperationException("being written");
    }

    @Override
    public GroupMetrics metrics() {
        return metrics;
    }
}
