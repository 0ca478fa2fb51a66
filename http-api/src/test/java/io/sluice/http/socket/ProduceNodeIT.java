/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.http.socket;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sluice.http.socket.frame.FrameFormat;
import io.sluice.http.testing.Web;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Producing over WebSocket, and over HTTP with numbers, into a whole node. */
@Timeout(120)
class ProduceNodeIT {
    @TempDir
    Path data;

    private static TestSocket open(Web web, FrameFormat format) {
        return new TestSocket(URI.create(web.uri("/v1/produce").toString().replace("http:", "ws:")), format);
    }

    private static Web start(Path data, Map<String, String> settings) throws Exception {
        Web web = Web.start(data, settings);
        Web.json(web.send("POST", "/v1/topics", "{\"name\":\"orders\",\"partitions\":3}"), 201);
        return web;
    }

    /** Values of all partitions, sorted. */
    private static List<String> values(Web web) throws Exception {
        List<String> values = new ArrayList<>();
        for (int partition = 0; partition < 3; partition++) {
            JsonNode page = Web.json(
                    web.get("/v1/topics/orders/partitions/" + partition + "/records?offset=0&limit=1000"), 200);
            page.get("records").forEach(record -> values.add(record.get("value").asText()));
        }
        values.sort(null);
        return values;
    }

    @ParameterizedTest
    @EnumSource(FrameFormat.class)
    void recordsAreWrittenAndTheAnswerSaysWhere(FrameFormat format) throws Exception {
        // Given
        try (Web web = start(data, Map.of());
                TestSocket socket = open(web, format)) {
            // When
            socket.send(
                    "{\"type\":\"produce\",\"id\":\"1\",\"topic\":\"orders\",\"records\":["
                            + "{\"k\":\"a\",\"v\":\"one\",\"h\":[[\"h\",\"x\"]],\"p\":1,\"t\":5},{\"v\":\"two\",\"p\":1},{\"v\":\"three\",\"p\":2}]}");
            JsonNode produced = socket.expect("produced");
            socket.send("{\"type\":\"produce\",\"id\":\"2\",\"topic\":\"nothing\",\"records\":[{\"v\":\"x\"}]}");
            JsonNode unknown = socket.expect("error");
            socket.send(
                    "{\"type\":\"produce\",\"id\":\"3\",\"topic\":\"orders\",\"acks\":\"0\",\"records\":[{\"v\":\"four\",\"p\":1}]}");
            socket.send(
                    "{\"type\":\"produce\",\"id\":\"4\",\"topic\":\"orders\",\"records\":[{\"v\":\"five\",\"p\":1}]}");
            JsonNode last = socket.expect("produced");

            // Then
            assertThat(produced.toString())
                    .isEqualTo(
                            "{\"type\":\"produced\",\"id\":\"1\",\"records\":[{\"p\":1,\"o\":0},{\"p\":1,\"o\":1},{\"p\":2,\"o\":0}]}");
            assertThat(unknown.get("code").asText()).isEqualTo("UNKNOWN_TOPIC");
            assertThat(unknown.get("fatal").asBoolean()).isFalse();
            assertThat(last.get("id").asText()).isEqualTo("4");
            assertThat(last.get("records").toString()).isEqualTo("[{\"p\":1,\"o\":3}]");
            JsonNode read = Web.json(web.get("/v1/topics/orders/partitions/1/records?offset=0&limit=1"), 200)
                    .get("records")
                    .get(0);
            assertThat(read.toString())
                    .isEqualTo(
                            "{\"offset\":0,\"timestamp\":5,\"key\":\"a\",\"value\":\"one\",\"headers\":[{\"key\":\"h\",\"value\":\"x\"}]}");
        }
    }

    private static String named(int sequence, int count) {
        StringBuilder frame = new StringBuilder("{\"type\":\"produce\",\"id\":\"" + sequence
                + "\",\"topic\":\"orders\",\"producer\":\"till-4\",\"sequence\":" + sequence + ",\"records\":[");
        for (int i = sequence; i < sequence + count; i++) {
            frame.append(i == sequence ? "" : ",").append("{\"k\":\"k" + i + "\",\"v\":\"%04d\"}".formatted(i));
        }
        return frame.append("]}").toString();
    }

