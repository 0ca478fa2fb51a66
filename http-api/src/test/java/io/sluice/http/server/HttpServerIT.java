/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.http.server;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.http.testing.Web;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The server over real sockets, in front of a real node. */
class HttpServerIT {
    @TempDir
    private Path data;

    @Test
    void probesAndPrometheusAreAnswered() throws Exception {
        try (Web web = Web.start(data, Map.of())) {
            assertThat(web.get("/health/live").body()).isEqualTo("alive\n");
            HttpResponse<String> ready = web.get("/health/ready");
            assertThat(ready.statusCode()).isEqualTo(200);
            assertThat(ready.body()).startsWith("ready: leads ");

            HttpResponse<String> metrics = web.get("/metrics");

            assertThat(metrics.headers().firstValue("Content-Type"))
                    .hasValueSatisfying(
                            type -> assertThat(type).startsWith("text/plain").contains("version=0.0.4"));
            assertThat(metrics.body())
                    .contains("\nsluice_node_ready{node=\"1\"} 1.0\n", "\nsluice_http_connections 1.0\n");
            assertThat(metrics.headers().firstValue("Server")).isEmpty();

            web.node.stop();
            Awaitility.await()
                    .untilAsserted(() -> assertThat(web.node.health().ready()).isFalse());
        }
    }

    @Test
    void whatIsNotThereIsAProblem() throws Exception {
        try (Web web = Web.start(data, Map.of())) {
            Web.problem(web.get("/nope"), 404, "nothing-here");
            Web.problem(web.send("PUT", "/health/live", "{}"), 405, "wrong-method");
            Web.problem(web.get("/health/live?verbose=1"), 400, "bad-parameter");
            try (Socket socket = connect(web)) {
                assertThat(exchange(socket, "GET /health/live?a=%zz HTTP/1.1\r\nHost: x\r\n\r\n"))
                        .startsWith("HTTP/1.1 400 ");
            }
            assertThat(web.metric("sluice.http.responses", "status", "4xx")).isGreaterThanOrEqualTo(3);
        }
    }

    @Test
    void aLargeBodyThatNobodyWantsIsNoReasonToCutItsSenderOff() throws Exception {
        try (Web web = Web.start(data, Map.of())) {
            byte[] large = new byte[8 << 20];

            Web.problem(web.send(web.request("/nope").POST(BodyPublishers.ofByteArray(large))), 404, "nothing-here");
            assertThat(web.get("/health/live").statusCode()).isEqualTo(200);
        }
    }

    @Test
    void oneConnectionTooManyIsToldSo() throws Exception {
        try (Web web = Web.start(data, Map.of("sluice.http.connections.max", "2"))) {
            List<Socket> sockets = new ArrayList<>();
            for (int i = 0; i < 2; i++) {
                sockets.add(connect(web));
            }
            Awaitility.await().untilAsserted(() -> assertThat(web.metric("sluice.http.connections"))
                    .isEqualTo(2));

            HttpResponse<String> refused = web.get("/health/live");

            assertThat(Web.problem(refused, 503, "busy").path("detail").asText())
                    .contains("sluice.http.connections.max");
            assertThat(web.metric("sluice.http.connections.refused")).isEqualTo(1);
            for (Socket socket : sockets) {
                socket.close();
            }
            Awaitility.await()
                    .untilAsserted(() ->
                            assertThat(web.get("/health/live").statusCode()).isEqualTo(200));
        }
    }

    @Test
    void oneConnectionTooManyOfAnAddressIsToldSo() throws Exception {
        try (Web web = Web.start(data, Map.of("sluice.http.connections.per.address.max", "1"))) {
            try (Socket first = connect(web)) {
                assertThat(exchange(first, "GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n"))
                        .startsWith("HTTP/1.1 200");

                Web.problem(web.get("/health/live"), 503, "busy");
            }
            Awaitility.await()
                    .untilAsserted(() ->
                            assertThat(web.get("/health/live").statusCode()).isEqualTo(200));
        }
    }

