/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.kafka.produce;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.cluster.Node.Leadership;
import io.sluice.cluster.metadata.MetadataImage.BrokerInfo;
import io.sluice.kafka.testing.Batches;
import io.sluice.kafka.testing.Broker;
import io.sluice.kafka.testing.FakePartition;
import io.sluice.kafka.testing.RawClient;
import io.sluice.log.AppendResult;
import io.sluice.log.ErrorCode;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.message.ApiVersionsRequestData;
import org.apache.kafka.common.message.ApiVersionsResponseData;
import org.apache.kafka.common.message.ProduceRequestData;
import org.apache.kafka.common.message.ProduceRequestData.PartitionProduceData;
import org.apache.kafka.common.message.ProduceRequestData.TopicProduceData;
import org.apache.kafka.common.message.ProduceResponseData;
import org.apache.kafka.common.message.ProduceResponseData.PartitionProduceResponse;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@Timeout(value = 60, unit = TimeUnit.SECONDS)
class ProduceTest {
    private static final short NEWEST_BY_NAME = 12;

    private Broker broker;
    private RawClient client;
    private FakePartition orders;

    @BeforeEach
    void start() throws Exception {
        broker = new Broker();
        orders = broker.topic("orders", 1).get(0);
        client = broker.client();
    }

    @AfterEach
    void stop() throws Exception {
        client.close();
        broker.close();
    }

    static Stream<Short> versions() {
        return IntStream.rangeClosed(3, 13).mapToObj(version -> (short) version);
    }

    private ProduceRequestData request(short version, short acks, MemoryRecords records) {
        TopicProduceData topic = new TopicProduceData();
        if (version >= 13) {
            UUID id = orders.partition().topicId();
            topic.setTopicId(new Uuid(id.getMostSignificantBits(), id.getLeastSignificantBits()));
        } else {
            topic.setName("orders");
        }
        topic.partitionData().add(new PartitionProduceData().setIndex(0).setRecords(records));
        ProduceRequestData request = new ProduceRequestData().setAcks(acks).setTimeoutMs(10_000);
        request.topicData().add(topic);
        return request;
    }

    private PartitionProduceResponse produce(ProduceRequestData request, short version) throws Exception {
        ProduceResponseData response = client.call(request, new ProduceResponseData(), version);
        return response.responses().iterator().next().partitionResponses().get(0);
    }

    @ParameterizedTest
    @MethodSource("versions")
    void everyVersionAppendsAndAnswersTheOffset(short version) throws Exception {
        // Given
        produce(request(version, (short) -1, Batches.of("a", "b")), version);

        // When
        PartitionProduceResponse answer = produce(request(version, (short) 1, Batches.ofSize(200_000)), version);

        // Then
        assertThat(answer.errorCode()).isZero();
        assertThat(answer.baseOffset()).isEqualTo(2);
        assertThat(orders.view().highWatermark()).isEqualTo(3);
    }

    @Test
    void withoutAcksNothingIsSentAndTheNextAnswerComes() throws Exception {
        // When
        client.send(request(NEWEST_BY_NAME, (short) 0, Batches.of("a")), NEWEST_BY_NAME);
        ApiVersionsResponseData next =
                client.call(new ApiVersionsRequestData(), new ApiVersionsResponseData(), (short) 0);

        // Then
        assertThat(next.errorCode()).isZero();
        assertThat(orders.view().highWatermark()).isEqualTo(1);
    }

    @Test
    void withoutAcksAnErrorClosesTheConnection() throws Exception {
        // Given
        orders.answer = new AppendResult.Rejected(ErrorCode.CORRUPT_MESSAGE, "bad");

        // When
        client.send(request(NEWEST_BY_NAME, (short) 0, Batches.of("a")), NEWEST_BY_NAME);

        // Then
        assertThat(client.isClosedByBroker()).isTrue();
    }

    @Test
    void otherAcksAreRefused() throws Exception {
        assertRefused(request(NEWEST_BY_NAME, (short) 2, Batches.of("a")), ErrorCode.INVALID_REQUIRED_ACKS);
    }