    @Test
    void framesThatComeAgainOnAnotherSocketAfterARestartAndOverHttpAreWrittenOnce() throws Exception {
        // Given: frames whose answers nobody saw
        List<String> expected = new ArrayList<>();
        for (int i = 0; i < 210; i++) {
            expected.add("%04d".formatted(i));
        }
        JsonNode before;
        try (Web web = start(data, Map.of())) {
            try (TestSocket socket = open(web, FrameFormat.JSON)) {
                for (int sequence = 0; sequence < 200; sequence += 10) {
                    socket.send(named(sequence, 10));
                }
                before = null;
                for (int answers = 0; answers < 20; answers++) {
                    before = socket.expect("produced");
                }
            }
            // When: they come again
            try (TestSocket socket = open(web, FrameFormat.CBOR)) {
                for (int sequence = 150; sequence < 210; sequence += 10) {
                    socket.send(named(sequence, 10));
                }
                for (int answers = 0; answers < 6; answers++) {
                    JsonNode again = socket.expect("produced");
                    assertThat(again.get("records")).hasSize(10);
                    boolean there = again.get("id").asInt() < 200;
                    assertThat(again.findValues("duplicate"))
                            .as("%s", again)
                            .hasSize(there ? 10 : 0)
                            .allMatch(JsonNode::asBoolean);
                    if (again.get("id").asText().equals("190")) {
                        again.get("records").forEach(record -> ((ObjectNode) record).remove("duplicate"));
                        assertThat(again.toString()).isEqualTo(before.toString());
                    }
                }
            }
            assertThat(values(web)).isEqualTo(expected);
        }
        try (Web web = Web.start(data, Map.of())) {
            JsonNode results = Web.json(
                    web.send(
                            "POST",
                            "/v1/topics/orders/records?producer=till-4&sequence=190",
                            named(190, 10)
                                    .replaceFirst(".*\"records\":", "")
                                    .replace("\"k\":", "\"key\":")
                                    .replace("\"v\":", "\"value\":")
                                    .replaceFirst("}$", "")),
                    200);

            // Then
            assertThat(results.get("results").get(0).get("offset").asLong())
                    .isEqualTo(before.get("records").get(0).get("o").asLong());
            assertThat(values(web)).isEqualTo(expected);
        }
    }

    @Test
    void whatHasNoPlaceBetweenTheNumbersThatAreWrittenIsRefusedAndWhatStandsBehindItToo() throws Exception {
        // Given
        try (Web web = start(data, Map.of());
                TestSocket socket = open(web, FrameFormat.JSON)) {
            String frame =
                    "{\"type\":\"produce\",\"id\":\"%d\",\"topic\":\"orders\",\"producer\":\"x\",\"sequence\":%d,\"records\":[{\"v\":\"a\",\"p\":0}]}";
            socket.send(frame.formatted(10, 10));
            socket.send(frame.formatted(20, 20));
            socket.expect("produced");
            socket.expect("produced");

            // When
            socket.send(frame.formatted(15, 15));
            JsonNode between = socket.expect("error");
            socket.send(frame.formatted(30, 30));
            JsonNode behind = socket.expect("error");

            // Then
            assertThat(between.get("code").asText()).isEqualTo("OUT_OF_ORDER");
            assertThat(between.get("records").toString()).isEqualTo("[{\"p\":0,\"error\":\"OUT_OF_ORDER\"}]");
            assertThat(behind.get("message").asText())
                    .isEqualTo("records 15 and on of producer 'x' were not written: they have to come again first");
        }
    }

    @Test
    void aMessageThatIsTooLongClosesTheSocketAndAWrongOneDoesNot() throws Exception {
        // Given
        try (Web web = start(data, Map.of("sluice.websocket.produce.max.bytes", "2000"));
                TestSocket socket = open(web, FrameFormat.JSON)) {
            // When
            socket.send("{\"type\":\"produce\",\"id\":\"7\",\"topic\":\"orders\"}");
            JsonNode error = socket.expect("error");
            socket.send(named(0, 200));

            // Then
            assertThat(error.toString())
                    .isEqualTo(
                            "{\"type\":\"error\",\"id\":\"7\",\"code\":\"MALFORMED_FRAME\",\"message\":\"records: missing\",\"fatal\":false}");
            assertThat(socket.closed()).isEqualTo("1009 a message may have 2000 bytes");
        }
    }
}
