/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.http.socket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sluice.http.auth.Principal;
import io.sluice.http.route.Problem;
import io.sluice.http.route.ProblemKind;
import io.sluice.http.socket.frame.FrameFormat;
import io.sluice.http.socket.frame.Frames;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Real sockets, the JDK's client and one by hand, in front of a log in memory. */
@Timeout(60)
class SocketIT {
    private static final int PARTITIONS = 3;
    private static final int RECORDS = 1_000;

    private final FakeLog log = new FakeLog(PARTITIONS, RECORDS, 10);
    private SocketServer server;

    private SocketServer server(SocketOptions options) {
        server = new SocketServer(log, options);
        return server;
    }

    @AfterEach
    void stop() {
        if (server != null) {
            server.close();
        }
    }

    /** Moves on by a records frame; every record has to be the next. */
    private static int follow(ObjectNode positions, JsonNode frame) {
        String topic = frame.get("topic").asText();
        int partition = frame.get("partition").asInt();
        ObjectNode ofTopic = (ObjectNode) positions.get(topic);
        long at = ofTopic.get(Integer.toString(partition)).asLong();
        for (JsonNode record : frame.get("records")) {
            assertThat(record.get("o").asLong()).as(frame.toString()).isEqualTo(at);
            assertThat(record.get("v").asText()).isEqualTo(FakeLog.value(topic, partition, at));
            at++;
        }
        assertThat(frame.get("next").asLong()).isEqualTo(at);
        ofTopic.put(Integer.toString(partition), at);
        return frame.get("records").size();
    }

    @ParameterizedTest
    @EnumSource(FrameFormat.class)
    void everyRecordComesOnceInOrderAsCreditIsGranted(FrameFormat format) throws Exception {
        // Given
        try (TestSocket socket = new TestSocket(server(SocketOptions.DEFAULTS).uri(), format)) {
            // When
            socket.subscribe("a", "orders", "\"earliest\"", 7);
            JsonNode subscribed = socket.expect("subscribed");
            assertThat(subscribed.get("partitions").get("orders").size()).isEqualTo(PARTITIONS);
            ObjectNode positions = (ObjectNode) subscribed.get("positions");
            int received = 0;
            int granted = 7;
            while (received < PARTITIONS * RECORDS) {
                received += follow(positions, socket.expect("records"));
                assertThat(received).isLessThanOrEqualTo(granted);
                if (received == granted) {
                    assertThat(socket.frames).isEmpty();
                    granted += 13;
                    socket.send("{\"type\":\"credit\",\"id\":\"a\",\"records\":13}");
                }
            }

            // Then
            assertThat(received).isEqualTo(PARTITIONS * RECORDS);
            assertThat(server.sockets.count()).isEqualTo(1);
        }
        await().untilAsserted(() -> assertThat(server.sockets.count()).isZero());
        await().untilAsserted(() -> assertThat(log.running).hasValue(0));
    }

    @Test
    void aClientThatIsCutOffTwentyTimesSeesEveryRecordOnce() throws Exception {
        // Given
        server(SocketOptions.DEFAULTS);
        Random random = new Random(4);
        ObjectNode positions = Frames.JSON.createObjectNode();
        ObjectNode ofOrders = positions.putObject("orders");
        for (int p = 0; p < PARTITIONS; p++) {
            ofOrders.put(Integer.toString(p), 0L);
        }
        int received = 0;
        for (int cut = 0; cut <= 20; cut++) {
            try (TestSocket socket = new TestSocket(server.uri(), FrameFormat.JSON)) {
                // When
                socket.subscribe("a", "orders", "{\"offsets\":" + positions + "}", Integer.MAX_VALUE);
                assertThat(socket.expect("subscribed").get("positions").toString())
                        .isEqualTo(positions.toString());
                int until = cut == 20 ? Integer.MAX_VALUE : received + random.nextInt(200);
                while (received < Math.min(until, PARTITIONS * RECORDS)) {
                    received += follow(positions, socket.expect("records"));
                }
            }
        }

        // Then
        assertThat(received).isEqualTo(PARTITIONS * RECORDS);
    }

