/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.actors.group;

import akka.actor.typed.Behavior;
import akka.actor.typed.PostStop;
import akka.actor.typed.Terminated;
import akka.actor.typed.javadsl.Behaviors;
import io.sluice.actors.partition.LeaderService;
import io.sluice.actors.partition.PartitionHandle;
import io.sluice.log.ErrorCode;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.IntSupplier;

/**
 * The coordinators of one node, and what starts them: made once a node, given to the partitions as their {@link LeaderService}, and to the
 * protocols as {@link GroupCoordinators}.
 */
public final class GroupCoordinatorService implements LeaderService, GroupCoordinators {
    /** Characters of a group id; longer ones would not fit a record's key. */
    static final int GROUP_ID_LENGTH_MAX = 10_000;

    private final GroupSettings settings;
    private final IntSupplier offsetsPartitions;
    private final InstantSource clock;
    private final GroupMetrics metrics = new GroupMetrics();
    private final Map<Integer, CoordinatorInbox> coordinators = new ConcurrentHashMap<>();

    /**
     * The service of a node.
     *
     * @param offsetsPartitions how many partitions {@link #TOPIC} has by this node's metadata; 0 while it doesn't exist
     */
    public GroupCoordinatorService(GroupSettings settings, IntSupplier offsetsPartitions, InstantSource clock) {
        this.settings = settings;
        this.offsetsPartitions = offsetsPartitions;
        this.clock = clock;
    }

    @Override
    public Optional<Behavior<Void>> at(PartitionHandle leader) {
        if (!leader.partition().topic().equals(TOPIC)) {
            return Optional.empty();
        }
        int partition = leader.partition().partition();
        return Optional.of(Behaviors.setup(context -> {
            AtomicReference<CoordinatorInbox> registered = new AtomicReference<>();
            Behavior<GroupCoordinator.Command> coordinator =
                    GroupCoordinator.create(settings, metrics, leader, clock, inbox -> {
                        registered.set(inbox);
                        coordinators.put(partition, inbox);
                    });
            // if the coordinator fails so does this service, and the partition starts another
            context.watch(context.spawn(coordinator, "groups"));
            return Behaviors.<Void>receive((ctx, message) -> Behaviors.same(), (ctx, signal) -> {
                if (signal instanceof PostStop && registered.get() != null) {
                    coordinators.remove(partition, registered.get());
                }
                return signal instanceof Terminated ? Behaviors.unhandled() : Behaviors.same();
            });
        }));
    }

    @Override
    public <R extends GroupResponse> void submit(GroupRequest<R> request, Consumer<R> reply) {
        if (request.groupId() == null || request.groupId().length() > GROUP_ID_LENGTH_MAX) {
            reply.accept(request.failed(ErrorCode.INVALID_GROUP_ID));
            return;
        }
        int partitions = offsetsPartitions.getAsInt();
        if (partitions <= 0) {
            reply.accept(request.failed(ErrorCode.COORDINATOR_NOT_AVAILABLE));
            return;
        }
        CoordinatorInbox coordinator = coordinators.get(GroupCoordinators.partitionOf(request.groupId(), partitions));
        if (coordinator == null) {
            reply.accept(request.failed(ErrorCode.NOT_COORDINATOR));
        } else {
            coordinator.ask(new GroupCoordinator.Ask<>(request, reply));
        }
    }

    @Override
    public <R extends GroupResponse> void abandon(GroupRequest<R> request, Consumer<R> reply) {
        int partitions = offsetsPartitions.getAsInt();
        if (partitions > 0) {
            CoordinatorInbox coordinator =
                    coordinators.get(GroupCoordinators.partitionOf(request.groupId(), partitions));
            if (coordinator != null) {
                coordinator.tell(new GroupCoordinator.Abandoned(request, reply));
            }
        }
    }

    @Override
    public void list(Set<String> states, Set<String> types, Consumer<GroupResponse.Listed> reply) {
        List<CoordinatorInbox> asked = List.copyOf(coordinators.values());
        if (asked.isEmpty()) {
            reply.accept(new GroupResponse.Listed(ErrorCode.NONE, List.of()));
            return;
        }
        ListGathering gathering = new ListGathering(asked.size(), reply);
        for (CoordinatorInbox coordinator : asked) {
            coordinator.ask(new GroupCoordinator.ListGroups(Set.copyOf(states), Set.copyOf(types), gathering::add));
        }
    }

    @Override
    public void topicsDeleted(Collection<String> topics) {
        List<String> names = List.copyOf(topics);
        coordinators.values().forEach(coordinator -> coordinator.tell(new GroupCoordinator.TopicsDeleted(names)));
    }

    @Override
    public GroupMetrics metrics() {
        return metrics;
    }

    /** Waits for the lists of all coordinators. One that is still loading makes the whole list an error: half a list would look like deleted groups. */
    private static final class ListGathering {
        private final List<GroupResponse.ListedGroup> groups = new ArrayList<>();
        private final Consumer<GroupResponse.Listed> reply;
        private int missing;
        private ErrorCode error = ErrorCode.NONE;

        ListGathering(int missing, Consumer<GroupResponse.Listed> reply) {
            this.missing = missing;
            this.reply = reply;
        }

        void add(GroupResponse.Listed listed) {
            GroupResponse.Listed complete = gather(listed);
            if (complete != null) {
                reply.accept(complete);
            }
        }

        private synchronized GroupResponse.Listed gather(GroupResponse.Listed listed) {
            if (listed.error() != ErrorCode.NONE) {
                error = listed.error();
            }
            groups.addAll(listed.groups());
            missing--;
            if (missing > 0) {
                return null;
            }
            return new GroupResponse.Listed(error, error == ErrorCode.NONE ? List.copyOf(groups) : List.of());
        }
    }
}
