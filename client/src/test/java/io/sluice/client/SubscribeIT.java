/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Subscribing over real sockets, to a server that does what no server should. */
@Timeout(60)
class SubscribeIT {
    private static final Subscribe ORDERS = Subscribe.to("orders").from(StartFrom.earliest());

    private static FakeTopics topics() {
        return new FakeTopics(Map.of("orders", 1), 10, null);
    }

    private static SluiceClient client(FakeServer... servers) {
        String[] addresses = List.of(servers).stream().map(FakeServer::address).toArray(String[]::new);
        return SluiceClient.builder(addresses)
                .backOff(Duration.ofMillis(1), Duration.ofMillis(20))
                .build();
    }

    @Test
    void recordsComeAsRequested() throws Exception {
        FakeTopics topics = topics();
        try (FakeServer server = new FakeServer(topics);
                SluiceClient client = client(server)) {
            TestSubscriber subscriber = new TestSubscriber(0);
            client.subscribe(ORDERS).subscribe(subscriber);
            await().until(() -> !topics.received.isEmpty());
            subscriber.subscription.request(2);
            assertThat(subscriber.next().offset()).isZero();
            Record second = subscriber.next();
            assertThat(second.offset()).isEqualTo(1);
            assertThat(second.valueAsString()).isEqualTo("orders-0-1");
            assertThat(second.timestampMs()).isEqualTo(1_000_001);
            subscriber.subscription.request(2);
            assertThat(subscriber.next().offset()).isEqualTo(2);
            assertThat(subscriber.next().offset()).isEqualTo(4);
            subscriber.subscription.cancel();
            await().until(() -> server.openConnections() == 0);
            assertThat(subscriber.records).isEmpty();
            long granted = topics.received.stream()
                    .mapToLong(frame -> frame.path("records").asLong()
                            + frame.at("/credit/records").asLong())
                    .sum();
            assertThat(granted).as("%s", topics.received).isEqualTo(4);
        }
    }

