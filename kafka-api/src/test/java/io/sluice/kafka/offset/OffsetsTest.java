/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.kafka.offset;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.cluster.metadata.MetadataImage.TopicInfo;
import io.sluice.kafka.testing.Batches;
import io.sluice.kafka.testing.Broker;
import io.sluice.kafka.testing.FakePartition;
import io.sluice.kafka.testing.RawClient;
import io.sluice.log.ErrorCode;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.message.DeleteRecordsRequestData;
import org.apache.kafka.common.message.DeleteRecordsRequestData.DeleteRecordsPartition;
import org.apache.kafka.common.message.DeleteRecordsRequestData.DeleteRecordsTopic;
import org.apache.kafka.common.message.DeleteRecordsResponseData;
import org.apache.kafka.common.message.DeleteRecordsResponseData.DeleteRecordsPartitionResult;
import org.apache.kafka.common.message.ListOffsetsRequestData;
import org.apache.kafka.common.message.ListOffsetsRequestData.ListOffsetsPartition;
import org.apache.kafka.common.message.ListOffsetsRequestData.ListOffsetsTopic;
import org.apache.kafka.common.message.ListOffsetsResponseData;
import org.apache.kafka.common.message.ListOffsetsResponseData.ListOffsetsPartitionResponse;
import org.apache.kafka.common.message.OffsetForLeaderEpochRequestData;
import org.apache.kafka.common.message.OffsetForLeaderEpochRequestData.OffsetForLeaderPartition;
import org.apache.kafka.common.message.OffsetForLeaderEpochRequestData.OffsetForLeaderTopic;
import org.apache.kafka.common.message.OffsetForLeaderEpochResponseData;
import org.apache.kafka.common.message.OffsetForLeaderEpochResponseData.EpochEndOffset;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(value = 60, unit = TimeUnit.SECONDS)
class OffsetsTest {
    private Broker broker;
    private RawClient client;
    private FakePartition orders;

    @BeforeEach
    void start() throws Exception {
        broker = new Broker();
        orders = broker.topic("orders", 1).get(0);
        orders.leaderEpoch = 3;
        orders.appendNow(Batches.of("a", "b"));
        orders.appendNow(Batches.of("c"));
        client = broker.client();
    }

    @AfterEach
    void stop() throws Exception {
        client.close();
        broker.close();
    }

    private ListOffsetsPartitionResponse offset(short version, long timestamp) throws Exception {
        return offset(version, timestamp, 0, -1);
    }

    private ListOffsetsPartitionResponse offset(short version, long timestamp, int partition, int epoch)
            throws Exception {
        ListOffsetsRequestData request = new ListOffsetsRequestData()
                .setReplicaId(-1)
                .setTopics(List.of(new ListOffsetsTopic()
                        .setName("orders")
                        .setPartitions(List.of(new ListOffsetsPartition()
                                .setPartitionIndex(partition)
                                .setCurrentLeaderEpoch(epoch)
                                .setTimestamp(timestamp)))));
        ListOffsetsResponseData response = client.call(request, new ListOffsetsResponseData(), version);
        return response.topics().get(0).partitions().get(0);
    }

