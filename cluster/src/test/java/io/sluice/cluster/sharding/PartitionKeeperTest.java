/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.cluster.sharding;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.testkit.typed.javadsl.TestInbox;
import io.sluice.actors.partition.PartitionCommand;
import io.sluice.actors.partition.TopicPartition;
import io.sluice.actors.replication.ReplicaKey;
import io.sluice.actors.replication.ReplicaSet;
import io.sluice.actors.replication.ReplicaState;
import io.sluice.actors.replication.ReplicaStateStore;
import io.sluice.cluster.FakeLeader;
import io.sluice.cluster.metadata.ClusterImage;
import io.sluice.cluster.metadata.ConfigRules;
import io.sluice.cluster.metadata.Controller.ResourceType;
import io.sluice.cluster.metadata.MetadataImage.PartitionInfo;
import io.sluice.cluster.metadata.MetadataImage.Reassignment;
import io.sluice.cluster.metadata.MetadataRecord;
import io.sluice.log.LogConfig;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** On broker 1. */
class PartitionKeeperTest {
    private static final UUID TOPIC = new UUID(8, 8);
    private static final UUID OTHER = new UUID(9, 9);

    private final LocalPartitions partitions = new LocalPartitions();
    private final List<String> claims = new ArrayList<>();
    private final List<String> started = new ArrayList<>();
    private final List<UUID> forgotten = new ArrayList<>();
    private final Map<ReplicaKey, TestInbox<PartitionCommand>> replicas = new HashMap<>();
    private ClusterImage image = ClusterImage.EMPTY;

    private final PartitionKeeper keeper = new PartitionKeeper(
            1,
            entity -> claims.add(entity.entityId()),
            (at, topic, partition) -> start(topic.id(), partition.partition()),
            partitions,
            rules(),
            states());

    private static ConfigRules rules() {
        return (ConfigRules) Proxy.newProxyInstance(
                ConfigRules.class.getClassLoader(), new Class<?>[] {ConfigRules.class}, (proxy, method, arguments) -> {
                    assertThat(method.getName()).isEqualTo("logConfig");
                    return LogConfig.DEFAULTS;
                });
    }

    private ReplicaStateStore states() {
        return new ReplicaStateStore() {
            @Override
            public ReplicaState get(ReplicaKey key) {
                return ReplicaState.BLANK;
            }

            @Override
            public void put(ReplicaKey key, ReplicaState state, Stored done) {
                done.done(null);
            }

            @Override
            public void forget(UUID topicId) {
                forgotten.add(topicId);
            }
        };
    }

    private void start(UUID topicId, int partition) {
        started.add((topicId.equals(TOPIC) ? "topic-" : "other-") + partition);
        TestInbox<PartitionCommand> inbox = TestInbox.create();
        replicas.put(new ReplicaKey(topicId, partition), inbox);
        partitions.started(topicId, partition, inbox.getRef());
    }

    /** What the replica was told since it was asked last. */
    private List<PartitionCommand> told(UUID topicId, int partition) {
        return replicas.get(new ReplicaKey(topicId, partition)).getAllReceived();
    }

    private void gone(UUID topicId, int partition) {
        partitions.stopped(new TopicPartition(topicId, "topic", partition));
    }

    private void publish(MetadataRecord... records) {
        ClusterImage before = image;
        image = image.with(List.of(records), image.offset() + records.length);
        keeper.changed(before, image);
    }

    private static MetadataRecord created(UUID id, PartitionInfo... infos) {
        return new MetadataRecord.TopicCreated(
                id, id.equals(TOPIC) ? "topic" : "other", false, List.of(infos), Map.of());
    }

    private static PartitionInfo on(int partition, Integer... brokers) {
        return new PartitionInfo(partition, partition, List.of(brokers));
    }

    private static MetadataRecord changed(
            int partition, int group, List<Integer> replicas, int version, Reassignment reassignment) {
        return new MetadataRecord.PartitionsChanged(
                TOPIC, List.of(new PartitionInfo(partition, group, replicas, version, List.of(), reassignment)));
    }

    @Test
    void startsTheReplicasThatAreHere() {
        // When
        publish(created(TOPIC, on(0, 1, 2), on(1, 2, 3), on(2, 3, 1)));

        // Then
        assertThat(started).containsExactly("topic-0", "topic-2");
    }

    @Test
    void startsWhatATopicGetsLaterAndNothingTwice() {
        // Given
        publish(created(TOPIC, on(0, 1, 2)));

        // When
        publish(new MetadataRecord.PartitionsAdded(TOPIC, List.of(on(1, 2, 1))), created(OTHER, on(0, 2, 3)));

        // Then
        assertThat(started).containsExactly("topic-0", "topic-1");
        assertThat(told(TOPIC, 0)).isEmpty();
    }

    @Test
    void aDeletedTopicGoesWithAllThatIsRemembered() {
        // Given
        publish(created(TOPIC, on(0, 1, 2)), created(OTHER, on(0, 1, 2)));

        // When
        publish(new MetadataRecord.TopicDeleted(TOPIC));

        // Then
        assertThat(told(TOPIC, 0))
                .singleElement()
                .isInstanceOfSatisfying(PartitionCommand.Delete.class, delete -> assertThat(delete.topicGone())
                        .isTrue());
        assertThat(forgotten).containsExactly(TOPIC);
        assertThat(told(OTHER, 0)).isEmpty();
    }

