/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.kafka.admin;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.cluster.Node.Leadership;
import io.sluice.cluster.Node.Quorum;
import io.sluice.cluster.Node.QuorumReplica;
import io.sluice.cluster.metadata.Controller.ReassignmentChange;
import io.sluice.cluster.metadata.MetadataImage.BrokerInfo;
import io.sluice.cluster.metadata.MetadataImage.PartitionInfo;
import io.sluice.cluster.metadata.MetadataImage.Reassignment;
import io.sluice.cluster.metadata.MetadataImage.TopicInfo;
import io.sluice.kafka.testing.FakeNode;
import io.sluice.log.ErrorCode;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.apache.kafka.common.message.AlterPartitionReassignmentsRequestData;
import org.apache.kafka.common.message.AlterPartitionReassignmentsRequestData.ReassignablePartition;
import org.apache.kafka.common.message.AlterPartitionReassignmentsRequestData.ReassignableTopic;
import org.apache.kafka.common.message.AlterPartitionReassignmentsResponseData;
import org.apache.kafka.common.message.ApiMessageType;
import org.apache.kafka.common.message.DescribeClusterRequestData;
import org.apache.kafka.common.message.DescribeClusterResponseData;
import org.apache.kafka.common.message.DescribeQuorumRequestData;
import org.apache.kafka.common.message.DescribeQuorumRequestData.PartitionData;
import org.apache.kafka.common.message.DescribeQuorumRequestData.TopicData;
import org.apache.kafka.common.message.DescribeQuorumResponseData;
import org.apache.kafka.common.message.DescribeTopicPartitionsRequestData;
import org.apache.kafka.common.message.DescribeTopicPartitionsRequestData.TopicRequest;
import org.apache.kafka.common.message.DescribeTopicPartitionsResponseData;
import org.apache.kafka.common.message.ElectLeadersRequestData;
import org.apache.kafka.common.message.ElectLeadersRequestData.TopicPartitions;
import org.apache.kafka.common.message.ElectLeadersResponseData;
import org.apache.kafka.common.message.ElectLeadersResponseData.PartitionResult;
import org.apache.kafka.common.message.ListPartitionReassignmentsRequestData;
import org.apache.kafka.common.message.ListPartitionReassignmentsRequestData.ListPartitionReassignmentsTopics;
import org.apache.kafka.common.message.ListPartitionReassignmentsResponseData;
import org.apache.kafka.common.message.ListPartitionReassignmentsResponseData.OngoingPartitionReassignment;
import org.apache.kafka.common.message.MetadataRequestData;
import org.apache.kafka.common.message.MetadataRequestData.MetadataRequestTopic;
import org.apache.kafka.common.message.MetadataResponseData;
import org.apache.kafka.common.message.UnregisterBrokerRequestData;
import org.apache.kafka.common.message.UnregisterBrokerResponseData;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Where replicas are, where they shall be, and who leads, over the wire. */
class ReplicasTest {
    private AdminFixture fixture;

    @BeforeEach
    void start() throws Exception {
        fixture = new AdminFixture();
        for (int broker = 2; broker <= 4; broker++) {
            fixture.node.image.brokers.put(broker, new BrokerInfo(broker, "h" + broker, 9000 + broker, null, 1));
        }
    }

    @AfterEach
    void stop() throws Exception {
        fixture.close();
    }

    static Stream<Short> alterVersions() {
        return AdminFixture.versions(ApiMessageType.ALTER_PARTITION_REASSIGNMENTS);
    }

    static Stream<Short> electVersions() {
        return AdminFixture.versions(ApiMessageType.ELECT_LEADERS);
    }

    static Stream<Short> quorumVersions() {
        return AdminFixture.versions(ApiMessageType.DESCRIBE_QUORUM);
    }

    private TopicInfo topic(String name, PartitionInfo... partitions) {
        TopicInfo topic = new TopicInfo(UUID.randomUUID(), name, false, List.of(partitions), Map.of());
        fixture.node.image.topics.put(name, topic);
        return topic;
    }

    private void leads(TopicInfo topic, int partition, int broker) {
        fixture.node.leaderships.put(topic.id() + "-" + partition, new Leadership(broker, 5));
    }

