/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.kafka.admin;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.cluster.config.ConfigSource;
import io.sluice.cluster.metadata.Controller.NewPartitions;
import io.sluice.cluster.metadata.Controller.NewTopic;
import io.sluice.cluster.metadata.MetadataImage.TopicInfo;
import io.sluice.log.ErrorCode;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.ApiMessageType;
import org.apache.kafka.common.message.CreatePartitionsRequestData;
import org.apache.kafka.common.message.CreatePartitionsRequestData.CreatePartitionsAssignment;
import org.apache.kafka.common.message.CreatePartitionsRequestData.CreatePartitionsTopic;
import org.apache.kafka.common.message.CreatePartitionsResponseData;
import org.apache.kafka.common.message.CreatePartitionsResponseData.CreatePartitionsTopicResult;
import org.apache.kafka.common.message.CreateTopicsRequestData;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableReplicaAssignment;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableTopic;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableTopicConfig;
import org.apache.kafka.common.message.CreateTopicsResponseData;
import org.apache.kafka.common.message.CreateTopicsResponseData.CreatableTopicConfigs;
import org.apache.kafka.common.message.CreateTopicsResponseData.CreatableTopicResult;
import org.apache.kafka.common.message.DeleteTopicsRequestData;
import org.apache.kafka.common.message.DeleteTopicsRequestData.DeleteTopicState;
import org.apache.kafka.common.message.DeleteTopicsResponseData;
import org.apache.kafka.common.message.DeleteTopicsResponseData.DeletableTopicResult;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class TopicsTest {
    private AdminFixture fixture;

    @BeforeEach
    void start() throws Exception {
        fixture = new AdminFixture();
    }

    @AfterEach
    void stop() throws Exception {
        fixture.close();
    }

    static Stream<Short> createVersions() {
        return AdminFixture.versions(ApiMessageType.CREATE_TOPICS);
    }

    static Stream<Short> deleteVersions() {
        return AdminFixture.versions(ApiMessageType.DELETE_TOPICS);
    }

    static Stream<Short> partitionsVersions() {
        return AdminFixture.versions(ApiMessageType.CREATE_PARTITIONS);
    }

    private static CreatableTopic topic(String name, int partitions, int replicas) {
        return new CreatableTopic().setName(name).setNumPartitions(partitions).setReplicationFactor((short) replicas);
    }

    private static CreatableTopic with(CreatableTopic topic, String key, String value) {
        topic.configs().add(new CreatableTopicConfig().setName(key).setValue(value));
        return topic;
    }

    private CreateTopicsResponseData create(int version, boolean validateOnly, CreatableTopic... topics)
            throws Exception {
        CreateTopicsRequestData request = new CreateTopicsRequestData().setValidateOnly(validateOnly);
        for (CreatableTopic topic : topics) {
            request.topics().add(topic);
        }
        return fixture.call(request, new CreateTopicsResponseData(), version);
    }

    private CreatableTopicResult createOne(CreatableTopic topic) throws Exception {
        return create(7, false, topic).topics().iterator().next();
    }

    @ParameterizedTest
    @MethodSource("createVersions")
    void everyVersionMakesTopicsAndTellsTheirConfiguration(short version) throws Exception {
        // When
        CreatableTopicResult result = create(version, false, with(topic("orders", 3, 1), "retention.ms", "604800000"))
                .topics()
                .find("orders");

        // Then
        assertThat(result.errorMessage()).isNull();
        assertThat(result.errorCode()).isZero();
        TopicInfo made = fixture.node.image.topics.get("orders");
        assertThat(made.partitions()).hasSize(3);
        assertThat(made.configs()).isEqualTo(Map.of("retention.ms", "604800000"));
        assertThat(result.topicId()).isEqualTo(version >= 7 ? TopicIds.of(made.id()) : Uuid.ZERO_UUID);
        assertThat(result.numPartitions()).isEqualTo(version >= 5 ? 3 : -1);
        assertThat(result.replicationFactor()).isEqualTo((short) (version >= 5 ? 1 : -1));
        if (version >= 5) {
            assertThat(result.configs()).hasSize(33);
            assertThat(config(result, "retention.ms").configSource()).isEqualTo(ConfigSource.TOPIC.code());
            assertThat(config(result, "retention.bytes").configSource()).isEqualTo(ConfigSource.DEFAULT.code());
            assertThat(config(result, "retention.bytes").value()).isEqualTo("-1");
        }
    }

    private static CreatableTopicConfigs config(CreatableTopicResult result, String name) {
        return result.configs().stream()
                .filter(config -> config.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void minusOneTakesTheDefaults() throws Exception {
        fixture.close();
        fixture = new AdminFixture(Map.of("num.partitions", "5"));

        assertThat(createOne(topic("orders", -1, -1)).numPartitions()).isEqualTo(5);
    }

    @Test
    void validateOnlyMakesNothing() throws Exception {
        CreatableTopicResult result =
                create(7, true, topic("orders", 3, 1)).topics().find("orders");

        assertThat(result.errorCode()).isZero();
        assertThat(result.numPartitions()).isEqualTo(3);
        assertThat(fixture.node.image.topics).isEmpty();
    }

    @Test
    void oneThatCannotBeMadeDoesNotKeepTheOthersFromIt() throws Exception {
        // Given
        fixture.node.topic("there", 1);

        // When
        CreateTopicsResponseData response = create(
                5, false, topic("there", 1, 1), topic("good", 1, 1), topic("bad name", 1, 1), topic("too-safe", 1, 3));

        // Then
        assertThat(response.topics())
                .extracting(CreatableTopicResult::name, CreatableTopicResult::errorCode)
                .as("in the order of the request")
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple("there", ErrorCode.TOPIC_ALREADY_EXISTS.code()),
                        org.assertj.core.groups.Tuple.tuple("good", (short) 0),
                        org.assertj.core.groups.Tuple.tuple("bad name", ErrorCode.INVALID_TOPIC_EXCEPTION.code()),
                        org.assertj.core.groups.Tuple.tuple("too-safe", ErrorCode.INVALID_REPLICATION_FACTOR.code()));
        assertThat(response.topics())
                .filteredOn(result -> result.errorCode() != 0)
                .allSatisfy(result -> {
                    assertThat(result.errorMessage()).isNotBlank();
                    assertThat(result.numPartitions()).isEqualTo(-1);
                });
    }

    @Test
    void wrongRequestsAreRefusedInOneLine() throws Exception {
        CreatableTopic both = topic("both", 3, 1);
        both.assignments().add(new CreatableReplicaAssignment().setBrokerIds(List.of(1)));
        CreatableTopic gap = topic("gap", -1, -1);
        gap.assignments()
                .add(new CreatableReplicaAssignment().setPartitionIndex(1).setBrokerIds(List.of(1)));
        CreatableTopic twice = topic("twice", -1, -1);
        twice.assignments().add(new CreatableReplicaAssignment().setBrokerIds(List.of(1, 1)));
        CreatableTopic uneven = topic("uneven", -1, -1);
        uneven.assignments().add(new CreatableReplicaAssignment().setBrokerIds(List.of(1)));
        uneven.assignments()
                .add(new CreatableReplicaAssignment().setPartitionIndex(1).setBrokerIds(List.of(1, 2)));

        refused(topic("x", 0, 1), ErrorCode.INVALID_PARTITIONS);
        refused(topic("x", -2, 1), ErrorCode.INVALID_PARTITIONS);
        refused(topic("x", 1, 0), ErrorCode.INVALID_REPLICATION_FACTOR);
        refused(topic("__cluster_metadata", 1, 1), ErrorCode.INVALID_TOPIC_EXCEPTION);
        refused(topic("__consumer_offsets", 1, 1), ErrorCode.INVALID_REQUEST);
        refused(both, ErrorCode.INVALID_REQUEST);
        refused(gap, ErrorCode.INVALID_REPLICA_ASSIGNMENT);
        refused(twice, ErrorCode.INVALID_REPLICA_ASSIGNMENT);
        refused(uneven, ErrorCode.INVALID_REPLICA_ASSIGNMENT);
        refused(with(topic("x", 1, 1), "retention.msec", "1"), ErrorCode.INVALID_CONFIG);
        refused(with(topic("x", 1, 1), "retention.ms", "soon"), ErrorCode.INVALID_CONFIG);
        refused(with(topic("x", 1, 1), "retention.ms", null), ErrorCode.INVALID_CONFIG);
        refused(with(topic("x", 1, 1), "remote.storage.enable", "true"), ErrorCode.INVALID_CONFIG);
        assertThat(fixture.controller.asked).isEmpty();
    }

    private void refused(CreatableTopic topic, ErrorCode error) throws Exception {
        CreatableTopicResult result = createOne(topic);
        assertThat(result.errorCode()).as(topic + ": " + result.errorMessage()).isEqualTo(error.code());
        assertThat(result.errorMessage()).isNotBlank().doesNotContain("\n");
    }

    @Test
    void aTopicThatIsThereTwiceIsRefusedOnce() throws Exception {
        CreateTopicsResponseData response = create(5, false, topic("x", 1, 1), topic("x", 2, 1), topic("y", 1, 1));

        assertThat(response.topics()).hasSize(2);
        assertThat(response.topics().find("x").errorCode()).isEqualTo(ErrorCode.INVALID_REQUEST.code());
        assertThat(response.topics().find("y").errorCode()).isZero();
    }

    @Test
    void assignmentsReachTheControllerInTheOrderOfThePartitions() throws Exception {
        CreatableTopic topic = topic("x", -1, -1);
        topic.assignments()
                .add(new CreatableReplicaAssignment().setPartitionIndex(1).setBrokerIds(List.of(2)));
        topic.assignments()
                .add(new CreatableReplicaAssignment().setPartitionIndex(0).setBrokerIds(List.of(1)));

        createOne(topic);

        assertThat(fixture.controller.asked)
                .containsExactly(new NewTopic("x", -1, (short) -1, List.of(List.of(1), List.of(2)), Map.of()));
    }

    @ParameterizedTest
    @MethodSource("deleteVersions")
    void everyVersionDeletes(short version) throws Exception {
        // Given
        UUID byName = fixture.node.topic("by-name", 1).id();
        UUID byId = fixture.node.topic("by-id", 1).id();
        DeleteTopicsRequestData request = new DeleteTopicsRequestData().setTimeoutMs(1000);
        if (version >= 6) {
            request.topics().add(new DeleteTopicState().setName("by-name"));
            request.topics().add(new DeleteTopicState().setTopicId(TopicIds.of(byId)));
            request.topics().add(new DeleteTopicState().setName("not-there"));
            request.topics().add(new DeleteTopicState().setTopicId(Uuid.randomUuid()));
            request.topics().add(new DeleteTopicState());
        } else {
            request.setTopicNames(List.of("by-name", "not-there"));
        }

        // When
        DeleteTopicsResponseData response = fixture.call(request, new DeleteTopicsResponseData(), version);

        // Then
        if (version >= 6) {
            assertThat(response.responses())
                    .extracting(DeletableTopicResult::errorCode)
                    .containsExactly(
                            (short) 0,
                            (short) 0,
                            ErrorCode.UNKNOWN_TOPIC_OR_PARTITION.code(),
                            ErrorCode.UNKNOWN_TOPIC_ID.code(),
                            ErrorCode.INVALID_REQUEST.code());
            assertThat(response.responses().iterator().next().topicId()).isEqualTo(TopicIds.of(byName));
            assertThat(fixture.node.image.topics).isEmpty();
        } else {
            assertThat(response.responses())
                    .extracting(DeletableTopicResult::errorCode)
                    .containsExactly((short) 0, ErrorCode.UNKNOWN_TOPIC_OR_PARTITION.code());
            assertThat(fixture.node.image.topics).containsOnlyKeys("by-id");
        }
    }

    @Test
    void deletionMayBeDisabledAndIsNotForTheBrokersOwnTopics() throws Exception {
        fixture.node.topic("__consumer_offsets", 1);
        DeleteTopicsRequestData request = new DeleteTopicsRequestData().setTopicNames(List.of("__consumer_offsets"));
        assertThat(fixture.call(request, new DeleteTopicsResponseData(), 5).responses())
                .extracting(DeletableTopicResult::errorCode)
                .containsExactly(ErrorCode.INVALID_REQUEST.code());

        fixture.close();
        fixture = new AdminFixture(Map.of("delete.topic.enable", "false"));
        fixture.node.topic("a", 1);
        request.setTopicNames(List.of("a"));
        assertThat(fixture.call(request, new DeleteTopicsResponseData(), 5).responses())
                .extracting(DeletableTopicResult::errorCode)
                .containsExactly(ErrorCode.TOPIC_DELETION_DISABLED.code());
        assertThat(fixture.node.image.topics).containsKey("a");
    }

    @ParameterizedTest
    @MethodSource("partitionsVersions")
    void everyTopicOfCreatePartitionsHasItsOwnResult(short version) throws Exception {
        // Given
        fixture.node.topic("grow", 2);
        fixture.node.topic("same", 2);
        fixture.node.topic("__consumer_offsets", 2);
        fixture.node.topic("assigned", 1);
        CreatePartitionsRequestData request = new CreatePartitionsRequestData().setTimeoutMs(1000);
        request.topics().add(grow("grow", 5));
        request.topics().add(grow("same", 2));
        request.topics().add(grow("__consumer_offsets", 60));
        request.topics()
                .add(grow("assigned", 2)
                        .setAssignments(List.of(new CreatePartitionsAssignment().setBrokerIds(List.of(1)))));

        // When
        CreatePartitionsResponseData response = fixture.call(request, new CreatePartitionsResponseData(), version);

        // Then
        assertThat(response.results())
                .extracting(CreatePartitionsTopicResult::name, CreatePartitionsTopicResult::errorCode)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple("grow", (short) 0),
                        org.assertj.core.groups.Tuple.tuple("same", ErrorCode.INVALID_PARTITIONS.code()),
                        org.assertj.core.groups.Tuple.tuple("__consumer_offsets", ErrorCode.INVALID_PARTITIONS.code()),
                        org.assertj.core.groups.Tuple.tuple("assigned", (short) 0));
        assertThat(fixture.node.image.topics.get("grow").partitions()).hasSize(5);
        assertThat(fixture.controller.asked)
                .containsExactly(
                        new NewPartitions("grow", 5, List.of()),
                        new NewPartitions("same", 2, List.of()),
                        new NewPartitions("assigned", 2, List.of(List.of(1))));
    }

    private static CreatePartitionsTopic grow(String name, int count) {
        return new CreatePartitionsTopic().setName(name).setCount(count).setAssignments(null);
    }
}