    @Test
    void whatIsWrongWithOneFrameOrSubscriptionIsToldAndTheOthersLive() throws Exception {
        // Given
        try (TestSocket socket = new TestSocket(server(SocketOptions.DEFAULTS).uri(), FrameFormat.JSON)) {
            socket.subscribe("good", "orders", "\"earliest\"", 0);
            socket.expect("subscribed");

            // When
            socket.send("{\"type\":\"subscribe\",\"id\":\"bad\",\"topics\":[\"nothing\"]}");
            JsonNode unknown = socket.expect("error");
            socket.send("{\"type\":\"nonsense\"}");
            JsonNode nonsense = socket.expect("error");
            socket.send("[[[");
            JsonNode noJson = socket.expect("error");
            socket.send("{\"type\":\"subscribe\",\"id\":\"f\",\"topics\":[\"orders\"],\"filter\":\"$.a =\"}");
            JsonNode filter = socket.expect("error");
            socket.send("{\"type\":\"credit\",\"id\":\"good\",\"records\":5}");

            // Then
            assertThat(unknown.toString())
                    .isEqualTo(
                            "{\"type\":\"error\",\"id\":\"bad\",\"code\":\"UNKNOWN_TOPIC\",\"message\":\"topic 'nothing' does not exist\",\"fatal\":true}");
            assertThat(nonsense.get("message").asText()).startsWith("type: expected one of commit,");
            assertThat(noJson.get("message").asText()).isEqualTo("a frame is an object, not an array");
            assertThat(filter.get("message").asText()).isEqualTo("filter, character 5: '=' does not belong here");
            assertThat(socket.expect("records").get("records").size()).isEqualTo(5);
        }
    }

    @Test
    void aFilterLeavesOutAndProgressSaysHowFarItIs() throws Exception {
        // Given
        SocketOptions quick = SocketOptions.DEFAULTS.withIntervals(Duration.ofSeconds(20), Duration.ofMillis(20));
        try (TestSocket socket = new TestSocket(server(quick).uri(), FrameFormat.JSON)) {
            // When
            socket.send(
                    "{\"type\":\"subscribe\",\"id\":\"a\",\"topics\":[\"orders\"],\"from\":\"earliest\",\"filter\":\"key == 'none'\","
                            + "\"credit\":{\"records\":1}}");
            socket.expect("subscribed");

            // Then
            JsonNode progress;
            do {
                progress = socket.expect("progress");
            } while (!progress.get("positions").toString().equals("{\"orders\":{\"0\":1000,\"1\":1000,\"2\":1000}}"));
        }
    }

    @Test
    void seekPauseAndResumeGoOnExactly() throws Exception {
        // Given
        try (TestSocket socket = new TestSocket(server(SocketOptions.DEFAULTS).uri(), FrameFormat.CBOR)) {
            socket.subscribe("a", "returns", "\"earliest\"", 5);
            socket.expect("subscribed");
            socket.expect("records");

            // When
            socket.send("{\"type\":\"pause\",\"id\":\"a\"}");
            socket.send("{\"type\":\"seek\",\"id\":\"a\",\"positions\":{\"returns\":{\"0\":500,\"1\":500,\"2\":500}}}");
            JsonNode sought = socket.expect("subscribed");
            socket.send("{\"type\":\"credit\",\"id\":\"a\",\"records\":5}");
            await().untilAsserted(() -> assertThat(log.running).hasValue(0));
            assertThat(socket.frames).isEmpty();
            socket.send("{\"type\":\"resume\",\"id\":\"a\"}");
            JsonNode resumed = socket.expect("subscribed");

            // Then
            assertThat(sought.get("positions").toString()).isEqualTo("{\"returns\":{\"0\":500,\"1\":500,\"2\":500}}");
            assertThat(resumed.get("positions")).isEqualTo(sought.get("positions"));
            assertThat(follow((ObjectNode) resumed.get("positions"), socket.expect("records")))
                    .isEqualTo(5);
        }
    }

    @Test
    void messagesMayComeInFragmentsWithPingsBetween() throws Exception {
        // Given
        try (TestSocket socket = new TestSocket(server(SocketOptions.DEFAULTS).uri(), FrameFormat.JSON)) {
            // When
            socket.socket.sendText("{\"type\":\"subscribe\",\"id\":\"ü", false).join();
            socket.socket
                    .sendPing(ByteBuffer.wrap("hi".getBytes(java.nio.charset.StandardCharsets.UTF_8)))
                    .join();
            socket.socket.sendText("\",\"topics\":[\"orders\"]}", true).join();

            // Then
            assertThat(socket.pong.get(10, TimeUnit.SECONDS)).isEqualTo("hi");
            assertThat(socket.expect("subscribed").get("id").asText()).isEqualTo("ü");
        }
    }