    @ParameterizedTest
    @MethodSource("alterVersions")
    void aReassignmentReachesTheControllerAndEachPartitionHasItsAnswer(short version) throws Exception {
        // Given
        AlterPartitionReassignmentsRequestData request = new AlterPartitionReassignmentsRequestData()
                .setTopics(List.of(new ReassignableTopic()
                        .setName("orders")
                        .setPartitions(List.of(
                                new ReassignablePartition().setPartitionIndex(0).setReplicas(List.of(2, 3)),
                                new ReassignablePartition().setPartitionIndex(1).setReplicas(null)))));

        // When
        AlterPartitionReassignmentsResponseData response =
                fixture.call(request, new AlterPartitionReassignmentsResponseData(), version);

        // Then
        assertThat(fixture.controller.asked)
                .containsExactly(
                        new ReassignmentChange("orders", 0, List.of(2, 3)), new ReassignmentChange("orders", 1, null));
        assertThat(response.errorCode()).isZero();
        assertThat(response.responses()).singleElement().satisfies(topic -> {
            assertThat(topic.name()).isEqualTo("orders");
            assertThat(topic.partitions().get(0).errorCode()).isZero();
            assertThat(topic.partitions().get(1).errorCode()).isEqualTo(ErrorCode.INVALID_REPLICA_ASSIGNMENT.code());
            assertThat(topic.partitions().get(1).errorMessage()).isEqualTo("no");
        });
    }

    @Test
    void whatIsGoingOnIsListedAllOrWhatWasAskedFor() throws Exception {
        // Given
        topic(
                "orders",
                new PartitionInfo(0, 0, List.of(1, 2)),
                new PartitionInfo(1, 0, List.of(1, 2), 3, List.of(), new Reassignment(List.of(1, 2), List.of(3, 4, 1))),
                new PartitionInfo(2, 0, List.of(3, 4), 5, List.of(1), null));
        topic("quiet", new PartitionInfo(0, 0, List.of(1)));

        // When
        ListPartitionReassignmentsResponseData all = list(null);
        ListPartitionReassignmentsResponseData some = list(List.of(
                new ListPartitionReassignmentsTopics().setName("orders").setPartitionIndexes(List.of(0, 2)),
                new ListPartitionReassignmentsTopics().setName("nobody").setPartitionIndexes(List.of(0))));

        // Then
        assertThat(all.topics()).singleElement().satisfies(topic -> assertThat(topic.partitions())
                .containsExactly(
                        new OngoingPartitionReassignment()
                                .setPartitionIndex(1)
                                .setReplicas(List.of(1, 2, 3, 4))
                                .setAddingReplicas(List.of(3, 4))
                                .setRemovingReplicas(List.of(2)),
                        new OngoingPartitionReassignment()
                                .setPartitionIndex(2)
                                .setReplicas(List.of(3, 4, 1))
                                .setAddingReplicas(List.of())
                                .setRemovingReplicas(List.of(1))));
        assertThat(some.topics()).singleElement().satisfies(topic -> assertThat(topic.partitions())
                .extracting(OngoingPartitionReassignment::partitionIndex)
                .containsExactly(2));
    }

    private ListPartitionReassignmentsResponseData list(List<ListPartitionReassignmentsTopics> topics)
            throws Exception {
        ListPartitionReassignmentsResponseData response = fixture.call(
                new ListPartitionReassignmentsRequestData().setTopics(topics),
                new ListPartitionReassignmentsResponseData(),
                0);
        assertThat(response.errorCode()).isZero();
        return response;
    }

    @ParameterizedTest
    @MethodSource("electVersions")
    void preferredLeadersAreElectedWhereThereIsSomethingToDo(short version) throws Exception {
        // Given
        TopicInfo orders = topic(
                "orders",
                new PartitionInfo(0, 0, List.of(1, 2)),
                new PartitionInfo(1, 1, List.of(2, 1)),
                new PartitionInfo(2, 1, List.of(3, 1)));
        leads(orders, 0, 1);
        leads(orders, 1, 1);
        leads(orders, 2, 1);
        fixture.node.absent.add(3);

        // When
        ElectLeadersResponseData named = elect((byte) 0, version, 0, 1, 2, 3);
        ElectLeadersResponseData all = elect((byte) 0, version);

        // Then
        assertThat(errors(named))
                .containsExactly(
                        ErrorCode.ELECTION_NOT_NEEDED.code(),
                        ErrorCode.NONE.code(),
                        ErrorCode.PREFERRED_LEADER_NOT_AVAILABLE.code(),
                        ErrorCode.UNKNOWN_TOPIC_OR_PARTITION.code());
        assertThat(errors(all)).containsExactly(ErrorCode.NONE.code(), ErrorCode.PREFERRED_LEADER_NOT_AVAILABLE.code());
    }