    @Test
    void transactionsAreRefused() throws Exception {
        assertRefused(
                request(NEWEST_BY_NAME, (short) -1, Batches.of("a")).setTransactionalId("t"),
                ErrorCode.INVALID_TXN_STATE);
        MemoryRecords transactional = MemoryRecords.withTransactionalRecords(
                Compression.NONE, 1L, (short) 0, 0, new SimpleRecord(new byte[3]));
        assertRefused(request(NEWEST_BY_NAME, (short) -1, transactional), ErrorCode.INVALID_TXN_STATE);
    }

    @Test
    void internalTopicsAreRefused() throws Exception {
        // Given
        broker.topic("__consumer_offsets", 1);
        ProduceRequestData request = request(NEWEST_BY_NAME, (short) -1, Batches.of("a"));
        request.topicData().iterator().next().setName("__consumer_offsets");

        // Then
        assertRefused(request, ErrorCode.INVALID_TOPIC_EXCEPTION);
    }

    @Test
    void unknownTopicsAndPartitionsAreNamedAsSuch() throws Exception {
        ProduceRequestData noTopic = request(NEWEST_BY_NAME, (short) -1, Batches.of("a"));
        noTopic.topicData().iterator().next().setName("nothing");
        assertRefused(noTopic, ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);

        ProduceRequestData noPartition = request(NEWEST_BY_NAME, (short) -1, Batches.of("a"));
        noPartition.topicData().iterator().next().partitionData().get(0).setIndex(1);
        assertRefused(noPartition, ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);

        ProduceRequestData noId = request((short) 13, (short) -1, Batches.of("a"));
        noId.topicData().iterator().next().setTopicId(Uuid.randomUuid());
        assertThat(produce(noId, (short) 13).errorCode()).isEqualTo(ErrorCode.UNKNOWN_TOPIC_ID.code());
    }

    @Test
    void recordsThatAreNotOneBatchAreRefused() throws Exception {
        assertRefused(request(NEWEST_BY_NAME, (short) -1, null), ErrorCode.INVALID_RECORD);
        assertRefused(request(NEWEST_BY_NAME, (short) -1, MemoryRecords.EMPTY), ErrorCode.INVALID_RECORD);
        java.nio.ByteBuffer two = java.nio.ByteBuffer.allocate(1_000);
        two.put(Batches.bytes(Batches.of("a")))
                .put(Batches.bytes(Batches.of("b")))
                .flip();
        assertRefused(
                request(NEWEST_BY_NAME, (short) -1, MemoryRecords.readableRecords(two)), ErrorCode.INVALID_RECORD);
        java.nio.ByteBuffer cut = Batches.bytes(Batches.of("abcdefgh"));
        cut.limit(cut.limit() - 1);
        assertRefused(
                request(NEWEST_BY_NAME, (short) -1, MemoryRecords.readableRecords(cut)), ErrorCode.CORRUPT_MESSAGE);
    }

    @Test
    void aLeaderElsewhereIsNamed() throws Exception {
        // Given the partition has moved to broker 2
        broker.node.image.brokers.put(2, new BrokerInfo(2, "other", 9094, null, 1));
        String key = orders.partition().topicId() + "-0";
        broker.node.leaders.remove(key);
        broker.node.leaderships.put(key, new Leadership(2, 5));

        // When
        ProduceResponseData response = client.call(
                request(NEWEST_BY_NAME, (short) -1, Batches.of("a")), new ProduceResponseData(), NEWEST_BY_NAME);

        // Then
        PartitionProduceResponse answer =
                response.responses().iterator().next().partitionResponses().get(0);
        assertThat(answer.errorCode()).isEqualTo(ErrorCode.NOT_LEADER_OR_FOLLOWER.code());
        assertThat(answer.currentLeader().leaderId()).isEqualTo(2);
        assertThat(answer.currentLeader().leaderEpoch()).isEqualTo(5);
        assertThat(response.nodeEndpoints().find(2).host()).isEqualTo("other");
    }

