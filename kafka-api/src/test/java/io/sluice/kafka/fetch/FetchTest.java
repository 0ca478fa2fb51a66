/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.kafka.fetch;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.cluster.Node.Leadership;
import io.sluice.cluster.metadata.MetadataImage.BrokerInfo;
import io.sluice.kafka.testing.Batches;
import io.sluice.kafka.testing.Broker;
import io.sluice.kafka.testing.FakePartition;
import io.sluice.kafka.testing.RawClient;
import io.sluice.log.ErrorCode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.FetchRequestData.FetchTopic;
import org.apache.kafka.common.message.FetchRequestData.ForgottenTopic;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.message.FetchResponseData.PartitionData;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.Record;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

@Timeout(value = 60, unit = TimeUnit.SECONDS)
class FetchTest {
    private static final short BY_NAME = 12;
    private static final short BY_ID = 17;

    private Broker broker;
    private RawClient client;
    private List<FakePartition> partitions;

    @BeforeEach
    void start() throws Exception {
        broker = new Broker();
        partitions = broker.topic("orders", 4);
        client = broker.client();
    }

    @AfterEach
    void stop() throws Exception {
        client.close();
        for (FakePartition partition : partitions) {
            Awaitility.await().untilAsserted(() -> assertThat(partition.openSlices)
                    .as("slices not released")
                    .hasValue(0));
        }
        broker.close();
    }

    static Stream<Short> versions() {
        return IntStream.rangeClosed(4, 18).mapToObj(version -> (short) version);
    }

    private static void append(FakePartition partition, MemoryRecords records) {
        partition.appendNow(records);
    }

    private FetchRequestData request(short version, int sessionId, int epoch, long[]... partitionsAndOffsets) {
        FetchRequestData request = new FetchRequestData()
                .setMaxWaitMs(0)
                .setMinBytes(1)
                .setMaxBytes(50 << 20)
                .setSessionId(sessionId)
                .setSessionEpoch(epoch);
        FetchTopic topic = new FetchTopic();
        name(topic, version);
        for (long[] asked : partitionsAndOffsets) {
            topic.partitions()
                    .add(new FetchRequestData.FetchPartition()
                            .setPartition((int) asked[0])
                            .setFetchOffset(asked[1])
                            .setPartitionMaxBytes(1 << 20));
        }
        if (partitionsAndOffsets.length > 0) {
            request.topics().add(topic);
        }
        return request;
    }

    private void name(FetchTopic topic, short version) {
        if (version >= 13) {
            topic.setTopicId(topicId());
        } else {
            topic.setTopic("orders");
        }
    }

    private Uuid topicId() {
        UUID id = partitions.get(0).partition().topicId();
        return new Uuid(id.getMostSignificantBits(), id.getLeastSignificantBits());
    }

    private FetchResponseData fetch(FetchRequestData request, short version) throws Exception {
        return client.call(request, new FetchResponseData(), version);
    }

    private static List<PartitionData> all(FetchResponseData response) {
        List<PartitionData> all = new ArrayList<>();
        response.responses().forEach(topic -> all.addAll(topic.partitions()));
        return all;
    }

    private static List<String> values(PartitionData partition) {
        List<String> values = new ArrayList<>();
        for (Record record : ((MemoryRecords) partition.records()).records()) {
            byte[] bytes = new byte[record.valueSize()];
            record.value().get(bytes);
            values.add(new String(bytes, StandardCharsets.UTF_8));
        }
        return values;
    }

    @ParameterizedTest
    @MethodSource("versions")
    void everyVersionReadsRecordsSmallAndLarge(short version) throws Exception {
        // Given one batch that is copied into the response, and one that leaves by sendfile
        append(partitions.get(0), Batches.of("a", "b"));
        append(partitions.get(1), Batches.ofSize(300_000));

        // When
        FetchResponseData response = fetch(request(version, 0, -1, new long[] {0, 0}, new long[] {1, 0}), version);

        // Then
        List<PartitionData> answers = all(response);
        assertThat(values(answers.get(0))).containsExactly("a", "b");
        assertThat(answers.get(0).highWatermark()).isEqualTo(2);
        assertThat(answers.get(0).abortedTransactions()).isNull();
        assertThat(answers.get(0).preferredReadReplica()).isEqualTo(-1);
        assertThat(values(answers.get(1)).get(0)).hasSize(300_000);
    }