    @Test
    void anUncleanElectionIsRefused() throws Exception {
        // Given
        TopicInfo orders =
                topic("orders", new PartitionInfo(0, 0, List.of(1, 2)), new PartitionInfo(1, 1, List.of(2, 1)));
        leads(orders, 1, 1);

        // When
        ElectLeadersResponseData named = elect((byte) 1, (short) 2, 0, 1);
        ElectLeadersResponseData other = elect((byte) 7, (short) 2, 0);

        // Then
        assertThat(errors(named))
                .containsExactly(ErrorCode.INVALID_REQUEST.code(), ErrorCode.ELECTION_NOT_NEEDED.code());
        assertThat(named.replicaElectionResults()
                        .get(0)
                        .partitionResult()
                        .get(0)
                        .errorMessage())
                .startsWith("Unclean elections are refused");
        assertThat(other.errorCode()).isEqualTo(ErrorCode.INVALID_REQUEST.code());
    }

    private static List<Short> errors(ElectLeadersResponseData response) {
        assertThat(response.errorCode()).isZero();
        return response.replicaElectionResults().stream()
                .flatMap(topic -> topic.partitionResult().stream())
                .map(PartitionResult::errorCode)
                .toList();
    }

    private ElectLeadersResponseData elect(byte type, short version, Integer... partitions) throws Exception {
        ElectLeadersRequestData request = new ElectLeadersRequestData().setElectionType(type);
        request.setTopicPartitions(null);
        if (partitions.length > 0) {
            ElectLeadersRequestData.TopicPartitionsCollection topics =
                    new ElectLeadersRequestData.TopicPartitionsCollection();
            topics.add(new TopicPartitions().setTopic("orders").setPartitions(List.of(partitions)));
            request.setTopicPartitions(topics);
        }
        return fixture.call(request, new ElectLeadersResponseData(), version);
    }

    @ParameterizedTest
    @MethodSource("quorumVersions")
    void theQuorumIsDescribed(short version) throws Exception {
        // Given
        fixture.node.quorum = new Quorum(
                ErrorCode.NONE,
                2,
                9,
                100,
                List.of(new QuorumReplica(1, 99, 7, 6), new QuorumReplica(2, 101, -1, 8)),
                List.of(new QuorumReplica(4, 50, 5, -1)));

        // When
        DescribeQuorumResponseData response = quorum("__cluster_metadata", 0, version);

        // Then
        assertThat(response.errorCode()).isZero();
        DescribeQuorumResponseData.PartitionData partition =
                response.topics().get(0).partitions().get(0);
        assertThat(partition.errorCode()).isZero();
        assertThat(partition.leaderId()).isEqualTo(2);
        assertThat(partition.leaderEpoch()).isEqualTo(9);
        assertThat(partition.highWatermark()).isEqualTo(100);
        assertThat(partition.currentVoters())
                .extracting(DescribeQuorumResponseData.ReplicaState::logEndOffset)
                .containsExactly(99L, 101L);
        assertThat(partition.observers())
                .extracting(DescribeQuorumResponseData.ReplicaState::replicaId)
                .containsExactly(4);
        if (version >= 1) {
            assertThat(partition.currentVoters().get(0).lastFetchTimestamp()).isEqualTo(7);
        }
        if (version >= 2) {
            assertThat(response.nodes().find(4).listeners())
                    .singleElement()
                    .satisfies(listener -> assertThat(listener.port()).isEqualTo(9004));
        }
    }

    @Test
    void onlyTheMetadataHasAQuorum() throws Exception {
        assertThat(quorum("orders", 0, (short) 2)
                        .topics()
                        .get(0)
                        .partitions()
                        .get(0)
                        .errorCode())
                .isEqualTo(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION.code());
        assertThat(quorum("__cluster_metadata", 0, (short) 2)
                        .topics()
                        .get(0)
                        .partitions()
                        .get(0)
                        .errorCode())
                .as("its leader does not answer")
                .isEqualTo(ErrorCode.LEADER_NOT_AVAILABLE.code());
    }

