/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.kafka.group;

import io.sluice.actors.group.GroupCoordinators;
import io.sluice.actors.group.GroupMetrics;
import io.sluice.actors.group.GroupRequest;
import io.sluice.actors.group.GroupResponse;
import io.sluice.actors.group.GroupSettings;
import io.sluice.actors.group.core.Answer;
import io.sluice.actors.group.core.GroupShard;
import io.sluice.actors.partition.PartitionHandle;
import io.sluice.cluster.Node;
import io.sluice.cluster.config.BrokerSettings;
import io.sluice.cluster.metadata.Controller;
import io.sluice.cluster.metadata.MetadataImage.BrokerInfo;
import io.sluice.cluster.metadata.MetadataImage.PartitionInfo;
import io.sluice.cluster.metadata.MetadataImage.TopicInfo;
import io.sluice.kafka.testing.FakeImage;
import io.sluice.log.ErrorCode;
import java.lang.reflect.Proxy;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.apache.kafka.common.Uuid;

/** A node whose coordinators are the bare core: no actor, no log, no waiting. */
final class GroupNode implements Node, GroupCoordinators {
    static final int ID = 1;

    final InstantSource clock = InstantSource.system();
    final FakeImage image = new FakeImage();
    boolean coordinates = true;
    private final BrokerSettings settings = BrokerSettings.defaults();
    private final GroupShard shard = new GroupShard(
            GroupSettings.DEFAULTS.withInitialRebalanceDelayMs(0), new GroupMetrics(), () -> UUID.randomUUID()
                    .toString());

    GroupNode() {
        image.brokers.put(ID, new BrokerInfo(ID, "elsewhere", 1, null, 1));
        shard.begin(clock.millis());
    }

    /** Makes a topic, or makes it again with another id. */
    Uuid topic(String name, int partitions) {
        List<PartitionInfo> infos = new ArrayList<>();
        for (int i = 0; i < partitions; i++) {
            infos.add(new PartitionInfo(i, 0, List.of(ID)));
        }
        UUID id = UUID.randomUUID();
        image.topics.put(name, new TopicInfo(id, name, false, infos, Map.of()));
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
        throw new UnsupportedOperationException();
    }

    @Override
    public int id() {
        return ID;
    }

    @Override
    public BrokerSettings settings() {
        return settings;
    }

    @Override
    public FakeImage metadata() {
        return image;
    }

    @Override
    public PartitionHandle leader(UUID topicId, int partition) {
        return null;
    }

    @Override
    public Leadership leadership(UUID topicId, int partition) {
        return new Leadership(ID, 1);
    }

    @Override
    public Controller controller() {
        return (Controller) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {Controller.class}, (proxy, method, arguments) -> {
                    topic(TOPIC, 50);
                    return CompletableFuture.completedFuture(
                            new Controller.TopicResult(TOPIC, null, ErrorCode.NONE, null, 50, (short) 1, Map.of()));
                });
    }

    @Override
    public GroupCoordinators groups() {
        return this;
    }

    @Override
    public int controllerId() {
        return ID;
    }
}
