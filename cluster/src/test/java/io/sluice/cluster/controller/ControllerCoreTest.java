/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.cluster.controller;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.cluster.metadata.ClusterImage;
import io.sluice.cluster.metadata.ConfigRules;
import io.sluice.cluster.metadata.Controller.ConfigChange;
import io.sluice.cluster.metadata.Controller.ConfigOp;
import io.sluice.cluster.metadata.Controller.ConfigResult;
import io.sluice.cluster.metadata.Controller.NewPartitions;
import io.sluice.cluster.metadata.Controller.NewTopic;
import io.sluice.cluster.metadata.Controller.Operation;
import io.sluice.cluster.metadata.Controller.ResourceType;
import io.sluice.cluster.metadata.Controller.TopicResult;
import io.sluice.cluster.metadata.InternalTopic;
import io.sluice.cluster.metadata.MetadataImage;
import io.sluice.cluster.metadata.MetadataLevels;
import io.sluice.cluster.metadata.MetadataRecord;
import io.sluice.log.ErrorCode;
import io.sluice.log.LogConfig;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ControllerCoreTest {
    private long ids = 100;
    private final PartitionLimits limits = new PartitionLimits(1_000, 1_500);
    private final ControllerCore core = new ControllerCore(new Rules(), limits, () -> new UUID(0, ids++));
    private ClusterImage image = empty();

    private static ClusterImage empty() {
        return ClusterImage.EMPTY.with(
                List.of(
                        new MetadataRecord.ClusterCreated("c", 64),
                        new MetadataRecord.PlacementGroupsSet(Placement.groups(64, List.of(1))),
                        new MetadataRecord.BrokerRegistered(
                                1, "h", 9092, null, 0, new UUID(0, 1), MetadataLevels.FIRST)),
                3);
    }

    @Test
    void aTopicIsMadeWithPartitionsInDifferentGroups() {
        // When
        TopicResult result = create(topic("orders", 130));

        // Then
        assertThat(result.error()).isEqualTo(ErrorCode.NONE);
        MetadataImage.TopicInfo orders = image.topic("orders").orElseThrow();
        assertThat(orders.id()).isEqualTo(result.id());
        assertThat(orders.partitions()).hasSize(130);
        assertThat(orders.partitions().stream()
                        .map(MetadataImage.PartitionInfo::group)
                        .distinct())
                .as("every group has some")
                .hasSize(64);
        assertThat(orders.partitions())
                .allSatisfy(partition -> assertThat(partition.replicas()).containsExactly(1));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "''|it can't be empty",
                ".|cannot be",
                "..|cannot be",
                "a b|contains a character other than",
                "a/b|contains a character other than",
                "ä|contains a character other than",
                "__cluster_metadata|the broker's own"
            })
    void anIllegalNameIsRefused(String name, String why) {
        // When
        TopicResult result = create(topic(name, 1));

        // Then
        assertThat(result.error()).isEqualTo(ErrorCode.INVALID_TOPIC_EXCEPTION);
        assertThat(result.message()).contains(why);
    }

    @Test
    void aNameMayHave249CharactersAndNoMore() {
        assertThat(create(topic("n".repeat(249), 1)).error()).isEqualTo(ErrorCode.NONE);
        assertThat(create(topic("n".repeat(250), 1)).error()).isEqualTo(ErrorCode.INVALID_TOPIC_EXCEPTION);
    }

    @Test
    void namesThatCollideInMetricsAreRefused() {
        // Given
        create(topic("a.b", 1));

        // When
        TopicResult result = create(topic("a_b", 1));

        // Then
        assertThat(result.error()).isEqualTo(ErrorCode.INVALID_TOPIC_EXCEPTION);
        assertThat(result.message()).contains("collides with existing topic: a.b");
    }

    @Test
    void aTopicThatIsThereIsRefused() {
        create(topic("a", 1));
        assertThat(create(topic("a", 1)).error()).isEqualTo(ErrorCode.TOPIC_ALREADY_EXISTS);
    }

    @Test
    void aNameTwiceInOneRequestIsRefusedBothTimesAndOthersAreMade() {
        // When
        List<TopicResult> results =
                run(new ControllerRequest.CreateTopics(List.of(topic("a", 1), topic("b", 1), topic("a", 2)), false));

        // Then
        assertThat(results)
                .extracting(TopicResult::error)
                .containsExactly(ErrorCode.INVALID_REQUEST, ErrorCode.NONE, ErrorCode.INVALID_REQUEST);
        assertThat(image.topics()).containsOnlyKeys("b");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -2, 1_001})
    void aNumberOfPartitionsOutOfBoundsIsRefused(int partitions) {
        assertThat(create(topic("a", partitions)).error()).isEqualTo(ErrorCode.INVALID_PARTITIONS);
    }

    @Test
    void minusOneMeansTheDefaults() {
        // When
        TopicResult result = create(new NewTopic("a", -1, (short) -1, List.of(), Map.of()));

        // Then
        assertThat(result.partitions()).isEqualTo(4);
        assertThat(result.replicationFactor()).isEqualTo((short) 1);
    }

    @ParameterizedTest
    @ValueSource(shorts = {0, -2, 2, 3})
    void aReplicationFactorThatCannotBeIsRefused(short replicas) {
        // When
        TopicResult result = create(new NewTopic("a", 1, replicas, List.of(), Map.of()));

        // Then
        assertThat(result.error()).isEqualTo(ErrorCode.INVALID_REPLICATION_FACTOR);
        assertThat(image.topics()).isEmpty();
    }

    @Test
    void assignmentsSayWhere() {
        assertThat(create(new NewTopic("a", -1, (short) -1, List.of(List.of(1), List.of(1)), Map.of()))
                        .partitions())
                .isEqualTo(2);
        assertThat(create(new NewTopic("b", -1, (short) -1, List.of(List.of(7)), Map.of()))
                        .message())
                .contains("broker 7");
        assertThat(create(new NewTopic("c", -1, (short) -1, List.of(List.of()), Map.of()))
                        .error())
                .isEqualTo(ErrorCode.INVALID_REPLICA_ASSIGNMENT);
        assertThat(create(new NewTopic("d", -1, (short) -1, List.of(List.of(1, 1)), Map.of()))
                        .error())
                .isEqualTo(ErrorCode.INVALID_REPLICA_ASSIGNMENT);
    }

    @Test
    void badConfigurationIsRefused() {
        // When
        TopicResult result = create(new NewTopic("a", 1, (short) 1, List.of(), Map.of("bad", "x")));

        // Then
        assertThat(result.error()).isEqualTo(ErrorCode.INVALID_CONFIG);
        assertThat(result.message()).contains("bad");
    }

    @Test
    void validateOnlyChangesNothing() {
        // When
        List<TopicResult> results = run(new ControllerRequest.CreateTopics(List.of(topic("a", 1)), true));

        // Then
        assertThat(results.get(0).error()).isEqualTo(ErrorCode.NONE);
        assertThat(image.topics()).isEmpty();
    }

    @Test
    void theOffsetsTopicIsMadeOnceAndIsInternal() {
        // When
        TopicResult first = run(new ControllerRequest.CreateInternalTopic(InternalTopic.CONSUMER_OFFSETS));
        TopicResult second = run(new ControllerRequest.CreateInternalTopic(InternalTopic.CONSUMER_OFFSETS));

        // Then
        assertThat(first.partitions()).isEqualTo(50);
        assertThat(second.id()).isEqualTo(first.id());
        assertThat(image.topic("__consumer_offsets").orElseThrow().internal()).isTrue();
    }

    @Test
    void topicsGrow() {
        // Given
        create(topic("a", 3));

        // When
        List<TopicResult> results = run(new ControllerRequest.CreatePartitions(
                List.of(
                        new NewPartitions("a", 5, List.of()),
                        new NewPartitions("b", 5, List.of()),
                        new NewPartitions("c", 5, List.of())),
                false));

        // Then
        assertThat(results)
                .extracting(TopicResult::error)
                .containsExactly(
                        ErrorCode.NONE, ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
        List<MetadataImage.PartitionInfo> partitions =
                image.topic("a").orElseThrow().partitions();
        assertThat(partitions)
                .extracting(MetadataImage.PartitionInfo::partition)
                .containsExactly(0, 1, 2, 3, 4);
        assertThat(partitions.get(4).group()).isEqualTo((partitions.get(0).group() + 4) % 64);
    }

    @ParameterizedTest
    @CsvSource({"3,already has 3", "2,currently has 3", "1001,more than the 1000"})
    void aTopicThatWouldNotGrowIsRefused(int count, String why) {
        // Given
        create(topic("a", 3));

        // When
        TopicResult result = run(new ControllerRequest.CreatePartitions(
                        List.of(new NewPartitions("a", count, List.of())), false))
                .get(0);

        // Then
        assertThat(result.error()).isEqualTo(ErrorCode.INVALID_PARTITIONS);
        assertThat(result.message()).contains(why);
    }

    @Test
    void topicsAreDeletedByTheirId() {
        // Given
        TopicResult a = create(topic("a", 1));

        // When
        List<TopicResult> results = run(new ControllerRequest.DeleteTopics(List.of(a.id(), a.id(), new UUID(9, 9))));

        // Then
        assertThat(results)
                .extracting(TopicResult::error)
                .containsExactly(ErrorCode.NONE, ErrorCode.INVALID_REQUEST, ErrorCode.UNKNOWN_TOPIC_ID);
        assertThat(results.get(0).name()).isEqualTo("a");
        assertThat(image.topics()).isEmpty();
    }

    @Test
    void configurationChangesWhollyOrNotAtAll() {
        // Given
        create(topic("a", 1));

        // When
        List<ConfigResult> results = run(new ControllerRequest.AlterConfigs(
                List.of(
                        change(ResourceType.TOPIC, "a", "retention.ms"),
                        change(ResourceType.TOPIC, "nobody", "retention.ms"),
                        change(ResourceType.BROKER, "", "log.retention.ms"),
                        change(ResourceType.BROKER, "7", "log.retention.ms"),
                        change(ResourceType.BROKER, "1", "bad")),
                false));

        // Then
        assertThat(results)
                .extracting(ConfigResult::error)
                .containsExactly(
                        ErrorCode.NONE,
                        ErrorCode.UNKNOWN_TOPIC_OR_PARTITION,
                        ErrorCode.NONE,
                        ErrorCode.INVALID_REQUEST,
                        ErrorCode.INVALID_CONFIG);
        assertThat(image.topic("a").orElseThrow().configs()).containsEntry("retention.ms", "1");
        assertThat(image.brokerConfig(null)).containsEntry("log.retention.ms", "1");
        assertThat(image.brokerConfig(1)).isEmpty();
    }

    @Test
    void blocksOfProducerIdsNeverOverlap() {
        assertThat(run(new ControllerRequest.AllocateProducerIds(1_000))).isZero();
        assertThat(run(new ControllerRequest.AllocateProducerIds(10))).isEqualTo(1_000);
        assertThat(run(new ControllerRequest.AllocateProducerIds(1))).isEqualTo(1_010);
        assertThat(run(new ControllerRequest.AllocateProducerIds(0))).isEqualTo(-1);
    }

    @Test
    void aClusterIsMadeOnce() {
        // Given
        image = ClusterImage.EMPTY;

        // When
        run(new ControllerRequest.Bootstrap("first", 16, List.of(1)));
        run(new ControllerRequest.Bootstrap("second", 64, List.of(1)));

        // Then
        assertThat(image.clusterId()).isEqualTo("first");
        assertThat(image.placementGroups()).hasSize(16);
    }

    @Test
    void brokersShareTheGroups() {
        // When
        run(new ControllerRequest.RegisterBroker(2, "h2", 9092, "r", new UUID(0, 2)));

        // Then
        assertThat(image.placementGroups().get(0)).containsExactly(1, 2);
        assertThat(image.placementGroups().get(1)).containsExactly(2, 1);
        assertThat(image.brokers().get(2).rack()).isEqualTo("r");
    }

    @Test
    void aBrokerThatJoinsDoesNotMoveWhatIsThere() {
        // Given a topic in 10 of the 64 groups
        create(topic("orders", 10));
        List<Integer> used = image.topic("orders").orElseThrow().partitions().stream()
                .map(MetadataImage.PartitionInfo::group)
                .toList();

        // When
        register(2);
        register(3);
        register(3);

        // Then
        for (int group = 0; group < 64; group++) {
            List<Integer> list = image.placementGroups().get(group);
            if (used.contains(group)) {
                assertThat(list).as("used group %s", group).containsExactly(1, 2, 3);
            } else {
                assertThat(list).as("empty group %s", group).startsWith(1 + group % 3);
                assertThat(list).containsExactlyInAnyOrder(1, 2, 3);
            }
        }
        assertThat(image.topic("orders").orElseThrow().partitions())
                .allSatisfy(partition -> assertThat(partition.replicas()).containsExactly(1));
    }

    @Test
    void replicasAreTheFirstOfTheGroupsListAndLeadersAreEven() {
        // Given
        image = ClusterImage.EMPTY;
        run(new ControllerRequest.Bootstrap("c", 64, List.of(1, 2, 3)));
        register(1);

        // When: the other founders have not registered yet
        TopicResult result = create(new NewTopic("orders", 30, (short) 3, List.of(), Map.of()));

        // Then
        assertThat(result.error()).isEqualTo(ErrorCode.NONE);
        List<MetadataImage.PartitionInfo> partitions =
                image.topic("orders").orElseThrow().partitions();
        assertThat(partitions).allSatisfy(partition -> assertThat(partition.replicas())
                .isEqualTo(image.placementGroups().get(partition.group())));
        for (int broker = 1; broker <= 3; broker++) {
            int leader = broker;
            assertThat(partitions)
                    .filteredOn(partition -> partition.replicas().get(0) == leader)
                    .as("leads of broker %s", broker)
                    .hasSizeBetween(9, 11);
        }
        assertThat(create(new NewTopic("more", 1, (short) 4, List.of(), Map.of()))
                        .error())
                .isEqualTo(ErrorCode.INVALID_REPLICATION_FACTOR);
    }

    @Test
    void whatTheBrokerNeedsItselfHasThreeReplicasWhereThereAreThreeBrokers() {
        register(2);
        assertThat(run(new ControllerRequest.CreateInternalTopic(InternalTopic.CONSUMER_OFFSETS))
                        .replicationFactor())
                .isEqualTo((short) 2);

        image = empty();
        register(2);
        register(3);
        register(4);
        assertThat(run(new ControllerRequest.CreateInternalTopic(InternalTopic.CONSUMER_OFFSETS))
                        .replicationFactor())
                .isEqualTo((short) 3);
    }

    @Test
    void anAssignmentMayNameTheFollowersInAnyOrder() {
        // Given
        register(2);
        register(3);

        // When
        TopicResult result =
                create(new NewTopic("a", -1, (short) -1, List.of(List.of(2, 3, 1), List.of(2, 1, 3)), Map.of()));

        // Then
        assertThat(result.message()).isNull();
        assertThat(image.topic("a").orElseThrow().partitions())
                .extracting(MetadataImage.PartitionInfo::replicas)
                .containsExactly(List.of(2, 3, 1), List.of(2, 1, 3));
        assertThat(image.topic("a").orElseThrow().partitions()).allSatisfy(partition -> assertThat(
                        image.placementGroups().get(partition.group()).get(0))
                .isEqualTo(2));
    }

    @Test
    void aReplicaIsExpectedToBeBlankOnlyWhereItsDirectoryIsOlderThanTheTopic() {
        // Given
        TopicResult before = create(topic("before", 1));
        UUID wiped = new UUID(0, 99);

        // When
        run(new ControllerRequest.RegisterBroker(1, "h", 9092, null, wiped));
        TopicResult after = create(topic("after", 1));
        run(new ControllerRequest.RegisterBroker(1, "elsewhere", 9092, null, wiped));

        // Then
        assertThat(image.isYounger(after.id(), 1, wiped)).isTrue();
        assertThat(image.isYounger(before.id(), 1, wiped)).isFalse();
        assertThat(image.isYounger(before.id(), 1, new UUID(0, 1)))
                .as("the directory that it had then, but has no more")
                .isFalse();
        assertThat(image.isYounger(after.id(), 2, wiped)).isFalse();
    }

    @Test
    void thereIsRoomForSoManyPartitionsOfAllTopics() {
        // Given
        create(topic("there", 900));

        // When
        List<TopicResult> made = run(new ControllerRequest.CreateTopics(
                List.of(topic("a", 400), topic("too many", 0), topic("b", 400), topic("c", 200)), false));
        List<TopicResult> grown = run(new ControllerRequest.CreatePartitions(
                List.of(new NewPartitions("a", 401, List.of()), new NewPartitions("c", 199, List.of())), false));

        // Then
        assertThat(made)
                .extracting(TopicResult::error)
                .containsExactly(
                        ErrorCode.NONE,
                        ErrorCode.INVALID_TOPIC_EXCEPTION,
                        ErrorCode.INVALID_PARTITIONS,
                        ErrorCode.NONE);
        assertThat(made.get(2).message())
                .isEqualTo("There would be more than 1500 partitions of all topics (sluice.partitions.max).");
        assertThat(grown.get(0).message()).contains("sluice.partitions.max");
        assertThat(grown.get(1).message()).contains("would not be an increase");
        assertThat(limits.refused().sum()).isEqualTo(2);
    }

    @Test
    void whatTheBrokerNeedsItselfIsMadeThoughThereIsNoRoom() {
        // Given
        create(topic("a", 750));
        create(topic("b", 750));

        // When
        TopicResult offsets = run(new ControllerRequest.CreateInternalTopic(InternalTopic.CONSUMER_OFFSETS));

        // Then
        assertThat(offsets.error()).isEqualTo(ErrorCode.NONE);
        assertThat(create(topic("c", 1)).error()).isEqualTo(ErrorCode.INVALID_PARTITIONS);
    }

    private void register(int broker) {
        run(new ControllerRequest.RegisterBroker(broker, "h" + broker, 9092, null, new UUID(0, broker)));
    }

    private static NewTopic topic(String name, int partitions) {
        return new NewTopic(name, partitions, (short) 1, List.of(), Map.of());
    }

    private static ConfigChange change(ResourceType type, String name, String key) {
        return new ConfigChange(type, name, false, List.of(new ConfigOp(key, Operation.SET, "1")));
    }

    private TopicResult create(NewTopic topic) {
        return run(new ControllerRequest.CreateTopics(List.of(topic), false)).get(0);
    }

    private <R> R run(ControllerRequest<R> request) {
        Decision<R> decision = core.decide(image, request, Placement.brokers(image));
        image = image.with(
                decision.records(), image.offset() + decision.records().size());
        return decision.answer();
    }

    /** Everything goes but the key "bad". */
    static final class Rules implements ConfigRules {
        @Override
        public Outcome newTopic(Map<String, String> configs) {
            return configs.containsKey("bad")
                    ? new Outcome(ErrorCode.INVALID_CONFIG, "bad is not known", null)
                    : new Outcome(ErrorCode.NONE, null, configs);
        }

        @Override
        public Outcome change(Map<String, String> current, ConfigChange change) {
            Map<String, String> after = new TreeMap<>(current);
            change.ops().forEach(op -> after.put(op.key(), op.value()));
            return newTopic(after);
        }

        @Override
        public LogConfig logConfig(MetadataImage image, Map<String, String> topicConfigs) {
            return LogConfig.DEFAULTS;
        }

        @Override
        public int defaultReplicationFactor() {
            return 1;
        }

        @Override
        public int replicationFactor(InternalTopic topic) {
            return 3;
        }

        @Override
        public int rebalanceMovesMax() {
            return 5;
        }

        @Override
        public int defaultPartitions() {
            return 4;
        }

        @Override
        public int partitions(InternalTopic topic) {
            return 50;
        }

        @Override
        public Map<String, String> configs(InternalTopic topic) {
            return Map.of("cleanup.policy", "compact");
        }
    }
}