    private DescribeQuorumResponseData quorum(String topic, int partition, short version) throws Exception {
        return fixture.call(
                new DescribeQuorumRequestData()
                        .setTopics(List.of(new TopicData()
                                .setTopicName(topic)
                                .setPartitions(List.of(new PartitionData().setPartitionIndex(partition))))),
                new DescribeQuorumResponseData(),
                version);
    }

    @Test
    void aBrokerThatIsThereIsNotUnregistered() throws Exception {
        // Given
        fixture.node.absent.add(3);

        // When
        UnregisterBrokerResponseData present =
                fixture.call(new UnregisterBrokerRequestData().setBrokerId(2), new UnregisterBrokerResponseData(), 0);
        UnregisterBrokerResponseData absent =
                fixture.call(new UnregisterBrokerRequestData().setBrokerId(3), new UnregisterBrokerResponseData(), 0);

        // Then
        assertThat(present.errorCode()).isEqualTo(ErrorCode.INVALID_REQUEST.code());
        assertThat(present.errorMessage()).contains("stop it before");
        assertThat(absent.errorCode()).isZero();
        assertThat(fixture.controller.asked).containsExactly(3);
    }

    @Test
    void brokersThatAreGoneAreFencedAndNotAmongThoseToConnectTo() throws Exception {
        // Given
        fixture.node.absent.add(3);

        // When
        DescribeClusterResponseData all = fixture.call(
                new DescribeClusterRequestData().setIncludeFencedBrokers(true), new DescribeClusterResponseData(), 2);
        DescribeClusterResponseData live =
                fixture.call(new DescribeClusterRequestData(), new DescribeClusterResponseData(), 2);
        MetadataResponseData metadata =
                fixture.call(new MetadataRequestData().setTopics(List.of()), new MetadataResponseData(), 12);

        // Then
        assertThat(all.brokers().find(3).isFenced()).isTrue();
        assertThat(all.brokers().find(2).isFenced()).isFalse();
        assertThat(live.brokers()).hasSize(3);
        assertThat(live.brokers().find(3)).isNull();
        assertThat(metadata.brokers().find(3)).isNull();
        assertThat(metadata.brokers().find(FakeNode.ID)).isNotNull();
    }

    @Test
    void inSyncIsWhatTheLeaderKnowsAndElseWhoIsThere() throws Exception {
        // Given
        TopicInfo orders = topic(
                "orders",
                new PartitionInfo(0, 0, List.of(1, 2, 3)),
                new PartitionInfo(1, 0, List.of(2, 3, 1)),
                new PartitionInfo(2, 0, List.of(1, 2), 1, List.of(), new Reassignment(List.of(1, 2), List.of(1, 4))));
        fixture.node.inSync.put(orders.id() + "-0", List.of(1, 2));
        fixture.node.absent.add(3);

        // When
        var topic = fixture.call(
                        new DescribeTopicPartitionsRequestData()
                                .setTopics(List.of(new TopicRequest().setName("orders"))),
                        new DescribeTopicPartitionsResponseData(),
                        0)
                .topics()
                .find("orders");
        var metadata = fixture.call(
                        new MetadataRequestData().setTopics(List.of(new MetadataRequestTopic().setName("orders"))),
                        new MetadataResponseData(),
                        12)
                .topics()
                .find("orders");

        // Then
        assertThat(topic.partitions().get(0).isrNodes()).containsExactly(1, 2);
        assertThat(topic.partitions().get(0).offlineReplicas()).containsExactly(3);
        assertThat(topic.partitions().get(1).isrNodes()).containsExactly(2, 1);
        assertThat(topic.partitions().get(2).replicaNodes()).containsExactly(1, 2, 4);
        assertThat(topic.partitions().get(2).isrNodes()).containsExactly(1, 2);
        assertThat(metadata.partitions().get(0).isrNodes()).containsExactly(1, 2);
        assertThat(metadata.partitions().get(0).offlineReplicas()).containsExactly(3);
    }
}
