/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.cluster.group;

import io.sluice.actors.group.GroupCoordinators;
import io.sluice.actors.group.GroupMetrics;
import io.sluice.actors.group.GroupRequest;
import io.sluice.actors.group.GroupRequest.FetchOffsets;
import io.sluice.actors.group.GroupRequest.PartitionKey;
import io.sluice.actors.group.GroupResponse;
import io.sluice.actors.group.GroupResponse.CommittedOffset;
import io.sluice.actors.group.GroupResponse.FetchedOffsets;
import io.sluice.actors.group.GroupResponse.Listed;
import io.sluice.actors.group.GroupResponse.ListedGroup;
import io.sluice.log.ErrorCode;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;

/** Groups with committed offsets of the topic orders, told at once. Whatever else they are asked they keep until the test refuses it. */
final class FakeCoordinators implements GroupCoordinators {
    static final UUID ORDERS = new UUID(1, 1);

    /** Offsets by group. */
    final Map<String, Map<PartitionKey, Long>> groups = new HashMap<>();

    /** What was asked, each to be run once. */
    final Queue<Runnable> refusals = new ConcurrentLinkedQueue<>();

    /** Of listing groups. */
    ErrorCode listError = ErrorCode.NONE;

    void commit(String group, int partition, long offset) {
        groups.computeIfAbsent(group, fresh -> new HashMap<>()).put(new PartitionKey("orders", partition), offset);
    }

    @Override
    @SuppressWarnings("unchecked")
    public <R extends GroupResponse> void submit(GroupRequest<R> request, Consumer<R> reply) {
        if (request.equals(new FetchOffsets(request.groupId(), null))) {
            reply.accept((R) committed(request.groupId()));
        } else {
            refusals.add(() -> reply.accept(request.failed(ErrorCode.GROUP_ID_NOT_FOUND)));
        }
    }

    private FetchedOffsets committed(String group) {
        Map<PartitionKey, CommittedOffset> offsets = new HashMap<>();
        groups.get(group)
                .forEach((partition, offset) ->
                        offsets.put(partition, new CommittedOffset(offset, -1, "", 0, -1, ORDERS)));
        return new FetchedOffsets(ErrorCode.NONE, offsets);
    }

    @Override
    public <R extends GroupResponse> void abandon(GroupRequest<R> request, Consumer<R> reply) {}

    @Override
    public void list(Set<String> states, Set<String> types, Consumer<Listed> reply) {
        reply.accept(new Listed(
                listError,
                groups.keySet().stream()
                        .map(group -> new ListedGroup(group, "consumer", "Empty", "classic"))
                        .toList()));
    }

    @Override
    public void topicsDeleted(Collection<String> topics) {}

    @Override
    public GroupMetrics metrics() {
        return new GroupMetrics();
    }
}