    @Test
    void nonsenseIsAnsweredAndTheServerLivesOn() throws Exception {
        try (Web web =
                Web.start(data, Map.of("sluice.http.uri.max.bytes", "300", "sluice.http.header.max.bytes", "300"))) {
            for (String nonsense : List.of(
                    "\u0000\u0001\u0002".repeat(20) + "\r\n\r\n",
                    "GETS\r\nHost: x\r\n\r\n",
                    "GET /health/live HTTP/9.9\r\n\r\n",
                    "GET /" + "x".repeat(400) + " HTTP/1.1\r\nHost: x\r\n\r\n",
                    "GET / HTTP/1.1\r\nHost: x\r\nX: " + "y".repeat(400) + "\r\n\r\n",
                    "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n")) {
                try (Socket socket = connect(web)) {
                    assertThat(exchange(socket, nonsense))
                            .as(nonsense.substring(0, Math.min(50, nonsense.length())))
                            .matches("(?s)HTTP/1.1 (400|414|431|501|505) .*")
                            .contains("Content-Type: application/problem+json")
                            .containsPattern(
                                    "\\{\"type\":\"urn:sluice:problem:bad-request\".*\"status\":(400|414|431|501|505),\"detail\":\"[^\"]+\\.\"}");
                }
            }
            assertThat(web.get("/health/live").statusCode()).isEqualTo(200);
        }
    }

    @Test
    void whoWantsTheConnectionClosedIsAnsweredFirst() throws Exception {
        try (Web web = Web.start(data, Map.of());
                Socket socket = connect(web)) {
            web.send("POST", "/v1/topics", "{\"name\": \"t\"}");
            long began = System.nanoTime();
            String answer = exchange(
                    socket,
                    "GET /v1/topics/t/partitions/0/records?wait=500 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");

            assertThat(answer).startsWith("HTTP/1.1 200 ");
            assertThat(System.nanoTime() - began).as("it has waited").isGreaterThan(400_000_000L);
        }
    }

