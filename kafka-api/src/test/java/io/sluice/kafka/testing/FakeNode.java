/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.kafka.testing;

import io.sluice.actors.group.GroupCoordinators;
import io.sluice.actors.partition.PartitionHandle;
import io.sluice.actors.replication.ReplicaSource;
import io.sluice.cluster.Node;
import io.sluice.cluster.config.BrokerSettings;
import io.sluice.cluster.metadata.Controller;
import io.sluice.cluster.metadata.MetadataImage.BrokerInfo;
import io.sluice.cluster.metadata.MetadataImage.PartitionInfo;
import io.sluice.cluster.metadata.MetadataImage.TopicInfo;
import io.sluice.log.ErrorCode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;

/** A node without a cluster: partitions in memory, metadata by hand. */
public final class FakeNode implements Node {
    public static final int ID = 1;

    public volatile FakeImage image = new FakeImage();
    public final Map<String, PartitionHandle> leaders = new ConcurrentHashMap<>();
    public final Map<String, PartitionHandle> followers = new ConcurrentHashMap<>();
    public final Map<String, Leadership> leaderships = new ConcurrentHashMap<>();

    /** Somebody waits for a leader. */
    public final CountDownLatch leaderSought = new CountDownLatch(1);

    /** What waits for a leader waits for it. */
    public volatile CompletableFuture<Void> leaderKnown = CompletableFuture.completedFuture(null);

    /** Change it before the listener starts. */
    public BrokerSettings settings = BrokerSettings.defaults();

    /** None unless the test gives one. */
    public Controller controller;

    /** None unless the test gives some. */
    public GroupCoordinators groups;

    /** What other brokers' replicas fetch from. */
    public volatile ReplicaSource replicas = ReplicaSource.NONE;

    /** Registered brokers that are gone. */
    public final Set<Integer> absent = ConcurrentHashMap.newKeySet();

    /** What is known of replicas that have everything. */
    public final Map<String, List<Integer>> inSync = new ConcurrentHashMap<>();

    /** What becomes of an election. */
    public volatile ErrorCode election = ErrorCode.NONE;

    /** How far the metadata's replicas are. */
    public volatile Quorum quorum = Quorum.failed(ErrorCode.LEADER_NOT_AVAILABLE);

    public FakeNode() {
        image.brokers.put(ID, new BrokerInfo(ID, "127.0.0.1", 9092, null, 1));
    }

    /** Adds a topic to the metadata; its partitions have no leader yet. */
    public TopicInfo topic(String name, int partitions) {
        List<PartitionInfo> infos = new ArrayList<>();
        for (int i = 0; i < partitions; i++) {
            infos.add(new PartitionInfo(i, 0, List.of(ID)));
        }
        TopicInfo topic = new TopicInfo(UUID.randomUUID(), name, name.startsWith("__"), infos, Map.of());
        image.topics.put(name, topic);
        return topic;
    }

    /** As the controller does it: a new image, and nobody leads its partitions any more. */
    public void deleteTopic(String name) {
        FakeImage next = new FakeImage();
        next.topics.putAll(image.topics);
        next.brokers.putAll(image.brokers);
        TopicInfo topic = next.topics.remove(name);
        image = next;
        leaders.keySet().removeIf(key -> key.startsWith(topic.id().toString()));
    }

    public void lead(PartitionHandle handle) {
        String key = handle.partition().topicId() + "-" + handle.partition().partition();
        leaders.put(key, handle);
        leaderships.put(key, new Leadership(ID, handle.leaderEpoch()));
    }

    /** Another broker leads from now on, and this one follows. */
    public void follow(PartitionHandle handle, int leader) {
        String key = handle.partition().topicId() + "-" + handle.partition().partition();
        leaders.remove(key);
        followers.put(key, handle);
        leaderships.put(key, new Leadership(leader, handle.leaderEpoch()));
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
        return leaders.get(topicId + "-" + partition);
    }

    @Override
    public PartitionHandle follower(UUID topicId, int partition) {
        return followers.get(topicId + "-" + partition);
    }

    @Override
    public Leadership leadership(UUID topicId, int partition) {
        return leaderships.getOrDefault(topicId + "-" + partition, Leadership.NONE);
    }

    @Override
    public CompletionStage<Void> leaderKnown(UUID topicId, int partition) {
        leaderSought.countDown();
        return leaderKnown;
    }

    @Override
    public Controller controller() {
        return Objects.requireNonNull(controller, "the test has given no controller");
    }

    @Override
    public ReplicaSource replicas() {
        return replicas;
    }

    @Override
    public GroupCoordinators groups() {
        return Objects.requireNonNull(groups, "the test has given no groups");
    }

    @Override
    public int controllerId() {
        return ID;
    }

    @Override
    public Set<Integer> liveBrokers() {
        Set<Integer> live = new TreeSet<>(image.brokers.keySet());
        live.removeAll(absent);
        return live;
    }

    @Override
    public List<Integer> inSync(UUID topicId, int partition) {
        return inSync.get(topicId + "-" + partition);
    }

    @Override
    public CompletionStage<ErrorCode> electPreferred(UUID topicId, int partition, int timeoutMs) {
        return CompletableFuture.completedFuture(election);
    }

    @Override
    public CompletionStage<Quorum> quorum(int timeoutMs) {
        return CompletableFuture.completedFuture(quorum);
    }
}
