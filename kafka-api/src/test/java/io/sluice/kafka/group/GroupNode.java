/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.kafka.group;

import io.sluice.actors.group.GroupCoordinators;
import io.sluice.actors.group.GroupMetrics;
import io.sluice.actors.group.GroupRequest;
import io.sluice.actors.group.GroupResponse;
import io.sluice.actors.group.GroupSettings;
import io.sluice.actors.group.core.Answer;
import io.sluice.actors.group.core.GroupShard;
import io.sluice.cluster.Node;
import io.sluice.cluster.metadata.Controller;
import io.sluice.cluster.metadata.MetadataImage.BrokerInfo;
import io.sluice.kafka.testing.FakeNode;
import io.sluice.log.ErrorCode;
import java.lang.reflect.Proxy;
import java.time.InstantSource;
import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.apache.kafka.common.Uuid;

/** A node whose coordinators are the bare core: no actor, no log, no waiting. */
final class GroupNode implements GroupCoordinators {
    final InstantSource clock = InstantSource.system();
    final FakeNode node = new FakeNode();
    boolean coordinates = true;
    private final GroupMetrics metrics = new GroupMetrics();
    private final GroupShard shard =
            new GroupShard(GroupSettings.DEFAULTS.withInitialRebalanceDelayMs(0), metrics, () -> UUID.randomUUID()
                    .toString());

    GroupNode() {
        node.image.brokers.put(FakeNode.ID, new BrokerInfo(FakeNode.ID, "elsewhere", 1, null, 1));
        node.groups = this;
        node.controller = (Controller) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {Controller.class}, (proxy, method, arguments) -> {
                    topic(TOPIC, 50);
                    return CompletableFuture.completedFuture(
                            new Controller.TopicResult(TOPIC, null, ErrorCode.NONE, null, 50, (short) 1, Map.of()));
                });
        shard.begin(clock.millis());
    }

    /** Makes a topic that the node leads, or makes it again with another id. */
    Uuid topic(String name, int partitions) {
        UUID id = node.topic(name, partitions).id();
        for (int i = 0; i < partitions; i++) {
            node.leaderships.put(id + "-" + i, new Node.Leadership(FakeNode.ID, 1));
        }
        return TopicNames.kafka(id);
    }

    @Override
    public <R extends GroupResponse> void submit(GroupRequest<R> request, Consumer<R> reply) {
        if (coordinates) {
            shard.handle(request, reply, clock.millis());
            shard.drain().answers().forEach(Answer::give);
        } else {
            reply.accept(request.failed(ErrorCode.NOT_COORDINATOR));
        }
    }

    @Override
    public <R extends GroupResponse> void abandon(GroupRequest<R> request, Consumer<R> reply) {
        shard.abandon(request, reply, clock.millis());
    }

    @Override
    public void list(Set<String> states, Set<String> types, Consumer<GroupResponse.Listed> reply) {
        reply.accept(new GroupResponse.Listed(ErrorCode.NONE, shard.list(states, types)));
    }

    @Override
    public void topicsDeleted(Collection<String> topics) {
        shard.topicsDeleted(topics);
    }

    @Override
    public GroupMetrics metrics() {
        return metrics;
    }
}