    @Test
    void anOffsetInTheMiddleOfABatchGivesTheWholeBatch() throws Exception {
        append(partitions.get(0), Batches.of("a", "b", "c"));
        FetchResponseData response = fetch(request(BY_NAME, 0, -1, new long[] {0, 2}), BY_NAME);
        assertThat(values(all(response).get(0))).containsExactly("a", "b", "c");
    }

    @Test
    void theFirstBatchComesWholeHoweverSmallTheLimits() throws Exception {
        // Given
        append(partitions.get(0), Batches.ofSize(100_000));
        append(partitions.get(1), Batches.ofSize(100_000));
        FetchRequestData request = request(BY_NAME, 0, -1, new long[] {2, 0}, new long[] {0, 0}, new long[] {1, 0})
                .setMaxBytes(1_000);
        request.topics().get(0).partitions().forEach(partition -> partition.setPartitionMaxBytes(10));

        // When
        List<PartitionData> answers = all(fetch(request, BY_NAME));

        // Then
        assertThat(values(answers.get(1))).hasSize(1);
        assertThat(answers.get(2).records().sizeInBytes()).isZero();
        assertThat(answers.get(2).highWatermark()).isEqualTo(1);
    }

    @Test
    void whatANewLeaderDoesNotKnowToBeCommittedIsWaitedFor() throws Exception {
        // Given a client that has read both records from the leader before
        append(partitions.get(0), Batches.of("a", "b"));
        partitions.get(0).committedMax = 0;

        PartitionData answer =
                all(fetch(request(BY_NAME, 0, -1, new long[] {0, 2}), BY_NAME)).get(0);

        assertThat(answer.errorCode()).isZero();
        assertThat(answer.records().sizeInBytes()).isZero();
    }

    @Test
    void offsetsOutOfRangeAreRefused() throws Exception {
        append(partitions.get(0), Batches.of("a"));
        for (long offset : new long[] {-5, 2}) {
            PartitionData answer = all(fetch(request(BY_NAME, 0, -1, new long[] {0, offset}), BY_NAME))
                    .get(0);
            assertThat(answer.errorCode()).isEqualTo(ErrorCode.OFFSET_OUT_OF_RANGE.code());
            assertThat(answer.highWatermark()).isEqualTo(-1);
        }
    }

    /** A position that the log does not have, and an epoch that it does not know. */
    private FetchRequestData doubtful(long offset, int lastFetchedEpoch) {
        FetchRequestData request = request(BY_NAME, 0, -1, new long[] {1, 0}, new long[] {0, offset});
        request.topics().get(0).partitions().get(1).setLastFetchedEpoch(lastFetchedEpoch);
        return request;
    }

    @ParameterizedTest
    @CsvSource({"2, -1", "1, 7"})
    void aLeaderThatCanNotAskItsReplicasDoesNotSayThatAPositionIsWrong(long offset, int epoch) throws Exception {
        // Given: the client may have been served by a later leader
        append(partitions.get(0), Batches.of("a"));
        append(partitions.get(1), Batches.of("b"));
        partitions.get(0).standing = null;

        // When
        List<PartitionData> answers = all(fetch(doubtful(offset, epoch), BY_NAME));

        // Then
        assertThat(answers.get(1).errorCode()).isEqualTo(ErrorCode.OFFSET_NOT_AVAILABLE.code());
        assertThat(answers.get(1).divergingEpoch().endOffset()).isEqualTo(-1);
        assertThat(values(answers.get(0))).as("the other partition").containsExactly("b");
    }

    @ParameterizedTest
    @CsvSource({"2, -1", "1, 7"})
    void aLeaderThatLearnsThatItLeadsNoMoreSaysThat(long offset, int epoch) throws Exception {
        append(partitions.get(0), Batches.of("a"));
        partitions.get(0).standing = false;
        assertThat(all(fetch(doubtful(offset, epoch), BY_NAME)).get(1).errorCode())
                .isEqualTo(ErrorCode.NOT_LEADER_OR_FOLLOWER.code());
    }

    @Test
    void inASessionADoubtfulPositionIsAskedForAgainAndAgain() throws Exception {
        // Given
        append(partitions.get(0), Batches.of("a"));
        partitions.get(0).standing = null;
        FetchResponseData first = fetch(request(BY_ID, 0, 0, new long[] {0, 2}), BY_ID);
        int session = first.sessionId();
        assertThat(all(first).get(0).errorCode()).isEqualTo(ErrorCode.OFFSET_NOT_AVAILABLE.code());
        assertThat(all(fetch(request(BY_ID, session, 1), BY_ID)).get(0).errorCode())
                .isEqualTo(ErrorCode.OFFSET_NOT_AVAILABLE.code());

        // When
        partitions.get(0).standing = true;

        // Then
        assertThat(all(fetch(request(BY_ID, session, 2), BY_ID)).get(0).errorCode())
                .isEqualTo(ErrorCode.OFFSET_OUT_OF_RANGE.code());
    }