    @Test
    void aLimitCompletes() throws Exception {
        try (FakeServer server = new FakeServer(topics());
                SluiceClient client = client(server)) {
            TestSubscriber subscriber = new TestSubscriber(Long.MAX_VALUE);
            client.subscribe(ORDERS.limit(1000)).subscribe(subscriber);
            assertThat(subscriber.end()).isEqualTo("complete");
            assertThat(subscriber.records).hasSize(1000);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    void everyRecordComesOnceThroughCutsByesAndErrors(long seed) throws Exception {
        Map<String, Integer> partitions = Map.of("orders", 3, "returns", 2);
        try (FakeServer a = new FakeServer(new FakeTopics(partitions, 20, new Random(seed)));
                FakeServer b = new FakeServer(new FakeTopics(partitions, 7, new Random(-seed)));
                SluiceClient client = client(a, b)) {
            TestSubscriber subscriber = new TestSubscriber(Long.MAX_VALUE);
            client.subscribe(Subscribe.to("orders", "returns")
                            .from(StartFrom.earliest())
                            .limit(5_000))
                    .subscribe(subscriber);
            assertThat(subscriber.end()).as("%s", subscriber.error).isEqualTo("complete");
            Map<String, Long> next = new HashMap<>();
            for (Record record : subscriber.records) {
                String partition = record.topic() + "-" + record.partition();
                long expected = next.getOrDefault(partition, 0L);
                expected += FakeTopics.exists(expected) ? 0 : 1;
                assertThat(record.offset()).as("seed %s, %s", seed, partition).isEqualTo(expected);
                assertThat(record.valueAsString())
                        .isEqualTo(FakeTopics.value(record.topic(), record.partition(), expected));
                next.put(partition, expected + 1);
            }
            assertThat(subscriber.records).hasSize(5_000);
            assertThat(a.accepted.get() + b.accepted.get()).as("connections").isGreaterThan(5);
        }
    }

    @ParameterizedTest
    @CsvSource({"401", "403", "404", "400"})
    void aRefusalEndsIt(int status) throws Exception {
        try (FakeServer server = new FakeServer(refusing(status, Integer.MAX_VALUE));
                SluiceClient client = client(server)) {
            TestSubscriber subscriber = new TestSubscriber(1);
            client.subscribe(ORDERS).subscribe(subscriber);
            assertThat(subscriber.code()).isEqualTo("REFUSED");
            assertThat(subscriber.error)
                    .hasMessageContaining("HTTP " + status)
                    .hasMessageContaining(server.socketAddress());
        }
    }

    @ParameterizedTest
    @CsvSource({"429", "503", "500"})
    void aNodeThatHasNoRoomIsAskedAgain(int status) throws Exception {
        try (FakeServer server = new FakeServer(refusing(status, 3));
                SluiceClient client = client(server)) {
            TestSubscriber subscriber = new TestSubscriber(1);
            client.subscribe(ORDERS).subscribe(subscriber);
            assertThat(subscriber.next().offset()).isZero();
            assertThat(server.accepted.get()).isEqualTo(4);
        }
    }

    private static FakeServer.Script refusing(int status, int times) {
        FakeTopics topics = topics();
        return new FakeServer.Script() {
            private int asked;

            @Override
            public synchronized int onHandshake(String path, Map<String, String> headers) {
                return asked++ < times ? status : 101;
            }

            @Override
            public void onFrame(FakeServer.Connection connection, JsonNode frame) throws IOException {
                topics.onFrame(connection, frame);
            }
        };
    }

    @Test
    void nobodyThereIsToldAndEnds() throws Exception {
        FakeServer gone = new FakeServer(topics());
        gone.close();
        BlockingQueue<String> told = new LinkedBlockingQueue<>();
        try (SluiceClient client = SluiceClient.builder(gone.address())
                .backOff(Duration.ofMillis(1), Duration.ofMillis(2))
                .retries(3)
                .build()) {
            TestSubscriber subscriber = new TestSubscriber(1);
            client.subscribe(ORDERS.listener(new SubscriptionListener() {
                        @Override
                        public void onDisconnected(String reason, long retryInMs) {
                            told.add(reason);
                        }
                    }))
                    .subscribe(subscriber);
            assertThat(subscriber.code()).isEqualTo("CONNECTION_LOST");
            assertThat(told).hasSize(3).allMatch(reason -> reason.startsWith("no connection to ws://127.0.0.1:"));
        }
    }

    @Test
    void errorsOfTheNodeReachTheSubscriber() throws Exception {
        try (FakeServer server = new FakeServer(topics());
                SluiceClient client = client(server)) {
            TestSubscriber subscriber = new TestSubscriber(1);
            client.subscribe(Subscribe.to("nothing")).subscribe(subscriber);
            assertThat(subscriber.code()).isEqualTo("UNKNOWN_TOPIC");
            assertThat(subscriber.error).hasMessage("UNKNOWN_TOPIC: as the test wants it");
            await().until(() -> server.openConnections() == 0);
        }
    }

    /** What a node sends instead of an answer. */
    private interface Sentence {
        void say(FakeServer.Connection connection) throws IOException;
    }

    @Test
    void whatIsNoFrameEndsIt() throws Exception {
        assertThat(codeAfter(connection -> connection.sendRaw(new byte[] {(byte) 0xff})))
                .isEqualTo("PROTOCOL_ERROR");
        assertThat(codeAfter(connection -> connection.sendText("{}"))).isEqualTo("PROTOCOL_ERROR");
        assertThat(codeAfter(connection -> connection.close(1009, "too long"))).isEqualTo("PROTOCOL_ERROR");
    }

    private static String codeAfter(Sentence sentence) throws Exception {
        try (FakeServer server = new FakeServer((connection, frame) -> sentence.say(connection));
                SluiceClient client = client(server)) {
            TestSubscriber subscriber = new TestSubscriber(1);
            client.subscribe(ORDERS).subscribe(subscriber);
            return subscriber.code();
        }
    }

    @Test
    void aFrameMayNotBeLongerThanAllowed() throws Exception {
        try (FakeServer server = new FakeServer(new FakeTopics(Map.of("orders", 1), 100, null));
                SluiceClient client = SluiceClient.builder(server.address())
                        .maxFrameBytes(500)
                        .build()) {
            TestSubscriber subscriber = new TestSubscriber(1000);
            client.subscribe(ORDERS).subscribe(subscriber);
            assertThat(subscriber.code()).isEqualTo("PROTOCOL_ERROR");
            assertThat(subscriber.error).hasMessageContaining("more than 500 bytes");
        }
    }

    /** No reset, no close, no ping: the connection is given up. */
    @Test
    void aSilentConnectionIsLost() throws Exception {
        try (FakeServer server = new FakeServer((connection, frame) -> {});
                SluiceClient client = SluiceClient.builder(server.address())
                        .backOff(Duration.ofMillis(1), Duration.ofMillis(2))
                        .silence(Duration.ofMillis(100))
                        .build()) {
            client.subscribe(ORDERS).subscribe(new TestSubscriber(1));
            await().atMost(Duration.ofSeconds(20)).until(() -> server.accepted.get() >= 3);
        }
    }

    /** What is not taken stays where it is: in the sockets, on the node. */
    @Test
    void aSubscriberThatBlocksHoldsBackTheNode() throws Exception {
        FakeTopics topics = topics();
        CountDownLatch goOn = new CountDownLatch(1);
        CompletableFuture<Record> first = new CompletableFuture<>();
        try (FakeServer server = new FakeServer(topics);
                SluiceClient client = SluiceClient.builder(server.address())
                        .window(100, 1 << 20)
                        .build()) {
            TestSubscriber inner = new TestSubscriber(Long.MAX_VALUE);
            client.subscribe(ORDERS.limit(1_000)).subscribe(new java.util.concurrent.Flow.Subscriber<Record>() {
                @Override
                public void onSubscribe(java.util.concurrent.Flow.Subscription subscription) {
                    inner.onSubscribe(subscription);
                }

                @Override
                public void onNext(Record record) {
                    if (first.complete(record)) {
                        try {
                            assertThat(goOn.await(30, TimeUnit.SECONDS)).isTrue();
                        } catch (InterruptedException e) {
                            throw new IllegalStateException(e);
                        }
                    }
                    inner.onNext(record);
                }

                @Override
                public void onError(Throwable error) {
                    inner.onError(error);
                }

                @Override
                public void onComplete() {
                    inner.onComplete();
                }
            });
            first.get(10, TimeUnit.SECONDS);
            long granted = topics.received.stream()
                    .mapToLong(frame -> frame.path("records").asLong()
                            + frame.at("/credit/records").asLong())
                    .sum();
            assertThat(granted).isLessThanOrEqualTo(100);
            goOn.countDown();
            assertThat(inner.end()).isEqualTo("complete");
            assertThat(inner.records).hasSize(1_000);
        }
    }

    @Test
    void closingTheClientEndsItsSubscriptions() throws Exception {
        try (FakeServer server = new FakeServer(topics())) {
            SluiceClient client = client(server);
            TestSubscriber running = new TestSubscriber(1);
            client.subscribe(ORDERS).subscribe(running);
            running.next();
            client.close();
            assertThat(running.code()).isEqualTo("CLOSED");
            assertThat(((SluiceException) running.error).positions()).hasToString("orders:0=1");
            TestSubscriber late = new TestSubscriber(1);
            client.subscribe(ORDERS).subscribe(late);
            assertThat(late.code()).isEqualTo("CLOSED");
            await().until(() -> server.openConnections() == 0);
        }
    }

    @Test
    void headersGoWithTheHandshake() throws Exception {
        CompletableFuture<String> seen = new CompletableFuture<>();
        FakeServer.Script script = new FakeServer.Script() {
            @Override
            public int onHandshake(String path, Map<String, String> headers) {
                seen.complete(path + " " + headers.get("authorization") + " " + headers.get("sec-websocket-protocol"));
                return 101;
            }

            @Override
            public void onFrame(FakeServer.Connection connection, JsonNode frame) {}
        };
        try (FakeServer server = new FakeServer(script);
                SluiceClient client = SluiceClient.builder(server.address())
                        .header("Authorization", "Bearer x")
                        .build()) {
            client.subscribe(ORDERS).subscribe(new TestSubscriber(1));
            assertThat(seen.get(10, TimeUnit.SECONDS)).isEqualTo("/v1/subscribe Bearer x sluice.v1.cbor");
        }
    }

    @Test
    void aByeLeadsToTheNodeThatItNames() throws Exception {
        try (FakeServer next = new FakeServer(topics());
                FakeServer first = new FakeServer((connection, frame) -> {
                    var bye = FakeTopics.NODES
                            .objectNode()
                            .put("type", "bye")
                            .put("reason", "stops")
                            .put("reconnect", true);
                    bye.putArray("to").add(next.socketAddress());
                    connection.send(bye);
                    connection.close(1001, "stops");
                });
                SluiceClient client = SluiceClient.builder(first.address())
                        .backOff(Duration.ofHours(1), Duration.ofHours(1))
                        .build()) {
            TestSubscriber subscriber = new TestSubscriber(1);
            client.subscribe(ORDERS).subscribe(subscriber);
            assertThat(subscriber.next().offset()).isZero();
        }
    }

    @Test
    void aRecordOfSeveralMegabytesComesInPieces() throws Exception {
        byte[] large = new byte[5_000_000];
        new Random(5).nextBytes(large);
        try (FakeServer server = new FakeServer((connection, frame) -> {
                    var subscribed = FakeTopics.frame("subscribed");
                    subscribed.putObject("positions").putObject("orders").put("0", 0);
                    subscribed.putObject("partitions").putArray("orders").add(0);
                    connection.send(subscribed);
                    var records =
                            FakeTopics.frame("records").put("topic", "orders").put("partition", 0);
                    records.put("next", 1).put("bytes", large.length);
                    records.putArray("records").addObject().put("o", 0).put("v", large);
                    connection.sendFragments(records, 700_000);
                });
                SluiceClient client = client(server)) {
            TestSubscriber subscriber = new TestSubscriber(1);
            client.subscribe(ORDERS.limit(1)).subscribe(subscriber);
            assertThat(subscriber.next().value()).isEqualTo(large);
            assertThat(subscriber.end()).isEqualTo("complete");
        }
    }
}