    @Test
    void configurationIsToldToThoseThatItIsOf() {
        // Given
        publish(created(TOPIC, on(0, 1)), created(OTHER, on(0, 1)));

        // When
        publish(new MetadataRecord.ConfigSet(ResourceType.TOPIC, TOPIC.toString(), Map.of("retention.ms", "1")));
        List<PartitionCommand> ofTheTopic = told(TOPIC, 0);
        List<PartitionCommand> ofTheOther = told(OTHER, 0);
        publish(new MetadataRecord.ConfigSet(ResourceType.BROKER, "2", Map.of("log.retention.ms", "1")));
        List<PartitionCommand> ofAnotherBroker = told(TOPIC, 0);
        publish(new MetadataRecord.ConfigSet(ResourceType.BROKER, "", Map.of("log.retention.ms", "1")));

        // Then
        assertThat(ofTheTopic).singleElement().isInstanceOf(PartitionCommand.Configure.class);
        assertThat(ofTheOther).isEmpty();
        assertThat(ofAnotherBroker).isEmpty();
        assertThat(told(TOPIC, 0)).singleElement().isInstanceOf(PartitionCommand.Configure.class);
        assertThat(told(OTHER, 0)).singleElement().isInstanceOf(PartitionCommand.Configure.class);
    }

    @Test
    void aNewerReplicaSetIsToldToTheReplica() {
        // Given
        publish(created(TOPIC, on(0, 1, 2)));

        // When
        publish(changed(0, 0, List.of(1, 2, 3), 1, null));

        // Then
        assertThat(told(TOPIC, 0)).containsExactly(new PartitionCommand.ChangeSet(new ReplicaSet(1, List.of(1, 2, 3))));
    }

    @Test
    void aBrokerThatIsToGetAReplicaStartsIt() {
        // Given
        publish(created(TOPIC, on(0, 2, 3)));
        assertThat(started).isEmpty();

        // When
        publish(changed(0, 0, List.of(2, 3), 0, new Reassignment(List.of(2, 3), List.of(3, 1))));

        // Then
        assertThat(started).containsExactly("topic-0");
    }

    @Test
    void aReplicaThatDoesNotBelongHereStaysUntilTheMetadataIsNew() {
        // Given: what is replayed takes it away
        publish(created(TOPIC, on(0, 1, 2)));
        publish(changed(0, 0, List.of(2, 3), 2, null));
        assertThat(told(TOPIC, 0)).as("while metadata is replayed").isEmpty();

        // When
        keeper.removeReplicas(image);
        keeper.placeMissing(image);

        // Then
        assertThat(told(TOPIC, 0))
                .singleElement()
                .isInstanceOfSatisfying(PartitionCommand.Delete.class, delete -> assertThat(delete.topicGone())
                        .isFalse());
    }

    @Test
    void whatIsTakenAwayAndGivenBackWhileItIsReplayedIsLeftAlone() {
        // Given
        publish(created(TOPIC, on(0, 1, 2)));
        publish(changed(0, 0, List.of(2, 3), 2, null));
        publish(changed(0, 0, List.of(1, 2), 4, null));

        // When
        keeper.removeReplicas(image);

        // Then
        assertThat(told(TOPIC, 0)).noneMatch(PartitionCommand.Delete.class::isInstance);
        assertThat(started).containsExactly("topic-0");
    }

    @Test
    void aReplicaThatComesBackBeforeItIsGoneIsStartedWhenItIs() {
        // Given
        publish(created(TOPIC, on(0, 1, 2)));
        keeper.removeReplicas(image);
        publish(changed(0, 0, List.of(2, 3), 2, null));
        publish(changed(0, 0, List.of(1, 2), 4, null));
        keeper.placeMissing(image);
        assertThat(started).as("while the old one is being deleted").containsExactly("topic-0");

        // When
        gone(TOPIC, 0);
        keeper.placeMissing(image);
        keeper.placeMissing(image);

        // Then
        assertThat(started).containsExactly("topic-0", "topic-0");
    }

    @Test
    void claimsWhatItIsToLeadBeforeAllOthers() {
        // Given
        publish(created(TOPIC, on(0, 1, 2), on(1, 2, 1), on(2, 1, 3)));
        partitions.leads(new FakeLeader(TOPIC, 2));

        // When
        keeper.claimPreferred(image);

        // Then
        assertThat(claims).containsExactly(EntityIds.of(0, TOPIC, 0).entityId());
    }

    @Test
    void aLeaderIsSoughtOfWhatThereIs() {
        // Given
        publish(created(TOPIC, on(0, 2, 3), on(1, 2, 3)));

        // When
        keeper.seekLeader(image, TOPIC, 1);
        keeper.seekLeader(image, TOPIC, 2);
        keeper.seekLeader(image, OTHER, 0);
        keeper.seekLeader(image, EntityIds.METADATA_TOPIC_ID, 0);

        // Then
        assertThat(claims).containsExactly(EntityIds.of(1, TOPIC, 1).entityId(), EntityIds.METADATA.entityId());
    }

    @Test
    void whereAnotherGroupHasAPartitionItsPreferredLeaderClaimsItAnew() {
        // Given
        publish(created(TOPIC, on(0, 1, 2), on(1, 2, 1)));

        // When
        publish(changed(0, 70, List.of(1, 2), 0, null), changed(1, 71, List.of(2, 1), 0, null));

        // Then
        assertThat(claims).containsExactly(EntityIds.of(70, TOPIC, 0).entityId());
    }

    @Test
    void isSettledWhenAllThatIsHereLeadsFollowsOrHasFailed() {
        // Given
        publish(created(TOPIC, on(0, 1, 2), on(1, 2, 3), on(2, 2, 1)));
        CompletableFuture<Void> settled = keeper.settled(image).toCompletableFuture();

        // When
        partitions.leads(new FakeLeader(TOPIC, 0));
        boolean early = settled.isDone();
        partitions.failed(new TopicPartition(TOPIC, "topic", 2), "its disk");

        // Then
        assertThat(early).isFalse();
        assertThat(settled).isCompleted();
    }
}