    @Test
    void leaderEpochsAreChecked() throws Exception {
        // Given
        partitions.get(0).leaderEpoch = 5;

        // Then
        assertThat(withEpoch(4)).isEqualTo(ErrorCode.FENCED_LEADER_EPOCH.code());
        assertThat(withEpoch(5)).isEqualTo(ErrorCode.NONE.code());
        assertThat(withEpoch(6)).isEqualTo(ErrorCode.UNKNOWN_LEADER_EPOCH.code());
    }

    private short withEpoch(int epoch) throws Exception {
        FetchRequestData request = request(BY_NAME, 0, -1, new long[] {0, 0});
        request.topics().get(0).partitions().get(0).setCurrentLeaderEpoch(epoch);
        return all(fetch(request, BY_NAME)).get(0).errorCode();
    }

    @Test
    void anEpochThatEndedEarlierDiverges() throws Exception {
        // Given
        partitions.get(0).leaderEpoch = 5;
        append(partitions.get(0), Batches.of("a", "b"));
        FetchRequestData request = request(BY_NAME, 0, -1, new long[] {0, 2});
        request.topics().get(0).partitions().get(0).setLastFetchedEpoch(7);

        // When
        PartitionData answer = all(fetch(request, BY_NAME)).get(0);

        // Then
        assertThat(answer.divergingEpoch().epoch()).isEqualTo(5);
        assertThat(answer.divergingEpoch().endOffset()).isEqualTo(2);
        assertThat(answer.records().sizeInBytes()).isZero();
    }

    @Test
    void readCommittedGetsAnEmptyListOfAbortedTransactions() throws Exception {
        append(partitions.get(0), Batches.of("a"));
        FetchRequestData request = request(BY_NAME, 0, -1, new long[] {0, 0}).setIsolationLevel((byte) 1);
        PartitionData answer = all(fetch(request, BY_NAME)).get(0);
        assertThat(answer.abortedTransactions()).isEmpty();
        assertThat(answer.lastStableOffset()).isEqualTo(1);
        assertThat(values(answer)).containsExactly("a");
    }

    @Test
    void aLeaderElsewhereIsNamed() throws Exception {
        // Given
        broker.node.image.brokers.put(2, new BrokerInfo(2, "other", 9094, null, 1));
        String key = partitions.get(0).partition().topicId() + "-0";
        broker.node.leaders.remove(key);
        broker.node.leaderships.put(key, new Leadership(2, 9));

        // When
        FetchResponseData response = fetch(request(BY_ID, 0, -1, new long[] {0, 0}), BY_ID);

        // Then
        PartitionData answer = all(response).get(0);
        assertThat(answer.errorCode()).isEqualTo(ErrorCode.NOT_LEADER_OR_FOLLOWER.code());
        assertThat(answer.currentLeader().leaderId()).isEqualTo(2);
        assertThat(answer.currentLeader().leaderEpoch()).isEqualTo(9);
        assertThat(response.nodeEndpoints().find(2).port()).isEqualTo(9094);
    }

    @Test
    void aWaitingFetchIsAnsweredWhenRecordsCome() throws Exception {
        // Given
        int id = client.send(request(BY_NAME, 0, -1, new long[] {0, 0}).setMaxWaitMs(30_000), BY_NAME);
        Awaitility.await().until(() -> broker.metric("sluice.kafka.fetch.waiting") == 1);

        // When
        append(partitions.get(0), Batches.of("late"));

        // Then
        PartitionData answer =
                all(client.receive(new FetchResponseData(), BY_NAME, id)).get(0);
        assertThat(values(answer)).containsExactly("late");
        assertThat(broker.metric("sluice.kafka.fetch.waiting")).isZero();
    }

    @Test
    void aWaitEndsWithItsTime() throws Exception {
        long begin = System.nanoTime();
        FetchResponseData response =
                fetch(request(BY_NAME, 0, -1, new long[] {0, 0}).setMaxWaitMs(300), BY_NAME);
        assertThat(System.nanoTime() - begin).isGreaterThan(250_000_000L);
        assertThat(all(response).get(0).records().sizeInBytes()).isZero();
    }

