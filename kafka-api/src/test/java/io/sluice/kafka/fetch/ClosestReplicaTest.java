/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.kafka.fetch;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.cluster.Node.Leadership;
import io.sluice.cluster.config.BrokerSettings;
import io.sluice.cluster.metadata.MetadataImage.BrokerInfo;
import io.sluice.kafka.testing.Batches;
import io.sluice.kafka.testing.Broker;
import io.sluice.kafka.testing.FakeNode;
import io.sluice.kafka.testing.FakePartition;
import io.sluice.kafka.testing.RawClient;
import io.sluice.log.ErrorCode;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.FetchRequestData.FetchTopic;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.message.FetchResponseData.PartitionData;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.RecordBatch;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Consumers read from a replica in their own rack (KIP-392): what leaders answer them, and what followers do. Racks: broker 1 in a, 2 and 3 in b. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class ClosestReplicaTest {
    private static final short BY_ID = 17;
    private static final short FIRST_WITH_FOLLOWERS = 11;

    private Broker broker;
    private RawClient client;
    private FakePartition partition;

    @BeforeEach
    void start() throws Exception {
        start(Map.of());
    }

    private void start(Map<String, String> settings) throws Exception {
        broker = new Broker(BrokerSettings.parse(settings));
        broker.node.image.brokers.put(1, new BrokerInfo(1, "one", 9092, "a", 1));
        broker.node.image.brokers.put(2, new BrokerInfo(2, "two", 9093, "b", 1));
        broker.node.image.brokers.put(3, new BrokerInfo(3, "three", 9094, "b", 1));
        partition = broker.topic("orders", 1).get(0);
        partition.appendNow(Batches.of("x"));
        partition.appendNow(Batches.of("y"));
        client = broker.client();
    }

    @AfterEach
    void stop() throws Exception {
        client.close();
        Awaitility.await().untilAsserted(() -> assertThat(partition.openSlices)
                .as("slices not released")
                .hasValue(0));
        broker.close();
    }

    private FetchRequestData request(short version, long offset) {
        FetchTopic topic = new FetchTopic();
        if (version >= 13) {
            UUID id = partition.partition().topicId();
            topic.setTopicId(new Uuid(id.getMostSignificantBits(), id.getLeastSignificantBits()));
        } else {
            topic.setTopic("orders");
        }
        topic.partitions()
                .add(new FetchRequestData.FetchPartition()
                        .setPartition(0)
                        .setFetchOffset(offset)
                        .setPartitionMaxBytes(1 << 20));
        return new FetchRequestData()
                .setMaxWaitMs(0)
                .setMinBytes(1)
                .setMaxBytes(1 << 20)
                .setSessionEpoch(-1)
                .setTopics(List.of(topic));
    }

    private FetchRequestData fromRack(String rack, long offset) {
        return request(BY_ID, offset).setRackId(rack);
    }

    private PartitionData answer(FetchRequestData request, short version) throws Exception {
        return only(client.call(request, new FetchResponseData(), version));
    }

    private static PartitionData only(FetchResponseData response) {
        return response.responses().get(0).partitions().get(0);
    }

    private static int batches(PartitionData answer) {
        int count = 0;
        for (RecordBatch ignored : ((MemoryRecords) answer.records()).batches()) {
            count++;
        }
        return count;
    }

    @Nested
    class TheLeader {
        @Test
        void sendsAClientToTheReplicaInItsRack() throws Exception {
            // Given a client that would wait, for it has read all
            partition.followers.put(2, 2L);

            // When
            PartitionData answer = answer(fromRack("b", 2).setMaxWaitMs(30_000), BY_ID);

            // Then
            assertThat(answer.errorCode()).isZero();
            assertThat(answer.preferredReadReplica()).isEqualTo(2);
            assertThat(answer.records().sizeInBytes()).isZero();
            assertThat(answer.highWatermark()).isEqualTo(2);
            assertThat(broker.metric("sluice.kafka.fetch.redirects")).isEqualTo(1);
        }

        @Test
        void serves() throws Exception {
            partition.followers.put(2, 2L);

            assertServed("no rack", request(BY_ID, 0));
            assertServed("its own rack", fromRack("a", 0));
            assertServed("a rack of nobody", fromRack("c", 0));
            PartitionData old = answer(request((short) 10, 0), (short) 10);
            assertThat(batches(old)).as("an old client").isEqualTo(2);
        }

        private void assertServed(String who, FetchRequestData request) throws Exception {
            PartitionData answer = answer(request, BY_ID);
            assertThat(answer.preferredReadReplica()).as(who).isEqualTo(-1);
            assertThat(batches(answer)).as(who).isEqualTo(2);
        }

        @Test
        void sendsNobodyToAReplicaThatCouldNotServeIt() throws Exception {
            assertServed("no replica is in sync", fromRack("b", 0));

            partition.followers.put(2, 0L);
            assertThat(answer(fromRack("b", 1), BY_ID).preferredReadReplica())
                    .as("has not what is asked for")
                    .isEqualTo(-1);

            partition.followers.put(2, 2L);
            broker.node.absent.add(2);
            assertServed("is gone", fromRack("b", 0));
        }

        @Test
        void servesAClientItselfThatWasNotServedElsewhere() throws Exception {
            // Given
            partition.followers.put(2, 2L);
            assertThat(answer(fromRack("b", 0), BY_ID).preferredReadReplica()).isEqualTo(2);

            // When it is back
            PartitionData again = answer(fromRack("b", 0), BY_ID);
            PartitionData more = answer(fromRack("b", 0), BY_ID);

            // Then
            assertThat(batches(again)).isEqualTo(2);
            assertThat(batches(more)).isEqualTo(2);
            assertThat(broker.metric("sluice.kafka.fetch.redirects.returned")).isEqualTo(1);
        }

        @Test
        void tellsASessionAboutTheReplicaAsSoonAsThereIsOne() throws Exception {
            // Given a session that knows everything
            FetchResponseData full = client.call(fromRack("b", 2).setSessionEpoch(0), new FetchResponseData(), BY_ID);
            int id = client.send(
                    new FetchRequestData()
                            .setSessionId(full.sessionId())
                            .setSessionEpoch(1)
                            .setMinBytes(1)
                            .setMaxBytes(1 << 20)
                            .setRackId("b")
                            .setMaxWaitMs(30_000),
                    BY_ID);
            Awaitility.await().until(() -> broker.metric("sluice.kafka.fetch.waiting") == 1);

            // When
            partition.followers.put(3, 2L);
            partition.appendNow(Batches.of("z"));

            // Then
            PartitionData answer = only(client.receive(new FetchResponseData(), BY_ID, id));
            assertThat(answer.preferredReadReplica()).isEqualTo(3);
            assertThat(answer.records().sizeInBytes()).isZero();
        }

        @Test
        void sendsNobodyWhereLeadersServeEverybody() throws Exception {
            stop();
            start(Map.of("replica.selector.class", "org.apache.kafka.common.replica.LeaderSelector"));
            partition.followers.put(2, 2L);
            assertServed("as configured", fromRack("b", 0));
        }
    }

    @Nested
    class TheFollower {
        @BeforeEach
        void follow() {
            partition.leaderEpoch = 4;
            partition.leads = false;
            partition.committedMax = 1;
            broker.node.follow(partition, 2);
        }

        @Test
        void servesUpToItsHighWatermark() throws Exception {
            PartitionData answer = answer(request(BY_ID, 0), BY_ID);

            assertThat(answer.errorCode()).isZero();
            assertThat(answer.highWatermark()).isEqualTo(1);
            assertThat(answer.preferredReadReplica()).isEqualTo(-1);
            assertThat(batches(answer)).isPositive();
            assertThat(broker.metric("sluice.kafka.fetch.follower.bytes"))
                    .isEqualTo(answer.records().sizeInBytes());
        }

        @Test
        void waitsForMoreToBeCommitted() throws Exception {
            // Given
            int id = client.send(request(BY_ID, 1).setMaxWaitMs(30_000), BY_ID);
            Awaitility.await().until(() -> broker.metric("sluice.kafka.fetch.waiting") == 1);

            // When
            partition.commit(2);

            // Then
            PartitionData answer = only(client.receive(new FetchResponseData(), BY_ID, id));
            assertThat(batches(answer)).isEqualTo(1);
            assertThat(answer.highWatermark()).isEqualTo(2);
        }

        @Test
        void doesNotRefuseWhatItHasButDoesNotKnowToBeCommitted() throws Exception {
            PartitionData answer = answer(request(BY_ID, 2), BY_ID);
            assertThat(answer.errorCode()).isZero();
            assertThat(answer.records().sizeInBytes()).isZero();
        }

        @Test
        void sendsClientsBackForWhatItHasNot() throws Exception {
            assertThat(answer(request(BY_ID, 3), BY_ID).errorCode())
                    .as("beyond its log")
                    .isEqualTo(ErrorCode.OFFSET_NOT_AVAILABLE.code());
            assertThat(answer(request(BY_ID, -1), BY_ID).errorCode())
                    .as("before its log")
                    .isEqualTo(ErrorCode.OFFSET_OUT_OF_RANGE.code());
            FetchRequestData diverging = request(BY_ID, 2);
            diverging.topics().get(0).partitions().get(0).setLastFetchedEpoch(9);
            assertThat(answer(diverging, BY_ID).errorCode())
                    .as("of an epoch that it does not know")
                    .isEqualTo(ErrorCode.OFFSET_NOT_AVAILABLE.code());
        }

        @Test
        void checksTheEpochThatItFollows() throws Exception {
            // When
            FetchResponseData old = client.call(ofEpoch(3), new FetchResponseData(), BY_ID);

            // Then
            assertThat(only(old).errorCode()).isEqualTo(ErrorCode.FENCED_LEADER_EPOCH.code());
            assertThat(only(old).currentLeader().leaderId()).isEqualTo(2);
            assertThat(only(old).currentLeader().leaderEpoch()).isEqualTo(4);
            assertThat(old.nodeEndpoints().find(2).port()).isEqualTo(9093);
            assertThat(answer(ofEpoch(4), BY_ID).errorCode()).isZero();
            assertThat(answer(ofEpoch(5), BY_ID).errorCode()).isEqualTo(ErrorCode.UNKNOWN_LEADER_EPOCH.code());
        }

        private FetchRequestData ofEpoch(int epoch) {
            FetchRequestData request = request(BY_ID, 0);
            request.topics().get(0).partitions().get(0).setCurrentLeaderEpoch(epoch);
            return request;
        }

        @Test
        void refusesClientsThatKnowOfLeadersOnly() throws Exception {
            short old = FIRST_WITH_FOLLOWERS - 1;
            assertThat(answer(request(old, 0), old).errorCode()).isEqualTo(ErrorCode.NOT_LEADER_OR_FOLLOWER.code());
            assertThat(answer(request(FIRST_WITH_FOLLOWERS, 0), FIRST_WITH_FOLLOWERS)
                            .errorCode())
                    .isZero();
        }

        @Test
        void sendsWhoWaitsToTheNewLeaderWhenItFollowsNoLonger() throws Exception {
            // Given
            int id = client.send(request(BY_ID, 1).setMaxWaitMs(30_000), BY_ID);
            Awaitility.await().until(() -> broker.metric("sluice.kafka.fetch.waiting") == 1);

            // When
            broker.node.followers.clear();
            broker.node.leaderships.put(partition.partition().topicId() + "-0", new Leadership(3, 5));
            partition.stopLeading();

            // Then
            FetchResponseData response = client.receive(new FetchResponseData(), BY_ID, id);
            assertThat(only(response).errorCode()).isEqualTo(ErrorCode.NOT_LEADER_OR_FOLLOWER.code());
            assertThat(only(response).currentLeader().leaderId()).isEqualTo(3);
            assertThat(response.nodeEndpoints().find(3).port()).isEqualTo(9094);
        }

        @Test
        void thatBecomesTheLeaderServesOn() throws Exception {
            // Given
            int id = client.send(request(BY_ID, 1).setMaxWaitMs(30_000), BY_ID);
            Awaitility.await().until(() -> broker.metric("sluice.kafka.fetch.waiting") == 1);

            // When
            partition.leads = true;
            partition.committedMax = 2;
            broker.node.followers.clear();
            broker.node.lead(partition);
            partition.stopLeading();

            // Then
            PartitionData answer = only(client.receive(new FetchResponseData(), BY_ID, id));
            assertThat(answer.errorCode()).isZero();
            assertThat(batches(answer)).isEqualTo(1);
            assertThat(broker.node
                            .leadership(partition.partition().topicId(), 0)
                            .brokerId())
                    .isEqualTo(FakeNode.ID);
        }
    }
}
