/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.http.server;

import static io.sluice.http.testing.Web.json;
import static io.sluice.http.testing.Web.problem;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.sluice.http.testing.Web;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.SequenceInputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Producing over REST with bodies of one record a line. Every test has a topic of its own. */
class RestLinesIT {
    /** Ten times what a body may be otherwise. */
    private static final int STREAMED = 200_000;

    @RegisterExtension
    static final RestNode NODE = new RestNode();

    private final Web web = NODE.web();

    private static InputStream lines(int count, String line) {
        return new SequenceInputStream(Collections.enumeration(IntStream.range(0, count / 1_000)
                .mapToObj(i -> (InputStream)
                        new ByteArrayInputStream(line.repeat(1_000).getBytes(StandardCharsets.US_ASCII)))
                .toList()));
    }

    @Test
    void aLineIsARecord() throws Exception {
        NODE.create("lines", 1);
        StringBuilder lines = new StringBuilder();
        for (int i = 0; i < 1_000; i++) {
            lines.append("{\"value\": {\"n\": ").append(i).append("}}\n");
        }

        JsonNode results = json(
                web.send(web.request("/v1/topics/lines/records?value=json&acks=1")
                        .header("Content-Type", "application/x-ndjson; charset=utf-8")
                        .POST(BodyPublishers.ofString(lines.toString()))),
                200);

        assertThat(results.toString())
                .isEqualTo(
                        "{\"records\":1000,\"partitions\":[{\"partition\":0,\"records\":1000,\"first\":0,\"last\":999}]}");
        List<Integer> numbers = new ArrayList<>();
        long next = 0;
        while (next < 1_000) {
            JsonNode page = NODE.page("lines", "?value=json&limit=10000&offset=" + next);
            assertThat(page.path("records").size())
                    .as("bounded by sluice.http.read.max.bytes")
                    .isBetween(1, 400);
            page.path("records")
                    .forEach(record -> numbers.add(record.at("/value/n").asInt()));
            next = page.path("next").asLong();
        }
        assertThat(numbers).hasSize(1_000).isSorted();
    }

    @Test
    void aStreamOfLinesMayBeOfAnyLength() throws Exception {
        NODE.create("streamed", 1);
        String line = "{\"value\": \"" + "x".repeat(100) + "\"}\n";

        JsonNode summary = json(
                web.send(web.request("/v1/topics/streamed/records")
                        .header("Content-Type", "application/x-ndjson")
                        .POST(BodyPublishers.ofInputStream(() -> lines(STREAMED, line)))),
                200);

        assertThat(summary.path("records").asInt()).isEqualTo(STREAMED);
        assertThat(summary.at("/partitions/0/last").asInt()).isEqualTo(STREAMED - 1);
        assertThat(NODE.page("streamed", "?offset=latest").path("end").asInt()).isEqualTo(STREAMED);
        Awaitility.await().until(() -> web.metric("sluice.http.memory.used") == 0);
    }

    @Test
    void eachRecordOfAStreamIsAnsweredWhileItGoesOn() throws Exception {
        NODE.create("talked", 1);
        try (Socket socket = new Socket(
                InetAddress.getLoopbackAddress(), web.server.address().getPort())) {
            socket.setSoTimeout(30_000);
            OutputStream out = socket.getOutputStream();
            BufferedReader in =
                    new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
            String head = """
                    POST /v1/topics/talked/records?results=lines HTTP/1.1
                    Host: x
                    Content-Type: application/x-ndjson
                    Transfer-Encoding: chunked

                    """;
            out.write(head.replace("\n", "\r\n").getBytes(StandardCharsets.US_ASCII));
            for (int i = 0; i < 3; i++) {
                String line = "{\"value\": \"" + i + "\"}\n";
                out.write((Integer.toHexString(line.length()) + "\r\n" + line + "\r\n")
                        .getBytes(StandardCharsets.US_ASCII));
                String answer = in.readLine();
                while (!answer.startsWith("{")) {
                    answer = in.readLine();
                }
                assertThat(answer).isEqualTo("{\"partition\":0,\"offset\":" + i + "}");
            }
        }
        Awaitility.await().until(() -> web.metric("sluice.http.memory.used") == 0);
    }

    @Test
    void aStreamEndsAtItsFirstProblemWhichTellsWhatWasWritten() throws Exception {
        NODE.create("broken-off", 1);
        String lines = "{\"value\": \"x\"}\n".repeat(5) + "{\"valu\": 1}\n" + "{\"value\": \"y\"}\n".repeat(100_000);

        JsonNode problem = problem(
                web.send(web.request("/v1/topics/broken-off/records")
                        .header("Content-Type", "application/x-ndjson")
                        .POST(BodyPublishers.ofString(lines))),
                400,
                "bad-body");

        assertThat(problem.path("detail").asText())
                .startsWith("Record 5 of the body, counted from 0, has a member \"valu\"");
        assertThat(problem.path("records").asInt())
                .isEqualTo(NODE.page("broken-off", "?offset=latest").path("end").asInt());
        assertThat(problem.path("records").asInt()).isLessThanOrEqualTo(5);

        HttpResponse<String> told = web.send(web.request("/v1/topics/broken-off/records?results=lines")
                .header("Content-Type", "application/x-ndjson")
                .POST(BodyPublishers.ofString(lines)));
        assertThat(told.statusCode()).isEqualTo(200);
        assertThat(told.body().lines().reduce((one, other) -> other).orElseThrow())
                .contains("urn:sluice:problem:bad-body");
    }

    @Test
    void aLineThatNoRecordCanBeIsRefused() throws Exception {
        json(web.send("POST", "/v1/topics", "{\"name\": \"narrow\", \"configs\": {\"max.message.bytes\": 2000}}"), 201);

        JsonNode problem = problem(
                web.send(web.request("/v1/topics/narrow/records")
                        .header("Content-Type", "application/x-ndjson")
                        .POST(BodyPublishers.ofString("{}\n{\"value\": \"" + "x".repeat(200_000) + "\"}\n"))),
                400,
                "bad-body");

        assertThat(problem.path("detail").asText()).contains("longer than 69536 bytes");
    }
}