    @Test
    void aWaitGoesOnUntilThereIsEnough() throws Exception {
        // Given a fetch that wants more than one record has
        int id = client.send(
                request(BY_NAME, 0, -1, new long[] {0, 0}, new long[] {1, 0})
                        .setMaxWaitMs(30_000)
                        .setMinBytes(150),
                BY_NAME);

        // When
        append(partitions.get(0), Batches.of("one"));
        append(partitions.get(1), Batches.of("two"));
        append(partitions.get(0), Batches.of("three"));

        // Then
        List<PartitionData> answers = all(client.receive(new FetchResponseData(), BY_NAME, id));
        int bytes = answers.stream()
                .mapToInt(answer -> answer.records().sizeInBytes())
                .sum();
        assertThat(bytes).isGreaterThanOrEqualTo(150);
    }

    @Test
    void anUnknownTopicIsAnsweredAtOnce() throws Exception {
        FetchRequestData request = request(BY_ID, 0, -1, new long[] {0, 0}).setMaxWaitMs(30_000);
        request.topics().get(0).setTopicId(Uuid.randomUuid());
        assertThat(all(fetch(request, BY_ID)).get(0).errorCode()).isEqualTo(ErrorCode.UNKNOWN_TOPIC_ID.code());
    }

    // Sessions

    @ParameterizedTest
    @MethodSource("versions")
    void aSessionAnswersOnlyWhatChanged(short version) throws Exception {
        if (version < 7) {
            return;
        }
        // Given
        append(partitions.get(0), Batches.of("a"));
        FetchResponseData full = fetch(request(version, 0, 0, new long[] {0, 0}, new long[] {1, 0}), version);
        int session = full.sessionId();
        assertThat(session).isNotZero();
        assertThat(all(full)).hasSize(2);

        // When
        FetchResponseData moved = fetch(request(version, session, 1, new long[] {0, 1}), version);
        FetchResponseData idle = fetch(request(version, session, 2), version);
        append(partitions.get(1), Batches.of("b"));
        FetchResponseData news = fetch(request(version, session, 3), version);

        // Then
        assertThat(all(moved)).isEmpty();
        assertThat(all(idle)).isEmpty();
        assertThat(all(news)).hasSize(1);
        assertThat(all(news).get(0).partitionIndex()).isEqualTo(1);
        assertThat(values(all(news).get(0))).containsExactly("b");
    }

    @Test
    void aSessionForgetsPartitions() throws Exception {
        // Given
        int session = fetch(request(BY_ID, 0, 0, new long[] {0, 0}, new long[] {1, 0}), BY_ID)
                .sessionId();
        FetchRequestData forget = request(BY_ID, session, 1);
        forget.forgottenTopicsData()
                .add(new ForgottenTopic().setTopicId(topicId()).setPartitions(List.of(1)));
        fetch(forget, BY_ID);

        // When
        append(partitions.get(0), Batches.of("a"));
        append(partitions.get(1), Batches.of("b"));

        // Then
        assertThat(all(fetch(request(BY_ID, session, 2), BY_ID)))
                .extracting(PartitionData::partitionIndex)
                .containsExactly(0);
    }

    @Test
    void wrongSessionsAndEpochsAreRefused() throws Exception {
        int session = fetch(request(BY_NAME, 0, 0, new long[] {0, 0}), BY_NAME).sessionId();
        assertThat(fetch(request(BY_NAME, session + 1, 1), BY_NAME).errorCode())
                .isEqualTo(ErrorCode.FETCH_SESSION_ID_NOT_FOUND.code());
        assertThat(fetch(request(BY_NAME, session, 2), BY_NAME).errorCode())
                .isEqualTo(ErrorCode.INVALID_FETCH_SESSION_EPOCH.code());
        assertThat(fetch(request(BY_ID, session, 1), BY_ID).errorCode())
                .isEqualTo(ErrorCode.FETCH_SESSION_TOPIC_ID_ERROR.code());
        assertThat(fetch(request(BY_NAME, session, 1), BY_NAME).errorCode()).isZero();

        // When closed
        fetch(request(BY_NAME, session, -1), BY_NAME);

        // Then
        assertThat(fetch(request(BY_NAME, session, 2), BY_NAME).errorCode())
                .isEqualTo(ErrorCode.FETCH_SESSION_ID_NOT_FOUND.code());
        assertThat(broker.metric("sluice.kafka.fetch.sessions")).isZero();
    }