    @Test
    void theWrongKindOfMessageClosesTheSocket() throws Exception {
        // Given
        server(SocketOptions.DEFAULTS);
        try (TestSocket json = new TestSocket(server.uri(), FrameFormat.JSON);
                TestSocket cbor = new TestSocket(server.uri(), FrameFormat.CBOR)) {
            // When
            json.socket.sendBinary(ByteBuffer.allocate(3), true).join();
            cbor.socket.sendText("{}", true).join();

            // Then
            assertThat(json.closed()).isEqualTo("1003 sluice.v1.json takes text messages only");
            assertThat(cbor.closed()).isEqualTo("1003 sluice.v1.cbor takes binary messages only");
        }
    }

    @Test
    void aMessageThatIsTooLongClosesTheSocket() throws Exception {
        // Given
        try (TestSocket socket = new TestSocket(
                server(SocketOptions.DEFAULTS.withMaxBytes(100, 100)).uri(), FrameFormat.JSON)) {
            // When
            socket.socket.sendText("x".repeat(101), true).join();

            // Then
            assertThat(socket.closed()).isEqualTo("1009 a message may have 100 bytes");
        }
    }

    @ParameterizedTest(name = "{1}")
    @CsvSource({
        "8182 00000000 61FF, 8 1007 a text must be UTF-8",
        "8102 6162, 8 1002 a frame of a client must be masked",
        "8080 00000000, 8 1002 a continuation of no message",
        "8882 00000000 03E8, 8 1000 ",
        "8880 00000000, 8 ",
        "8882 00000000 0FA0, 8 4000 "
    })
    void closeCodesSayWhatWasWrong(String hex, String answer) throws Exception {
        // Given
        try (RawSocket socket = new RawSocket(server(SocketOptions.DEFAULTS).port())) {
            // When
            socket.sendHex(hex);

            // Then
            assertThat(socket.read().strip()).isEqualTo(answer.strip());
            assertThat(socket.read()).isEqualTo("end");
        }
    }

    @Test
    void aClientThatIsSilentForTwoPingsIsGone() throws Exception {
        // Given
        SocketOptions quick = SocketOptions.DEFAULTS.withIntervals(Duration.ofMillis(500), Duration.ofSeconds(1));
        try (RawSocket socket = new RawSocket(server(quick).port())) {
            // When
            String first = socket.read();
            socket.sendHex("8A80 00000000");
            String second = socket.read();
            String third = socket.read();

            // Then
            assertThat(List.of(first, second)).containsOnly("9 ");
            assertThat(third).isIn("9 ", "end");
            await().untilAsserted(() -> assertThat(server.sockets.count()).isZero());
        }
    }

    @Test
    void whoDoesNotReadHoldsBackTheLog() throws Exception {
        // Given: a lot of credit, a little of it in the sockets' buffers
        FakeLog endless = new FakeLog(1, 50_000_000, 1_000);
        try (SocketServer large = new SocketServer(endless, SocketOptions.DEFAULTS);
                RawSocket socket = new RawSocket(large.port())) {
            byte[] subscribe =
                    "{\"type\":\"subscribe\",\"id\":\"a\",\"topics\":[\"orders\"],\"from\":\"earliest\",\"credit\":{\"records\":9007199254740991}}"
                            .getBytes(java.nio.charset.StandardCharsets.US_ASCII);
            socket.sendHex("81FE" + "%04x".formatted(subscribe.length) + "00000000");

            // When
            socket.send(subscribe);
            assertThat(socket.read()).contains("subscribed");

            // Then
            await().pollInterval(Duration.ofMillis(300)).until(new java.util.concurrent.Callable<Boolean>() {
                private long before = -1;

                @Override
                public Boolean call() {
                    long now = endless.pulled.get();
                    boolean rests = now == before && now > 0;
                    before = now;
                    return rests;
                }
            });
            assertThat(endless.pulled.get()).isLessThan(1_000_000);
        }
    }

    @Test
    void whenTheNodeStopsEverySocketSaysByeAndWhereToGo() throws Exception {
        // Given
        server(SocketOptions.DEFAULTS);
        try (TestSocket socket = new TestSocket(server.uri(), FrameFormat.JSON)) {
            socket.subscribe("a", "orders", "\"earliest\"", 5);
            socket.expect("subscribed");
            socket.expect("records");

            // When
            var stopped = server.sockets.stop("the node stops", List.of("ws://other:1"));

            // Then
            assertThat(socket.expect("bye").toString())
                    .isEqualTo(
                            "{\"type\":\"bye\",\"reason\":\"the node stops\",\"reconnect\":true,\"to\":[\"ws://other:1/v1/subscribe\"]}");
            assertThat(socket.closed()).isEqualTo("1001 the node stops");
            stopped.toCompletableFuture().get(10, TimeUnit.SECONDS);
        }
    }