    @ParameterizedTest
    @ValueSource(shorts = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11})
    void bothEndsAndTimestampsInEveryVersion(short version) throws Exception {
        assertThat(offset(version, -1).offset()).isEqualTo(3);
        assertThat(offset(version, -2).offset()).isZero();
        assertThat(offset(version, 1_001).offset()).isZero();
        assertThat(offset(version, 5_000).offset()).as("after the last record").isEqualTo(-1);
        assertThat(offset(version, 5_000).errorCode()).isZero();
        if (version >= 4) {
            assertThat(offset(version, -1).leaderEpoch()).isEqualTo(3);
        }
    }

    @Test
    void aNewLeaderThatDoesNotKnowWhatIsCommittedNamesNoEnd() throws Exception {
        // Given: clients have read to offset 3, and the leader of the next epoch has not heard from its followers
        orders.leaderEpoch = 4;
        orders.epochStart = 3;
        orders.committedMax = 1;

        assertThat(offset((short) 5, -1).errorCode()).isEqualTo(ErrorCode.OFFSET_NOT_AVAILABLE.code());
        assertThat(offset((short) 4, -1).errorCode()).isEqualTo(ErrorCode.LEADER_NOT_AVAILABLE.code());
        assertThat(offset((short) 5, 1_001).errorCode()).isEqualTo(ErrorCode.OFFSET_NOT_AVAILABLE.code());
        assertThat(offset((short) 5, -2).errorCode()).isZero();

        // When
        orders.committedMax = 3;

        // Then
        assertThat(offset((short) 5, -1).offset()).isEqualTo(3);
    }

    @Test
    void specialTimestampsComeWithTheirVersion() throws Exception {
        assertThat(offset((short) 6, -3).errorCode()).isEqualTo(ErrorCode.UNSUPPORTED_VERSION.code());
        assertThat(offset((short) 7, -3).timestamp()).isEqualTo(1_001);
        assertThat(offset((short) 7, -4).errorCode()).isEqualTo(ErrorCode.UNSUPPORTED_VERSION.code());
        assertThat(offset((short) 8, -4).offset()).isZero();
        assertThat(offset((short) 9, -5).offset()).isEqualTo(-1);
        assertThat(offset((short) 9, -5).errorCode()).isZero();
        assertThat(offset((short) 11, -7).errorCode()).isEqualTo(ErrorCode.UNSUPPORTED_VERSION.code());
    }

    @Test
    void wrongPartitionsAndEpochsAreRefused() throws Exception {
        assertThat(offset((short) 5, -1, 1, -1).errorCode()).isEqualTo(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION.code());
        assertThat(offset((short) 5, -1, 0, 2).errorCode()).isEqualTo(ErrorCode.FENCED_LEADER_EPOCH.code());
        assertThat(offset((short) 5, -1, 0, 4).errorCode()).isEqualTo(ErrorCode.UNKNOWN_LEADER_EPOCH.code());
    }

    @Test
    void aPartitionAskedTwiceIsRefused() throws Exception {
        ListOffsetsTopic topic = new ListOffsetsTopic()
                .setName("orders")
                .setPartitions(List.of(
                        new ListOffsetsPartition().setTimestamp(-1), new ListOffsetsPartition().setTimestamp(-2)));
        ListOffsetsResponseData response = client.call(
                new ListOffsetsRequestData().setTopics(List.of(topic)), new ListOffsetsResponseData(), (short) 5);
        assertThat(response.topics().get(0).partitions())
                .allMatch(partition -> partition.errorCode() == ErrorCode.INVALID_REQUEST.code());
    }

    @ParameterizedTest
    @ValueSource(shorts = {2, 3, 4})
    void epochsEndWhereTheNextBegins(short version) throws Exception {
        // Given
        OffsetForLeaderEpochRequestData request = new OffsetForLeaderEpochRequestData();
        request.topics()
                .add(new OffsetForLeaderTopic()
                        .setTopic("orders")
                        .setPartitions(List.of(
                                new OffsetForLeaderPartition().setLeaderEpoch(3),
                                new OffsetForLeaderPartition().setPartition(9))));

        // When
        List<EpochEndOffset> answers = client.call(request, new OffsetForLeaderEpochResponseData(), version)
                .topics()
                .find("orders")
                .partitions();

        // Then
        assertThat(answers.get(0).leaderEpoch()).isEqualTo(3);
        assertThat(answers.get(0).endOffset()).isEqualTo(3);
        assertThat(answers.get(1).errorCode()).isEqualTo(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION.code());
    }

    private EpochEndOffset endOf(int epoch) throws Exception {
        OffsetForLeaderEpochRequestData request = new OffsetForLeaderEpochRequestData();
        request.topics()
                .add(new OffsetForLeaderTopic()
                        .setTopic("orders")
                        .setPartitions(List.of(new OffsetForLeaderPartition().setLeaderEpoch(epoch))));
        return client.call(request, new OffsetForLeaderEpochResponseData(), (short) 4)
                .topics()
                .find("orders")
                .partitions()
                .get(0);
    }

    @Test
    void beforeAClientIsToldThatALaterEpochIsUnknownTheReplicasAreAsked() throws Exception {
        assertThat(endOf(5).endOffset())
                .as("no later leader: what was read is gone")
                .isEqualTo(3);

        orders.standing = null;
        assertThat(endOf(5).errorCode()).as("nobody answers").isEqualTo(ErrorCode.NOT_LEADER_OR_FOLLOWER.code());
        assertThat(endOf(3).endOffset()).as("the own epoch is known").isEqualTo(3);

        orders.standing = false;
        assertThat(endOf(5).errorCode()).isEqualTo(ErrorCode.NOT_LEADER_OR_FOLLOWER.code());
    }

    private DeleteRecordsPartitionResult delete(String topic, long offset, short version) throws Exception {
        DeleteRecordsRequestData request = new DeleteRecordsRequestData()
                .setTimeoutMs(1_000)
                .setTopics(List.of(new DeleteRecordsTopic()
                        .setName(topic)
                        .setPartitions(List.of(new DeleteRecordsPartition().setOffset(offset)))));
        return client.call(request, new DeleteRecordsResponseData(), version)
                .topics()
                .find(topic)
                .partitions()
                .find(0);
    }

    @ParameterizedTest
    @ValueSource(shorts = {0, 1, 2})
    void recordsAreDeletedUpToAnOffset(short version) throws Exception {
        assertThat(delete("orders", 2, version).lowWatermark()).isEqualTo(2);
        assertThat(offset((short) 5, -2).offset()).isEqualTo(2);
        assertThat(delete("orders", -1, version).lowWatermark()).isEqualTo(3);
        assertThat(delete("orders", 4, version).errorCode()).isEqualTo(ErrorCode.OFFSET_OUT_OF_RANGE.code());
        assertThat(delete("orders", -2, version).errorCode()).isEqualTo(ErrorCode.OFFSET_OUT_OF_RANGE.code());
    }

    @Test
    void compactedAndInternalTopicsKeepTheirRecords() throws Exception {
        // Given
        TopicInfo topic = broker.node.image.topics.get("orders");
        broker.node.image.topics.put(
                "orders",
                new TopicInfo(topic.id(), "orders", false, topic.partitions(), Map.of("cleanup.policy", "compact")));
        broker.topic("__internal", 1);

        // Then
        assertThat(delete("orders", 1, (short) 2).errorCode()).isEqualTo(ErrorCode.POLICY_VIOLATION.code());
        assertThat(delete("__internal", 0, (short) 2).errorCode()).isEqualTo(ErrorCode.INVALID_TOPIC_EXCEPTION.code());
    }
}