    @Test
    void idlePollsCostNoMessage() throws Exception {
        // Given a session that has waited once
        int session = fetch(
                        request(BY_NAME, 0, 0, new long[] {0, 0}, new long[] {1, 0})
                                .setMaxWaitMs(50),
                        BY_NAME)
                .sessionId();
        int before = partitions.get(0).messages.get();
        assertThat(before).isEqualTo(1);

        // When
        for (int epoch = 1; epoch <= 20; epoch++) {
            assertThat(all(fetch(request(BY_NAME, session, epoch).setMaxWaitMs(5), BY_NAME)))
                    .isEmpty();
        }

        // Then
        assertThat(partitions.get(0).messages).hasValue(before);

        // And records still wake it
        int id = client.send(request(BY_NAME, session, 21).setMaxWaitMs(30_000), BY_NAME);
        append(partitions.get(1), Batches.of("x"));
        assertThat(all(client.receive(new FetchResponseData(), BY_NAME, id)))
                .extracting(PartitionData::partitionIndex)
                .containsExactly(1);
    }

    @Test
    void partitionsThatWereServedGoBehindTheOthers() throws Exception {
        // Given two partitions of which only one fits into a response
        for (int i = 0; i < 4; i++) {
            append(partitions.get(0), Batches.ofSize(50_000));
            append(partitions.get(1), Batches.ofSize(50_000));
        }
        FetchRequestData first =
                request(BY_NAME, 0, 0, new long[] {0, 0}, new long[] {1, 0}).setMaxBytes(60_000);
        int session = fetch(first, BY_NAME).sessionId();

        // When
        FetchResponseData second =
                fetch(request(BY_NAME, session, 1, new long[] {0, 1}).setMaxBytes(60_000), BY_NAME);

        // Then
        assertThat(all(second).get(0).partitionIndex()).isEqualTo(1);
        assertThat(all(second).get(0).records().sizeInBytes()).isGreaterThan(50_000);
    }

    @Test
    void aNewerFetchOfTheSessionEndsTheOneThatWaits() throws Exception {
        // Given a fetch that waits, on a connection that the client has given up
        int session = fetch(request(BY_NAME, 0, 0, new long[] {0, 0}), BY_NAME).sessionId();
        try (RawClient given = broker.client()) {
            int id = given.send(request(BY_NAME, session, 1).setMaxWaitMs(30_000), BY_NAME);
            Awaitility.await().until(() -> broker.metric("sluice.kafka.fetch.waiting") == 1);

            // When
            fetch(request(BY_NAME, session, 2), BY_NAME);

            // Then
            assertThat(all(given.receive(new FetchResponseData(), BY_NAME, id))).isEmpty();
        }
    }

    @Test
    void theEndOfTheConnectionEndsTheWait() throws Exception {
        // Given fetches that wait for ever, in a session and without one
        int session = fetch(request(BY_NAME, 0, 0, new long[] {0, 0}), BY_NAME).sessionId();
        try (RawClient gone = broker.client();
                RawClient goneToo = broker.client()) {
            gone.send(request(BY_NAME, session, 1).setMaxWaitMs(Integer.MAX_VALUE), BY_NAME);
            goneToo.send(request(BY_NAME, 0, -1, new long[] {1, 0}).setMaxWaitMs(Integer.MAX_VALUE), BY_NAME);
            Awaitility.await().until(() -> broker.metric("sluice.kafka.fetch.waiting") == 2);
            assertThat(broker.metric("sluice.kafka.request.memory.used")).isPositive();
        }

        // When they are closed, then nothing is left of them
        Awaitility.await().untilAsserted(() -> {
            assertThat(broker.metric("sluice.kafka.fetch.waiting")).isZero();
            assertThat(broker.metric("sluice.kafka.request.memory.used")).isZero();
        });

        // And the session goes on
        append(partitions.get(0), Batches.of("later"));
        assertThat(values(all(fetch(request(BY_NAME, session, 2), BY_NAME)).get(0)))
                .containsExactly("later");
    }

    @Test
    void aTopicThatIsDeletedEndsTheWait() throws Exception {
        // Given
        int session = fetch(request(BY_ID, 0, 0, new long[] {0, 0}), BY_ID).sessionId();
        int id = client.send(request(BY_ID, session, 1).setMaxWaitMs(30_000), BY_ID);
        Awaitility.await().until(() -> broker.metric("sluice.kafka.fetch.waiting") == 1);

        // When
        broker.node.deleteTopic("orders");
        partitions.get(0).stopLeading();

        // Then
        assertThat(all(client.receive(new FetchResponseData(), BY_ID, id))
                        .get(0)
                        .errorCode())
                .isEqualTo(ErrorCode.UNKNOWN_TOPIC_ID.code());
    }
}