    // --- the handshake

    private static int refused(WebSocket.Builder builder, URI uri) {
        CompletionException failed = catchThrowableOfType(
                CompletionException.class,
                () -> builder.buildAsync(uri, new WebSocket.Listener() {}).join());
        assertThat(failed).hasCauseInstanceOf(WebSocketHandshakeException.class);
        return ((WebSocketHandshakeException) failed.getCause()).getResponse().statusCode();
    }

    @Test
    void whatCanNotBecomeASocketIsRefusedInHttp() throws Exception {
        // Given
        server(SocketOptions.DEFAULTS.withMaxConnections(2, 10));
        HttpClient client = HttpClient.newHttpClient();
        URI plain = URI.create("http://127.0.0.1:" + server.port() + "/v1/subscribe");

        // When, Then
        HttpResponse<String> response =
                client.send(HttpRequest.newBuilder(plain).build(), HttpResponse.BodyHandlers.ofString());
        assertThat(response.statusCode()).isEqualTo(426);
        assertThat(response.headers().firstValue("content-type")).hasValue("application/problem+json");
        assertThat(Frames.JSON.readTree(response.body()).get("detail").asText())
                .isEqualTo("This address speaks WebSocket (RFC 6455, version 13).");
        assertThat(refused(client.newWebSocketBuilder().header("Origin", "http://evil.example"), server.uri()))
                .isEqualTo(403);
        assertThat(refused(client.newWebSocketBuilder().subprotocols("mqtt"), server.uri()))
                .isEqualTo(400);
        List<TestSocket> open = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            open.add(new TestSocket(server.uri(), FrameFormat.JSON));
        }
        await().untilAsserted(() -> assertThat(server.sockets.count()).isEqualTo(2));
        assertThat(refused(client.newWebSocketBuilder(), server.uri())).isEqualTo(503);
        assertThat(server.meters
                        .get("sluice.websocket.connections.refused")
                        .counter()
                        .count())
                .isEqualTo(1);
        open.forEach(TestSocket::close);
    }

    @Test
    void anAddressMayHaveSoManySockets() {
        // Given
        server(SocketOptions.DEFAULTS.withMaxConnections(10, 1));
        try (TestSocket first = new TestSocket(server.uri(), FrameFormat.JSON)) {
            await().untilAsserted(() -> assertThat(server.sockets.count()).isEqualTo(1));

            // When
            int status = refused(HttpClient.newHttpClient().newWebSocketBuilder(), server.uri());

            // Then
            assertThat(status).isEqualTo(429);
            assertThat(first.closed).isNotDone();
        }
    }

    @Test
    void aTicketOpensOneSocketWhereTheServerWantsToKnowWhoAsks() {
        // Given
        server(SocketOptions.DEFAULTS);
        server.authenticator = credentials -> CompletableFuture.failedFuture(
                Problem.of(ProblemKind.UNAUTHORIZED, "Nobody may.").asException());
        HttpClient client = HttpClient.newHttpClient();
        String first = server.tickets.issue(Principal.ANONYMOUS);
        String second = server.tickets.issue(Principal.ANONYMOUS);

        // When
        WebSocket byQuery = client.newWebSocketBuilder()
                .buildAsync(URI.create(server.uri() + "?ticket=" + first), new WebSocket.Listener() {})
                .join();
        WebSocket bySubprotocol = client.newWebSocketBuilder()
                .subprotocols("sluice.v1.cbor", "sluice.ticket." + second)
                .buildAsync(server.uri(), new WebSocket.Listener() {})
                .join();

        // Then
        assertThat(byQuery.getSubprotocol()).isEmpty();
        assertThat(bySubprotocol.getSubprotocol()).isEqualTo("sluice.v1.cbor");
        assertThat(refused(client.newWebSocketBuilder(), server.uri())).isEqualTo(401);
        assertThat(refused(client.newWebSocketBuilder(), URI.create(server.uri() + "?ticket=" + first)))
                .isEqualTo(401);
        byQuery.abort();
        bySubprotocol.abort();
    }

    @Test
    void aPageOfTheSameOriginMayConnect() throws Exception {
        // Given
        server(SocketOptions.DEFAULTS);

        // When
        WebSocket socket = HttpClient.newHttpClient()
                .newWebSocketBuilder()
                .header("Origin", "http://127.0.0.1:" + server.port())
                .buildAsync(server.uri(), new WebSocket.Listener() {})
                .get(10, TimeUnit.SECONDS);

        // Then
        assertThat(socket.getSubprotocol()).isEmpty();
        socket.abort();
    }
}