    @Test
    void aPortInUseIsSaidInOneLine() throws Exception {
        try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                Web web = Web.start(data, Map.of())) {
            int port = other.getLocalPort();
            String line = "can't listen for HTTP on 127.0.0.1:" + port + ": Address already in use";

            assertThatThrownBy(() -> HttpServer.probe("127.0.0.1", port))
                    .isInstanceOf(IOException.class)
                    .hasMessageStartingWith(line);
            assertThatThrownBy(() -> HttpServer.start(
                            web.node, HttpOptions.of(web.node.settings(), "127.0.0.1", port, web.meters)))
                    .isInstanceOf(IOException.class)
                    .hasMessageStartingWith(line);
            assertThatThrownBy(() -> HttpServer.probe("nowhere.invalid", 80))
                    .hasMessage("can't listen for HTTP: unknown host nowhere.invalid");
            HttpServer.probe("127.0.0.1", 0);
        }
    }

    @Test
    void afterCloseThePortIsFreeAndConnectionsAreGone() throws Exception {
        try (Web web = Web.start(data, Map.of())) {
            int port = web.server.address().getPort();
            try (Socket idle = connect(web)) {
                assertThat(exchange(idle, "GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n"))
                        .startsWith("HTTP/1.1 200");

                web.server.close();

                try {
                    assertThat(idle.getInputStream().readAllBytes()).isEmpty();
                } catch (IOException reset) {
                    assertThat(reset).hasMessageContaining("reset");
                }
            }
            try (ServerSocket again = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
                assertThat(again.isBound()).isTrue();
            }
        }
    }

    @Test
    void aConnectionOnWhichNothingMovesIsClosed() throws Exception {
        // Given
        try (Web web = Web.start(data, Map.of("sluice.http.idle.timeout.ms", "2000"));
                Socket socket = connect(web)) {
            assertThat(exchange(socket, "GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n"))
                    .startsWith("HTTP/1.1 200");
            long began = System.nanoTime();
            // When
            socket.setSoTimeout(10_000);
            int end = socket.getInputStream().read();
            // Then
            assertThat(end).isEqualTo(-1);
            assertThat(System.nanoTime() - began)
                    .as("not before its time, which began with the answer")
                    .isGreaterThan(1_500_000_000L);
            Awaitility.await().untilAsserted(() -> assertThat(web.metric("sluice.http.connections"))
                    .isZero());
        }
    }

    @Test
    void aRequestThatIsBeingAnsweredIsAnsweredWhenTheServerCloses() throws Exception {
        // Given
        try (Web web = Web.start(data, Map.of());
                Socket socket = connect(web)) {
            web.send("POST", "/v1/topics", "{\"name\": \"t\"}");
            socket.getOutputStream()
                    .write("GET /v1/topics/t/partitions/0/records?wait=20000 HTTP/1.1\r\nHost: x\r\n\r\n"
                            .getBytes(US_ASCII));
            Awaitility.await().untilAsserted(() -> assertThat(web.metric("sluice.http.waits"))
                    .isEqualTo(1));
            // When
            web.server.close();
            // Then
            String answer = new String(socket.getInputStream().readAllBytes(), US_ASCII);
            assertThat(answer).startsWith("HTTP/1.1 200 ").contains("\"records\":[]");
        }
    }

    @Test
    void aConnectionBecomesAWebSocketBehindTheAnswersToEarlierRequests() throws Exception {
        // Given
        try (Web web = Web.start(data, Map.of());
                Socket socket = connect(web)) {
            String both = """
                    GET /health/live HTTP/1.1\r
                    Host: x\r
                    \r
                    GET /v1/subscribe HTTP/1.1\r
                    Host: x\r
                    Upgrade: websocket\r
                    Connection: Upgrade\r
                    Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r
                    Sec-WebSocket-Version: 13\r
                    \r
                    """;
            socket.setSoTimeout(10_000);
            // When
            socket.getOutputStream().write(both.getBytes(US_ASCII));
            // Then
            StringBuilder heads = new StringBuilder();
            while (!heads.toString().contains("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")
                    || !heads.toString().endsWith("\r\n\r\n")) {
                heads.append((char) socket.getInputStream().read());
            }
            assertThat(heads.toString()).startsWith("HTTP/1.1 200 ").contains("HTTP/1.1 101 ");
            // When: a ping, masked with zeros
            socket.getOutputStream().write(new byte[] {(byte) 0x89, (byte) 0x81, 0, 0, 0, 0, 'x'});
            // Then
            assertThat(socket.getInputStream().readNBytes(3)).containsExactly(0x8a, 1, 'x');
            assertThat(web.metric("sluice.websocket.connections")).isEqualTo(1);
            Awaitility.await().untilAsserted(() -> assertThat(web.metric("sluice.http.connections"))
                    .as("it is none of HTTP's any more")
                    .isZero());
            // When
            web.server.close();
            // Then: bye, and a close frame
            assertThat(new String(socket.getInputStream().readAllBytes(), ISO_8859_1))
                    .contains("\"type\":\"bye\"");
        }
    }

    @Test
    void aNodeThatHasStoppedLeavesAServerThatClosesAtOnce() throws Exception {
        Web web = Web.start(data, Map.of());
        web.node.stop().toCompletableFuture().join();

        web.server.close();

        assertThatThrownBy(() -> web.get("/health/live")).isInstanceOf(IOException.class);
    }

    @Test
    void aPageWhoseNameWasMadeToResolveToTheNodeReachesNothing() throws Exception {
        try (Web web = Web.start(data, Map.of("sluice.http.hosts", "console.example.org"))) {
            for (String path : new String[] {"/", "/v1/topics", "/metrics", "/sluice.js", "/nope"}) {
                assertThat(statusLine(web, path, "evil.example:8080", ""))
                        .as(path)
                        .startsWith("HTTP/1.1 421");
                assertThat(statusLine(web, path, "console.example.org", ""))
                        .as(path)
                        .matches("HTTP/1.1 (200|404) .*");
            }
            assertThat(statusLine(web, "/v1/subscribe", "evil.example:8080", """
                            Origin: http://evil.example:8080\r
                            Connection: Upgrade\r
                            Upgrade: websocket\r
                            Sec-WebSocket-Version: 13\r
                            Sec-WebSocket-Key: AQIDBAUGBwgJCgsMDQ4PEA==\r
                            """))
                    .startsWith("HTTP/1.1 421");
            assertThat(statusLine(web, "/health/live", "evil.example", "")).startsWith("HTTP/1.1 200");
            assertThat(web.metric("sluice.http.hosts.refused")).isEqualTo(6);
        }
    }

    private static String statusLine(Web web, String path, String host, String headers) throws IOException {
        try (Socket socket = connect(web)) {
            return exchange(socket, "GET " + path + " HTTP/1.1\r\nHost: " + host + "\r\n" + headers + "\r\n")
                    .lines()
                    .findFirst()
                    .orElse("");
        }
    }

    private static Socket connect(Web web) throws IOException {
        Socket socket = new Socket(
                InetAddress.getLoopbackAddress(), web.server.address().getPort());
        socket.setSoTimeout(30_000);
        return socket;
    }

    /** Sends something, and reads the head and what has come with it. */
    private static String exchange(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(US_ASCII));
        byte[] answer = new byte[4_096];
        int read = socket.getInputStream().read(answer);
        return new String(answer, 0, Math.max(0, read), US_ASCII);
    }
}
