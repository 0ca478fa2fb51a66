/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.kafka.admin;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.cluster.metadata.MetadataImage.BrokerInfo;
import io.sluice.cluster.metadata.MetadataImage.TopicInfo;
import io.sluice.kafka.testing.FakeNode;
import io.sluice.log.ErrorCode;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.ApiMessageType;
import org.apache.kafka.common.message.MetadataRequestData;
import org.apache.kafka.common.message.MetadataRequestData.MetadataRequestTopic;
import org.apache.kafka.common.message.MetadataResponseData;
import org.apache.kafka.common.message.MetadataResponseData.MetadataResponseTopic;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class MetadataTest {
    private AdminFixture fixture;

    @BeforeEach
    void start() throws Exception {
        fixture = new AdminFixture();
    }

    @AfterEach
    void stop() throws Exception {
        fixture.close();
    }

    static Stream<Short> versions() {
        return AdminFixture.versions(ApiMessageType.METADATA);
    }

    private MetadataResponseData ask(MetadataRequestData request, int version) throws Exception {
        return fixture.call(request, new MetadataResponseData(), version);
    }

    private static MetadataRequestData named(String... names) {
        return new MetadataRequestData()
                .setTopics(Stream.of(names)
                        .map(name -> new MetadataRequestTopic().setName(name))
                        .toList());
    }

    private static MetadataResponseTopic only(MetadataResponseData response) {
        assertThat(response.topics()).hasSize(1);
        return response.topics().iterator().next();
    }

    @ParameterizedTest
    @MethodSource("versions")
    void everyVersionTellsBrokersTopicsAndLeaders(short version) throws Exception {
        // Given
        TopicInfo topic = fixture.node.topic("orders", 3);
        fixture.node.leaderships.put(topic.id() + "-1", new io.sluice.cluster.Node.Leadership(FakeNode.ID, 4));
        fixture.node.image.brokers.put(2, new BrokerInfo(2, "other", 9093, "rack-b", 1));

        // When
        MetadataResponseData response = ask(named("orders"), version);

        // Then
        assertThat(response.brokers().find(FakeNode.ID).host()).isEqualTo("127.0.0.1");
        assertThat(response.brokers().find(FakeNode.ID).port())
                .as("the address that the client reached")
                .isEqualTo(fixture.port());
        assertThat(response.brokers().find(2).port()).isEqualTo(9093);
        assertThat(response.brokers().find(2).rack()).isEqualTo(version >= 1 ? "rack-b" : null);
        assertThat(response.clusterId()).isEqualTo(version >= 2 ? "fakeClusterIdfakeCluste" : null);
        assertThat(response.controllerId()).isEqualTo(version >= 1 ? FakeNode.ID : -1);
        MetadataResponseTopic told = only(response);
        assertThat(told.errorCode()).isZero();
        assertThat(told.topicId()).isEqualTo(version >= 10 ? TopicIds.of(topic.id()) : Uuid.ZERO_UUID);
        assertThat(told.partitions()).hasSize(3);
        assertThat(told.partitions().get(0).errorCode())
                .as("a leader is named only once it serves")
                .isEqualTo(ErrorCode.LEADER_NOT_AVAILABLE.code());
        assertThat(told.partitions().get(0).leaderId()).isEqualTo(-1);
        assertThat(told.partitions().get(1).errorCode()).isZero();
        assertThat(told.partitions().get(1).leaderId()).isEqualTo(FakeNode.ID);
        assertThat(told.partitions().get(1).leaderEpoch()).isEqualTo(version >= 7 ? 4 : -1);
        assertThat(told.partitions().get(1).replicaNodes()).containsExactly(FakeNode.ID);
        assertThat(told.partitions().get(1).isrNodes()).containsExactly(FakeNode.ID);
    }

    @ParameterizedTest
    @MethodSource("versions")
    void nullAsksForAllTopicsAndInVersionZeroNone(short version) throws Exception {
        // Given
        fixture.node.topic("a", 1);
        fixture.node.topic("__consumer_offsets", 1);

        // When
        MetadataResponseData all = ask(new MetadataRequestData().setTopics(version == 0 ? List.of() : null), version);

        // Then
        assertThat(all.topics()).extracting(MetadataResponseTopic::name).containsExactly("__consumer_offsets", "a");
        assertThat(all.topics().find("__consumer_offsets").isInternal()).isEqualTo(version >= 1);
        if (version > 0) {
            assertThat(ask(new MetadataRequestData().setTopics(List.of()), version)
                            .topics())
                    .isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(shorts = {12, 13})
    void topicsMayBeAskedForByIdAlone(short version) throws Exception {
        // Given
        TopicInfo topic = fixture.node.topic("orders", 1);
        UUID unknown = UUID.randomUUID();

        // When
        MetadataResponseData response = ask(
                new MetadataRequestData()
                        .setTopics(List.of(
                                new MetadataRequestTopic().setName(null).setTopicId(TopicIds.of(topic.id())),
                                new MetadataRequestTopic().setName(null).setTopicId(TopicIds.of(unknown)),
                                new MetadataRequestTopic().setName(null))),
                version);

        // Then
        assertThat(response.topics())
                .extracting(MetadataResponseTopic::name, MetadataResponseTopic::errorCode)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple("orders", (short) 0),
                        org.assertj.core.groups.Tuple.tuple(null, ErrorCode.UNKNOWN_TOPIC_ID.code()),
                        org.assertj.core.groups.Tuple.tuple(null, ErrorCode.INVALID_REQUEST.code()));
    }

    @ParameterizedTest
    @MethodSource("versions")
    void askingForAnUnknownTopicMakesItWithTheDefaultNumberOfPartitions(short version) throws Exception {
        fixture.close();
        fixture = new AdminFixture(Map.of("num.partitions", "4"));

        // When
        MetadataResponseData response = ask(named("new-one"), version);

        // Then
        assertThat(only(response).errorCode()).isZero();
        assertThat(only(response).partitions()).hasSize(4).allSatisfy(partition -> assertThat(partition.leaderId())
                .isEqualTo(FakeNode.ID));
    }

    @Test
    void aTopicIsNotMadeWhereThatIsNotAllowed() throws Exception {
        // When the client does not want it
        MetadataResponseData response = ask(named("new-one").setAllowAutoTopicCreation(false), 13);

        // Then
        assertThat(only(response).errorCode()).isEqualTo(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION.code());

        // When the broker does not want it
        fixture.close();
        fixture = new AdminFixture(Map.of("auto.create.topics.enable", "false"));
        response = ask(named("new-one"), 13);

        // Then
        assertThat(only(response).errorCode()).isEqualTo(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION.code());
        assertThat(fixture.controller.asked).isEmpty();
    }

    @Test
    void oneRequestMakesAtMostSoManyTopics() throws Exception {
        fixture.close();
        fixture = new AdminFixture(Map.of("sluice.auto.create.topics.request.max", "3"));

        // When
        MetadataResponseData first = ask(named("a", "b", "c", "d", "e", "f"), 12);
        MetadataResponseData again = ask(named("a", "b", "c", "d", "e", "f"), 12);

        // Then
        assertThat(first.topics()).filteredOn(topic -> topic.errorCode() == 0).hasSize(3);
        assertThat(again.topics())
                .as("the client asks again")
                .filteredOn(topic -> topic.errorCode() == 0)
                .hasSize(6);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ".", "..", "with space", "süß", "a/b", "a\u0000b"})
    void invalidNamesAreToldAndNotMade(String name) throws Exception {
        // When
        MetadataResponseData response = ask(named(name), 9);

        // Then
        assertThat(only(response).errorCode()).isEqualTo(ErrorCode.INVALID_TOPIC_EXCEPTION.code());
        assertThat(fixture.controller.asked).isEmpty();
    }

    @Test
    void aNameOf250CharactersIsTooLong() throws Exception {
        assertThat(only(ask(named("x".repeat(250)), 9)).errorCode())
                .isEqualTo(ErrorCode.INVALID_TOPIC_EXCEPTION.code());
        assertThat(only(ask(named("x".repeat(249)), 9)).errorCode()).isZero();
    }

    @Test
    void theMetadataLogIsNobodysTopic() throws Exception {
        // When
        MetadataResponseData response = ask(named("__cluster_metadata"), 12);

        // Then
        assertThat(only(response).errorCode()).isEqualTo(ErrorCode.INVALID_TOPIC_EXCEPTION.code());
        assertThat(fixture.controller.asked).isEmpty();
    }

    @Test
    void theOffsetsTopicIsMadeAsTheBrokersOwn() throws Exception {
        // When
        MetadataResponseData response = ask(named("__consumer_offsets"), 12);

        // Then
        assertThat(only(response).partitions()).hasSize(50);
        assertThat(fixture.controller.asked).containsExactly(io.sluice.cluster.metadata.InternalTopic.CONSUMER_OFFSETS);
    }

    @Test
    void aTopicThatIsNamedTwiceIsToldOnce() throws Exception {
        fixture.node.topic("a", 1);

        assertThat(ask(named("a", "a"), 12).topics()).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(shorts = {8, 9, 10, 11, 12, 13})
    void authorizedOperationsAreToldToThoseWhoAsk(short version) throws Exception {
        // Given
        fixture.node.topic("a", 1);
        boolean cluster = version <= 10;

        // When
        MetadataResponseData asked = ask(
                named("a").setIncludeTopicAuthorizedOperations(true).setIncludeClusterAuthorizedOperations(cluster),
                version);
        MetadataResponseData notAsked = ask(named("a"), version);

        // Then
        assertThat(only(asked).topicAuthorizedOperations()).isEqualTo(3576);
        assertThat(only(notAsked).topicAuthorizedOperations()).isEqualTo(Integer.MIN_VALUE);
        assertThat(asked.clusterAuthorizedOperations()).isEqualTo(cluster ? 8096 : Integer.MIN_VALUE);
    }

    @Test
    void replicasOfAbsentBrokersAreOffline() throws Exception {
        // Given
        TopicInfo topic = fixture.node.topic("a", 1);
        fixture.node.image.topics.put(
                "a",
                new TopicInfo(
                        topic.id(),
                        "a",
                        false,
                        List.of(new io.sluice.cluster.metadata.MetadataImage.PartitionInfo(0, 0, List.of(1, 9))),
                        Map.of()));

        // When
        var partition = only(ask(named("a"), 12)).partitions().get(0);

        // Then
        assertThat(partition.replicaNodes()).containsExactly(1, 9);
        assertThat(partition.isrNodes()).containsExactly(1);
        assertThat(partition.offlineReplicas()).containsExactly(9);
    }
}