    @Test
    void aLeaderThatIsBeingElectedIsWaitedForAndNamed() throws Exception {
        // Given nobody leads
        broker.node.image.brokers.put(2, new BrokerInfo(2, "other", 9094, null, 1));
        String key = orders.partition().topicId() + "-0";
        broker.node.leaders.remove(key);
        broker.node.leaderships.remove(key);
        broker.node.leaderKnown = new CompletableFuture<>();
        CompletableFuture<ProduceResponseData> answered = CompletableFuture.supplyAsync(this::callOnce);
        assertThat(broker.node.leaderSought.await(10, TimeUnit.SECONDS)).isTrue();
        assertThat(answered).isNotDone();

        // When
        broker.node.leaderships.put(key, new Leadership(2, 6));
        broker.node.leaderKnown.complete(null);

        // Then
        PartitionProduceResponse answer = answered.get(10, TimeUnit.SECONDS)
                .responses()
                .iterator()
                .next()
                .partitionResponses()
                .get(0);
        assertThat(answer.errorCode()).isEqualTo(ErrorCode.NOT_LEADER_OR_FOLLOWER.code());
        assertThat(answer.currentLeader().leaderId()).isEqualTo(2);
        assertThat(answer.currentLeader().leaderEpoch()).isEqualTo(6);
    }

    private ProduceResponseData callOnce() {
        try {
            return client.call(
                    request(NEWEST_BY_NAME, (short) -1, Batches.of("a")), new ProduceResponseData(), NEWEST_BY_NAME);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void recordErrorsReachTheProducer() throws Exception {
        // Given
        orders.answer = new AppendResult.Rejected(
                ErrorCode.INVALID_RECORD, "no key", List.of(new AppendResult.RecordError(3, "record 3 has no key")));

        // When
        PartitionProduceResponse answer = produce(request(NEWEST_BY_NAME, (short) -1, Batches.of("a")), NEWEST_BY_NAME);

        // Then
        assertThat(answer.errorCode()).isEqualTo(ErrorCode.INVALID_RECORD.code());
        assertThat(answer.recordErrors().get(0).batchIndex()).isEqualTo(3);
        assertThat(answer.errorMessage()).isEqualTo("no key");
    }

    @Test
    void answersComeInTheOrderOfTheRequests() throws Exception {
        // Given a produce that is not answered yet
        orders.stalled = true;
        int first = client.send(request(NEWEST_BY_NAME, (short) -1, Batches.of("a")), NEWEST_BY_NAME);

        // When a quick request follows it, and only then the produce is answered
        int second = client.send(new ApiVersionsRequestData(), (short) 0);
        int third = client.send(request(NEWEST_BY_NAME, (short) -1, Batches.of("b")), NEWEST_BY_NAME);
        Awaitility.await().until(() -> orders.view().highWatermark() == 2);
        orders.resume();

        // Then
        assertThat(client.receive(new ProduceResponseData(), NEWEST_BY_NAME, first)
                        .responses())
                .hasSize(1);
        client.receive(new ApiVersionsResponseData(), (short) 0, second);
        client.receive(new ProduceResponseData(), NEWEST_BY_NAME, third);
    }

    @Test
    void manyRequestsInFlightAreAllAnswered() throws Exception {
        // Given far more requests than one connection may have in flight
        int count = 5_000;
        Thread sender = new Thread(() -> {
            try {
                for (int i = 0; i < count; i++) {
                    client.send(request(NEWEST_BY_NAME, (short) 1, Batches.of("record " + i)), NEWEST_BY_NAME);
                }
            } catch (java.io.IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        });

        // When
        sender.start();

        // Then
        for (int i = 1; i <= count; i++) {
            client.receive(new ProduceResponseData(), NEWEST_BY_NAME, i);
        }
        sender.join();
        assertThat(orders.view().highWatermark()).isEqualTo(count);
        Awaitility.await().until(() -> broker.metric("sluice.kafka.request.memory.used") == 0);
    }

    private void assertRefused(ProduceRequestData request, ErrorCode error) throws Exception {
        PartitionProduceResponse answer = produce(request, NEWEST_BY_NAME);
        assertThat(answer.errorCode()).isEqualTo(error.code());
        assertThat(answer.baseOffset()).isEqualTo(-1);
    }
}
