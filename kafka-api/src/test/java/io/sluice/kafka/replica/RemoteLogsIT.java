/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.kafka.replica;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.sluice.actors.replication.RemoteLogs;
import io.sluice.actors.replication.RemoteLogs.Answer;
import io.sluice.actors.replication.RemoteLogs.Await;
import io.sluice.actors.replication.RemoteLogs.Find;
import io.sluice.actors.replication.RemoteLogs.Read;
import io.sluice.actors.replication.RemoteLogs.When;
import io.sluice.actors.replication.ReplicaFetches;
import io.sluice.actors.replication.ReplicaKey;
import io.sluice.cluster.config.BrokerSettings;
import io.sluice.kafka.testing.Batches;
import io.sluice.kafka.testing.Broker;
import io.sluice.kafka.testing.FakeNode;
import io.sluice.kafka.testing.FakePartition;
import io.sluice.log.ErrorCode;
import io.sluice.log.LogView.Bound;
import io.sluice.log.batch.Records;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Broker 2 reads the logs of broker 1, over its listener. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class RemoteLogsIT {
    private static final int LEADER = FakeNode.ID;
    private static final ReplicaFetchLimits LIMITS = ReplicaFetchLimits.of(BrokerSettings.defaults());
    private static final int ALL = 1 << 20;

    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private volatile InetSocketAddress address;
    private volatile String clusterId;
    private Broker broker;
    private List<FakePartition> partitions;
    private ReplicaFetcher fetcher;

    @BeforeEach
    void start() throws Exception {
        broker = new Broker();
        partitions = broker.topic("orders", 2);
        address = broker.listener().address();
        clusterId = broker.node.metadata().clusterId();
        use(LIMITS);
    }

    @AfterEach
    void stop() throws Exception {
        fetcher.close();
        if (broker != null) {
            broker.close();
        }
        partitions.forEach(partition -> assertThat(partition.openSlices)
                .as("slices of %s", partition.partition())
                .hasValue(0));
    }

    private void use(ReplicaFetchLimits limits) {
        if (fetcher != null) {
            fetcher.close();
        }
        meters.clear();
        fetcher = new ReplicaFetcher(
                new ReplicaFetches.Peers() {
                    @Override
                    public int self() {
                        return 2;
                    }

                    @Override
                    public String clusterId() {
                        return clusterId;
                    }

                    @Override
                    public InetSocketAddress address(int id) {
                        return address;
                    }
                },
                null,
                limits,
                meters);
    }

    private ReplicaKey key(int partition) {
        return new ReplicaKey(partitions.get(partition).partition().topicId(), partition);
    }

    private CompletableFuture<Answer> ask(RemoteLogs.Question question) {
        return fetcher.logs().ask(LEADER, question);
    }

    private static Answer answer(CompletableFuture<Answer> asked) throws Exception {
        return asked.get(20, TimeUnit.SECONDS);
    }

    private Answer read(int partition, long offset, int maxBytes) throws Exception {
        return answer(ask(new Read(key(partition), Bound.HIGH_WATERMARK, offset, maxBytes)));
    }

    private static List<String> values(Answer answer) {
        List<String> values = new ArrayList<>();
        Records.in(answer.records())
                .forEach(record ->
                        values.add(StandardCharsets.UTF_8.decode(record.value()).toString()));
        answer.release().run();
        return values;
    }

    private double served(String name) {
        return broker.metric("sluice.remote.served." + name);
    }

    private double count(String name) {
        return meters.get("sluice.remote." + name)
                .meter()
                .measure()
                .iterator()
                .next()
                .getValue();
    }

    @Test
    void recordsAndTheEndsOfTheLogAreRead() throws Exception {
        // Given
        partitions.get(0).appendNow(Batches.of("a", "b"));
        partitions.get(0).appendNow(Batches.of("c"));
        partitions.get(0).committedMax = 3;
        partitions.get(0).leaderEpoch = 4;

        // When
        Answer fromTheSecond = read(0, 2, ALL);
        Answer atTheEnd = read(0, 3, ALL);
        Answer ends = read(0, 77, 0);

        // Then
        assertThat(values(fromTheSecond)).containsExactly("c");
        assertThat(fromTheSecond.leaderEpoch()).isEqualTo(4);
        assertThat(fromTheSecond.endOffset()).isEqualTo(3);
        assertThat(atTheEnd.records()).isNull();
        assertThat(atTheEnd.error()).isEqualTo(ErrorCode.NONE);
        assertThat(ends.error()).isEqualTo(ErrorCode.NONE);
        assertThat(ends.logStartOffset()).isZero();
        assertThat(ends.endOffset()).isEqualTo(3);
        assertThat(ends.logEndOffset()).isEqualTo(3);
    }

    @Test
    void whoeverWaitsIsToldWhenThereIsSomething() throws Exception {
        // Given
        partitions.get(0).appendNow(Batches.of("a"));
        CompletableFuture<Answer> first = ask(new Await(key(0), Bound.HIGH_WATERMARK, 1));
        CompletableFuture<Answer> other = ask(new Await(key(1), Bound.HIGH_WATERMARK, 0));
        Awaitility.await().untilAsserted(() -> assertThat(served("waiting")).isEqualTo(2));

        // When
        partitions.get(0).appendNow(Batches.of("b"));

        // Then
        assertThat(answer(first).endOffset()).isEqualTo(2);
        assertThat(other).isNotDone();
        assertThat(served("waiting")).isEqualTo(1);
    }

    @Test
    void aReadDoesNotWaitBehindOneThatWaits() throws Exception {
        // Given
        partitions.get(0).appendNow(Batches.of("a"));
        CompletableFuture<Answer> waits = ask(new Await(key(0), Bound.HIGH_WATERMARK, 1));
        Awaitility.await().untilAsserted(() -> assertThat(served("waiting")).isEqualTo(1));

        // When
        long askedNanos = System.nanoTime();
        List<String> values = values(read(0, 0, ALL));

        // Then
        assertThat(values).containsExactly("a");
        assertThat(System.nanoTime() - askedNanos).isLessThan(LIMITS.maxWaitMs() * 1_000_000L / 2);
        assertThat(waits).isNotDone();
    }

    @Test
    void whoeverWaitsNoLongerIsForgottenOnBothSides() throws Exception {
        // Given
        CompletableFuture<Answer> waits = ask(new Await(key(0), Bound.HIGH_WATERMARK, 0));
        Awaitility.await().untilAsserted(() -> assertThat(served("waiting")).isEqualTo(1));

        // When
        waits.cancel(false);

        // Then
        Awaitility.await().untilAsserted(() -> assertThat(served("waiting")).isZero());
        assertThat(count("waiting")).isZero();
    }

    @Test
    void aTimeIsFound() throws Exception {
        // Given
        partitions.get(0).appendNow(Batches.of("a"));

        // When
        Answer found = answer(ask(new Find(key(0), Bound.LAST_STABLE_OFFSET, 0)));
        Answer none = answer(ask(new Find(key(0), Bound.LAST_STABLE_OFFSET, Long.MAX_VALUE)));

        // Then
        assertThat(found.found()).isZero();
        assertThat(none.found()).isEqualTo(Answer.NOT_FOUND);
        assertThat(none.endOffset()).isEqualTo(1);
    }

    @Test
    void itIsToldSinceWhenSomethingIsThere() throws Exception {
        // Given: a batch of which the first record has the time 1,000
        partitions.get(0).appendNow(Batches.of("a", "b"));

        // When
        Answer first = answer(ask(new When(key(0), Bound.HIGH_WATERMARK, 1)));
        Answer none = answer(ask(new When(key(0), Bound.HIGH_WATERMARK, 2)));

        // Then
        assertThat(first.found()).isEqualTo(1_000);
        assertThat(first.endOffset()).isEqualTo(2);
        assertThat(none.found()).isEqualTo(Answer.NOT_FOUND);
        assertThat(none.error()).isEqualTo(ErrorCode.NONE);
    }

    @Test
    void whatCantBeReadIsToldAtOnce() throws Exception {
        // Given
        partitions.get(0).appendNow(Batches.of("a", "b", "c"));
        CompletableFuture<Long> deleted = new CompletableFuture<>();
        partitions.get(0).deleteRecords(2, (error, start) -> deleted.complete(start));
        deleted.get(10, TimeUnit.SECONDS);
        ReplicaKey unknown = new ReplicaKey(new UUID(9, 9), 0);

        // When
        Answer below = read(0, 1, ALL);
        Answer beyond = read(0, 4, ALL);
        Answer notLed = answer(ask(new Read(unknown, Bound.HIGH_WATERMARK, 0, ALL)));
        Answer nobody = answer(ask(new Await(unknown, Bound.HIGH_WATERMARK, 0)));

        // Then
        assertThat(below.error()).isEqualTo(ErrorCode.OFFSET_OUT_OF_RANGE);
        assertThat(below.logStartOffset()).isEqualTo(2);
        assertThat(beyond.error()).isEqualTo(ErrorCode.OFFSET_OUT_OF_RANGE);
        assertThat(beyond.logEndOffset()).isEqualTo(3);
        assertThat(notLed.error()).isEqualTo(ErrorCode.NOT_LEADER_OR_FOLLOWER);
        assertThat(nobody.error()).isEqualTo(ErrorCode.NOT_LEADER_OR_FOLLOWER);
    }

    @Test
    void onlySoManyReadsAreUnderWay() throws Exception {
        // Given as many as may be, none of which is released
        partitions.get(0).appendNow(Batches.of("a"));
        List<Answer> held = new ArrayList<>();
        for (int i = 0; i < ReplicaFetchLimits.Readers.DEFAULTS.reads(); i++) {
            held.add(read(0, 0, ALL));
        }

        // When
        CompletableFuture<Answer> more = ask(new Read(key(0), Bound.HIGH_WATERMARK, 0, ALL));
        CompletableFuture<Answer> waits = ask(new Await(key(0), Bound.HIGH_WATERMARK, 0));

        // Then
        assertThat(answer(waits).error()).as("waiting is no read").isEqualTo(ErrorCode.NONE);
        assertThat(more).isNotDone();
        assertThat(count("reads.queued")).isEqualTo(1);

        // And it is done when another one is released
        held.get(0).release().run();
        assertThat(values(answer(more))).containsExactly("a");
        held.subList(1, held.size()).forEach(one -> one.release().run());
    }

    @Test
    void manyReadsShareAResponseThatIsBounded() throws Exception {
        // Given ten batches of 100 KiB; a response has room for two
        for (int i = 0; i < 10; i++) {
            partitions.get(0).appendNow(Batches.ofSize(100 << 10));
        }
        use(new ReplicaFetchLimits(128 << 10, 256 << 10, 30_000, 64 << 20, 1 << 20));

        // When
        List<CompletableFuture<Answer>> asked = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            asked.add(ask(new Read(key(0), Bound.HIGH_WATERMARK, i, 100 << 10)));
        }

        // Then
        for (CompletableFuture<Answer> one : asked) {
            Answer answer = answer(one);
            assertThat(answer.records().remaining()).isBetween(100 << 10, 128 << 10);
            answer.release().run();
        }
        assertThat(served("responses")).isGreaterThanOrEqualTo(5);
    }

    @Test
    void whenTheBrokerGoesEveryQuestionIsAnsweredWithThat() throws Exception {
        // Given
        CompletableFuture<Answer> waits = ask(new Await(key(0), Bound.HIGH_WATERMARK, 0));
        Awaitility.await().untilAsserted(() -> assertThat(served("waiting")).isEqualTo(1));

        // When
        broker.close();
        broker = null;

        // Then
        assertThat(answer(waits).error()).isEqualTo(ErrorCode.BROKER_NOT_AVAILABLE);
        assertThat(read(0, 0, ALL).error()).isEqualTo(ErrorCode.BROKER_NOT_AVAILABLE);
        assertThat(count("waiting")).isZero();
        assertThat(count("failures")).isGreaterThanOrEqualTo(2);
    }

    @Test
    void aBrokerOfAnotherClusterIsRefused() throws Exception {
        // Given
        clusterId = "someOtherCluster";

        // When
        Answer answer = read(0, 0, ALL);

        // Then
        assertThat(answer.error()).isEqualTo(ErrorCode.BROKER_NOT_AVAILABLE);
        assertThat(served("refused")).isEqualTo(1);
    }

    @Test
    void bytesThatAreNoResponseFailTheQuestionsOnly() throws Exception {
        // Given
        byte[][] responses = {
            "HTTP/1.1 400 Bad Request\r\n".getBytes(StandardCharsets.US_ASCII),
            {0, 0, 0, 10, 0, 0, 0, 9, 0, 0, 0, 0, 0, 0},
            {0, 0, 0, 10, 0, 0, 0, 1, 0, 0, 127, 127, 127, 127},
            {0, 0, 0, 12, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 7, 7},
            {0, 0, 0, 6, 0, 0, 0, 1, 0, 0}
        };
        partitions.get(0).appendNow(Batches.of("a"));
        InetSocketAddress right = address;
        try (ServerSocket server = new ServerSocket(0)) {
            address = new InetSocketAddress(InetAddress.getLoopbackAddress(), server.getLocalPort());

            // When
            for (byte[] response : responses) {
                CompletableFuture<Answer> asked = ask(new Read(key(0), Bound.HIGH_WATERMARK, 0, ALL));
                try (Socket socket = server.accept()) {
                    socket.setSoTimeout(20_000);
                    assertThat(socket.getInputStream().read()).isGreaterThanOrEqualTo(0);
                    socket.getOutputStream().write(response);
                    socket.getOutputStream().flush();
                    assertThat(answer(asked).error()).isEqualTo(ErrorCode.BROKER_NOT_AVAILABLE);
                }
            }
            address = right;
        }

        // Then
        assertThat(values(read(0, 0, ALL))).containsExactly("a");
    }
}
