/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.kafka.replica;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.sluice.actors.replication.ReplicaFetches;
import io.sluice.actors.replication.ReplicaKey;
import io.sluice.actors.replication.ReplicaMessage;
import io.sluice.cluster.config.BrokerSettings;
import io.sluice.kafka.replica.FakeFollower.Told;
import io.sluice.kafka.replica.FakeReplicas.Asked;
import io.sluice.kafka.testing.Batches;
import io.sluice.kafka.testing.Broker;
import io.sluice.kafka.testing.FakeNode;
import io.sluice.kafka.testing.FakePartition;
import io.sluice.log.LogSlice;
import io.sluice.log.LogView;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.message.ApiVersionsRequestData;
import org.apache.kafka.common.message.ApiVersionsResponseData;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Replicas of broker 2 fetch from those of broker 1, over its listener. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class ReplicaFetchIT {
    private static final int LEADER = FakeNode.ID;
    private static final int SELF = 2;
    private static final ReplicaFetchLimits LIMITS = ReplicaFetchLimits.of(BrokerSettings.defaults());

    private final FakeReplicas replicas = new FakeReplicas();
    private final FakeFollower follower = new FakeFollower();
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final List<AutoCloseable> open = new ArrayList<>();
    private Broker broker;
    private volatile InetSocketAddress address;
    private volatile String clusterId;
    private volatile long catchUpBytesPerSecond = Long.MAX_VALUE;

    @BeforeEach
    void start() throws Exception {
        broker = new Broker();
        broker.node.replicas = replicas;
        address = broker.listener().address();
        clusterId = broker.node.metadata().clusterId();
    }

    @AfterEach
    void stop() throws Exception {
        for (AutoCloseable one : open) {
            one.close();
        }
        broker.close();
        Awaitility.await().untilAsserted(() -> assertThat(replicas.openSlices()).isZero());
        replicas.close();
    }

    private ReplicaFetcher fetcher(ReplicaFetchLimits limits) {
        ReplicaFetches.Peers peers = new ReplicaFetches.Peers() {
            @Override
            public int self() {
                return SELF;
            }

            @Override
            public String clusterId() {
                return clusterId;
            }

            @Override
            public InetSocketAddress address(int id) {
                return address;
            }

            @Override
            public long catchUpBytesPerSecond() {
                return catchUpBytesPerSecond;
            }
        };
        ReplicaFetcher fetcher = new ReplicaFetcher(peers, follower, limits, meters);
        open.add(fetcher);
        follower.use(fetcher);
        return fetcher;
    }

    private double count(String name) {
        return meters.get("sluice.replica.fetch." + name)
                .meter()
                .measure()
                .iterator()
                .next()
                .getValue();
    }

    private double served(String name) {
        return broker.metric("sluice.replica.served." + name);
    }

    private static Told next(FakeFollower from) throws InterruptedException {
        Told told = from.told.poll(20, TimeUnit.SECONDS);
        assertThat(told).as("an answer within 20 s").isNotNull();
        return told;
    }

    private Asked nextAsked() throws InterruptedException {
        Asked asked = replicas.asked.poll(20, TimeUnit.SECONDS);
        assertThat(asked).as("a fetch within 20 s").isNotNull();
        return asked;
    }

    private static byte[] file(FakePartition partition) throws Exception {
        LogView view = partition.view();
        LogSlice slice = view.read(0, Integer.MAX_VALUE, true, LogView.Bound.LOG_END);
        try {
            return slice.copy().array();
        } finally {
            slice.release();
        }
    }

    private void assertCopied(ReplicaKey key) throws Exception {
        byte[] original = file(replicas.logs.get(key));
        Awaitility.await()
                .untilAsserted(() -> assertThat(follower.copy(key).length).isEqualTo(original.length));
        assertThat(follower.copy(key)).isEqualTo(original);
    }

    @Test
    void recordsOfSeveralPartitionsArriveByteByByte() throws Exception {
        // Given a follower of two partitions, one of which has small batches and the other large ones
        ReplicaKey small = replicas.partition(0);
        ReplicaKey large = replicas.partition(1);
        fetcher(LIMITS);
        follower.follows = true;
        follower.fetch(small, LEADER, 0);
        follower.fetch(large, LEADER, 0);

        // When
        for (int i = 0; i < 50; i++) {
            replicas.append(small, Batches.of("value " + i, "another"));
            replicas.append(large, Batches.ofSize(60_000 + i));
        }

        // Then
        assertCopied(small);
        assertCopied(large);
        assertThat(count("bytes")).isGreaterThanOrEqualTo(follower.copy(small).length + follower.copy(large).length);
        assertThat(served("bytes")).isEqualTo(count("bytes"));
        Awaitility.await().untilAsserted(() -> assertThat(count("memory")).isZero());
        assertThat(follower.unreachable).hasValue(0);
    }

    @Test
    void aPartitionWhereNothingHappensCostsNoMessage() throws Exception {
        // Given 100 partitions that have nothing, and one that is busy
        fetcher(LIMITS);
        follower.follows = true;
        for (int i = 1; i <= 100; i++) {
            follower.fetch(replicas.partition(i), LEADER, 0);
        }
        ReplicaKey busy = replicas.partition(0);
        follower.fetch(busy, LEADER, 0);
        Awaitility.await().untilAsserted(() -> assertThat(replicas.asked).hasSize(101));

        // When
        for (int i = 0; i < 200; i++) {
            replicas.append(busy, Batches.of("value"));
        }
        assertCopied(busy);

        // Then only the busy one has asked again
        replicas.asked.removeIf(asked -> asked.key().equals(busy));
        assertThat(replicas.asked).hasSize(100);
    }

    @Test
    void aNewFetchTakesThePlaceOfTheOneBefore() throws Exception {
        // Given
        ReplicaKey key = replicas.partition(0);
        replicas.manual = true;
        replicas.append(key, Batches.of("a"));
        fetcher(LIMITS);
        follower.fetch(key, LEADER, 0);
        Asked older = nextAsked();
        ReplicaMessage.Fetch wanted = follower.fetch(key, LEADER, 0);
        Asked newer = nextAsked();

        // When
        replicas.answer(older);
        replicas.answer(newer);

        // Then
        assertThat(next(follower).answer().number()).isEqualTo(wanted.number());
        assertThat(follower.told).isEmpty();
        assertThat(served("waiting")).isZero();
    }

    @Test
    void anAcknowledgementDoesNotWaitBehindAFetchThatWaits() throws Exception {
        // Given a request that waits at the broker
        ReplicaKey quiet = replicas.partition(0);
        ReplicaKey busy = replicas.partition(1);
        replicas.manual = true;
        fetcher(LIMITS);
        follower.fetch(quiet, LEADER, 0);
        nextAsked();
        Awaitility.await().untilAsserted(() -> assertThat(count("requests")).isEqualTo(2));

        // When
        long askedNanos = System.nanoTime();
        follower.fetch(busy, LEADER, 7);

        // Then
        assertThat(nextAsked().fetch().offset()).isEqualTo(7);
        assertThat(System.nanoTime() - askedNanos).isLessThan(LIMITS.maxWaitMs() * 1_000_000L / 2);
    }

    @Test
    void answersWithoutRecords() throws Exception {
        // Given
        ReplicaKey first = replicas.partition(0);
        ReplicaKey second = replicas.partition(1);
        ReplicaKey third = replicas.partition(2);
        replicas.manual = true;
        fetcher(LIMITS);
        long diverges = follower.fetch(first, LEADER, 10).number();
        long restarts = follower.fetch(second, LEADER, 10).number();
        long tellsTheHighWatermark = follower.fetch(third, LEADER, 0).number();
        ReplicaMessage.Answer diverging = new ReplicaMessage.Diverging(FakeReplicas.EPOCH, diverges, 3, 8, 0);
        ReplicaMessage.Answer restart = new ReplicaMessage.Restart(FakeReplicas.EPOCH, restarts, 100);
        ReplicaMessage.Answer nothing =
                new ReplicaMessage.Records(FakeReplicas.EPOCH, tellsTheHighWatermark, 0, 0, 0, true);

        // When
        nextAsked().reply().answer(diverging, null);
        nextAsked().reply().answer(restart, replicas.logs.get(second).view());
        nextAsked().reply().answer(nothing, replicas.logs.get(third).view());

        // Then
        assertThat(List.of(next(follower), next(follower), next(follower)))
                .extracting(Told::answer)
                .containsExactlyInAnyOrder(diverging, restart, nothing);
    }

    @Test
    void aCancelledFetchIsForgottenOnBothSides() throws Exception {
        // Given
        ReplicaKey key = replicas.partition(0);
        replicas.manual = true;
        replicas.append(key, Batches.of("a"));
        ReplicaFetcher fetcher = fetcher(LIMITS);
        follower.fetch(key, LEADER, 0);
        Asked asked = nextAsked();
        assertThat(served("waiting")).isEqualTo(1);

        // When
        fetcher.cancel(key);
        Awaitility.await().untilAsserted(() -> assertThat(served("waiting")).isZero());
        replicas.answer(asked);

        // Then a later fetch gets its own answer, and nothing came before
        long wanted = follower.fetch(key, LEADER, 0).number();
        replicas.answer(nextAsked());
        assertThat(next(follower).answer().number()).isEqualTo(wanted);
        assertThat(follower.told).isEmpty();
    }

    @Test
    void aFetchFromAnotherBrokerCancelsTheOneBefore() throws Exception {
        // Given
        ReplicaKey key = replicas.partition(0);
        replicas.manual = true;
        fetcher(LIMITS);
        follower.fetch(key, LEADER, 0);
        nextAsked();
        assertThat(served("waiting")).isEqualTo(1);

        // When broker 7, which nobody can reach, is said to lead
        address = closedPort();
        follower.fetch(key, 7, 0);

        // Then
        Awaitility.await().untilAsserted(() -> assertThat(served("waiting")).isZero());
    }

    @Test
    void aPartitionThatIsNotThereHasNoAnswerAndHoldsUpNobody() throws Exception {
        // Given
        ReplicaKey here = replicas.partition(0);
        replicas.append(here, Batches.of("a"));
        fetcher(LIMITS);

        // When
        follower.fetch(replicas.unknown(), LEADER, 0);
        follower.fetch(here, LEADER, 0);

        // Then
        assertThat(next(follower).key()).isEqualTo(here);
        assertThat(follower.told).isEmpty();
        assertThat(served("waiting")).isZero();
    }

    @Test
    void fetchesGoOutAgainWhenTheBrokerIsBack() throws Exception {
        // Given
        ReplicaKey key = replicas.partition(0);
        replicas.manual = true;
        replicas.append(key, Batches.of("a"));
        fetcher(LIMITS);
        ReplicaMessage.Fetch fetch = follower.fetch(key, LEADER, 0);
        assertThat(nextAsked().fetch()).isEqualTo(fetch);

        // When the broker goes away for a while
        broker.close();
        Awaitility.await().untilAsserted(() -> assertThat(count("failures")).isGreaterThan(3));
        start();

        // Then
        Asked again = nextAsked();
        assertThat(again.fetch()).isEqualTo(fetch);
        replicas.answer(again);
        assertThat(next(follower).answer().number()).isEqualTo(fetch.number());
        assertThat(follower.interrupted).containsExactly(key);
        assertThat(follower.unreachable).as("told once").hasValue(1);
        assertThat(count("reconnects")).isEqualTo(1);
    }

    @Test
    void aBrokerThatRefusesConnectionsIsToldOnce() throws Exception {
        // Given
        ReplicaKey key = replicas.partition(0);
        address = closedPort();
        fetcher(LIMITS);

        // When
        follower.fetch(key, LEADER, 0);
        Awaitility.await().untilAsserted(() -> assertThat(count("failures")).isGreaterThan(3));

        // Then
        assertThat(follower.unreachable).hasValue(1);
        assertThat(follower.interrupted).as("it was never sent").isEmpty();
    }

    @Test
    void anAddressThatIsNotKnownYetIsLookedUpAgain() throws Exception {
        // Given
        ReplicaKey key = replicas.partition(0);
        replicas.append(key, Batches.of("a"));
        address = null;
        fetcher(LIMITS);
        follower.fetch(key, LEADER, 0);
        Awaitility.await().untilAsserted(() -> assertThat(follower.unreachable).hasValue(1));

        // When
        address = InetSocketAddress.createUnresolved(
                "localhost", broker.listener().address().getPort());

        // Then
        assertThat(next(follower).key()).isEqualTo(key);
    }

    @Test
    void aBrokerOfAnotherClusterIsRefused() throws Exception {
        // Given
        ReplicaKey key = replicas.partition(0);
        clusterId = "someOtherCluster";
        fetcher(LIMITS);

        // When
        follower.fetch(key, LEADER, 0);
        Awaitility.await().untilAsserted(() -> assertThat(served("refused")).isGreaterThan(2));

        // Then
        assertThat(replicas.asked).isEmpty();
        assertThat(follower.unreachable).hasValue(1);

        // And a broker that does not know its cluster yet is served: it learns it from what it fetches
        clusterId = "";
        assertThat(nextAsked().key()).isEqualTo(key);
    }

    @Test
    void anAddressThatBelongsToAnotherBrokerNowIsRefused() throws Exception {
        // Given
        ReplicaKey key = replicas.partition(0);
        fetcher(LIMITS);

        // When
        follower.fetch(key, 7, 0);

        // Then
        Awaitility.await().untilAsserted(() -> assertThat(served("refused")).isPositive());
        assertThat(replicas.asked).isEmpty();
    }

    @Test
    void aResponseIsBoundedAndPartitionsTakeTurns() throws Exception {
        // Given eight partitions with ten batches of 100 KiB each; a response has room for two of 128 KiB
        Set<ReplicaKey> keys = new HashSet<>();
        for (int i = 0; i < 8; i++) {
            ReplicaKey key = replicas.partition(i);
            keys.add(key);
            for (int n = 0; n < 10; n++) {
                replicas.append(key, Batches.ofSize(100 << 10));
            }
        }
        replicas.manual = true;
        fetcher(new ReplicaFetchLimits(128 << 10, 256 << 10, 30_000, 64 << 20, 1 << 20));
        for (ReplicaKey key : keys) {
            follower.fetch(key, LEADER, 0);
        }
        List<Asked> all = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            all.add(nextAsked());
        }

        // When
        all.forEach(replicas::answer);

        // Then each has had its turn, in the order of the answers, with whole batches only
        List<ReplicaKey> told = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            Told one = next(follower);
            told.add(one.key());
            assertThat(one.recordsBytes()).isBetween(100 << 10, 128 << 10);
        }
        assertThat(told).containsExactlyElementsOf(all.stream().map(Asked::key).toList());
        assertThat(served("postponed")).isPositive();
        assertThat(served("responses")).isGreaterThanOrEqualTo(4);
    }

    @Test
    void aBatchThatIsLargerThanTheLimitsIsSentAllTheSame() throws Exception {
        // Given
        ReplicaKey key = replicas.partition(0);
        replicas.append(key, Batches.ofSize(700_000));
        fetcher(new ReplicaFetchLimits(1_000, 10_000, 30_000, 64 << 20, 1 << 20));

        // When
        follower.fetch(key, LEADER, 0);

        // Then
        assertThat(next(follower).recordsBytes()).isGreaterThan(700_000);
    }

    @Test
    void aFollowerThatDoesNotWriteIsNotSentMore() throws Exception {
        // Given 40 partitions with 500 KB each, and a follower that may hold 1 MB
        replicas.manual = true;
        for (int i = 0; i < 40; i++) {
            replicas.append(replicas.partition(i), Batches.ofSize(500_000));
        }
        fetcher(new ReplicaFetchLimits(1 << 20, 1 << 20, 30_000, 1 << 20, 1 << 20));
        replicas.manual = false;
        follower.holds = true;

        // When
        replicas.logs.keySet().forEach(key -> follower.fetch(key, LEADER, 0));
        Awaitility.await().untilAsserted(() -> assertThat(count("memory.stops")).isEqualTo(1));

        // Then it holds no more than its limit and what one response brings
        assertThat(count("memory")).isBetween((double) (1 << 20), 3.0 * (1 << 20));
        assertThat(follower.told).hasSizeLessThan(10);

        // And everything comes as it releases
        for (int i = 0; i < 40; i++) {
            next(follower).release().run();
        }
        Awaitility.await().untilAsserted(() -> assertThat(count("memory")).isZero());
        assertThat(follower.told).isEmpty();
    }

    @Test
    void aReplicaThatIsFarBehindIsThrottledAndHoldsUpNobody() throws Exception {
        // Given a replica that has 20 batches of 100 KB to fetch, one at a time, at 100 KB a second
        ReplicaKey behind = replicas.partition(0);
        ReplicaKey other = replicas.partition(1);
        for (int i = 0; i < 20; i++) {
            replicas.append(behind, Batches.ofSize(100_000));
        }
        catchUpBytesPerSecond = 100_000;
        fetcher(new ReplicaFetchLimits(100_500, 1 << 20, 30_000, 64 << 20, 1 << 20));
        follower.follows = true;
        follower.catchesUp.add(behind);
        follower.fetch(behind, LEADER, 0);
        follower.fetch(other, LEADER, 0);
        Awaitility.await().untilAsserted(() -> assertThat(count("throttled")).isPositive());

        // When another one has news
        replicas.append(other, Batches.ofSize(80_000));

        // Then that comes at once
        assertCopied(other);
        assertThat(follower.copy(behind).length).isLessThan(1_000_000);

        // And without the throttle all the rest comes
        catchUpBytesPerSecond = Long.MAX_VALUE;
        assertCopied(behind);
    }

    @Test
    void aBrokerThatSaysNothingIsGivenUp() throws Exception {
        // Given a port that takes connections and never answers
        try (ServerSocket silent = new ServerSocket(0)) {
            address = new InetSocketAddress(InetAddress.getLoopbackAddress(), silent.getLocalPort());
            ReplicaKey key = replicas.partition(0);
            fetcher(new ReplicaFetchLimits(1 << 20, 1 << 20, 300, 1 << 20, 1 << 20));

            // When
            follower.fetch(key, LEADER, 0);
            try (Socket first = silent.accept();
                    Socket second = silent.accept()) {
                // Then
                assertThat(first.isConnected() && second.isConnected()).isTrue();
                assertThat(follower.unreachable).hasValue(1);
                assertThat(follower.interrupted).contains(key);
            }
        }
    }

    @Test
    void bytesThatAreNoResponseEndTheConnectionOnly() throws Exception {
        // Given
        byte[][] responses = {
            "HTTP/1.1 400 Bad Request\r\n".getBytes(java.nio.charset.StandardCharsets.US_ASCII),
            {0, 0, 0, 10, 0, 0, 0, 9, 0, 0, 0, 0, 0, 0},
            {0, 0, 0, 10, 0, 0, 0, 1, 0, 0, 127, 127, 127, 127},
            {0, 0, 0, 12, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 7, 7},
            {0, 0, 0, 6, 0, 0, 0, 1, 0, 0}
        };
        ReplicaKey key = replicas.partition(0);
        replicas.append(key, Batches.of("a"));
        InetSocketAddress right = address;
        try (ServerSocket server = new ServerSocket(0)) {
            address = new InetSocketAddress(InetAddress.getLoopbackAddress(), server.getLocalPort());
            fetcher(LIMITS);
            follower.fetch(key, LEADER, 0);

            // When
            for (byte[] response : responses) {
                try (Socket socket = server.accept()) {
                    socket.setSoTimeout(20_000);
                    assertThat(socket.getInputStream().read()).isGreaterThanOrEqualTo(0);
                    socket.getOutputStream().write(response);
                    socket.getOutputStream().flush();
                    socket.getInputStream().readAllBytes();
                } catch (java.net.SocketException reset) {
                    // Closed with bytes unread: as good.
                }
            }
            address = right;
        }

        // Then
        assertThat(next(follower).key()).isEqualTo(key);
        assertThat(follower.unreachable).hasValue(1);
    }

    @Test
    void clientsAreNotToldOfIt() throws Exception {
        try (var client = broker.client()) {
            ApiVersionsResponseData versions =
                    client.call(new ApiVersionsRequestData(), new ApiVersionsResponseData(), (short) 3);
            assertThat(versions.apiKeys().find(ReplicaFetchRequest.KEY)).isNull();
        }
    }

    private static InetSocketAddress closedPort() throws Exception {
        try (ServerSocket socket = new ServerSocket(0)) {
            return new InetSocketAddress(InetAddress.getLoopbackAddress(), socket.getLocalPort());
        }
    }
}
