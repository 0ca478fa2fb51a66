/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.http.server;

import static io.sluice.http.testing.Web.json;
import static io.sluice.http.testing.Web.problem;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.sluice.http.testing.Web;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** REST over real sockets, in front of a real node. Every test has topics of its own. */
class RestIT {
    @TempDir
    private static Path data;

    private static Web web;

    @BeforeAll
    static void start() throws Exception {
        web = Web.start(
                data,
                Map.of(
                        "sluice.http.request.max.bytes", "2000000",
                        "sluice.http.read.max.bytes", "20000",
                        "sluice.http.wait.max.ms", "60000"));
    }

    @AfterAll
    static void stop() throws Exception {
        web.close();
    }

    private static void create(String name, int partitions) throws Exception {
        json(web.send("POST", "/v1/topics", "{\"name\": \"" + name + "\", \"partitions\": " + partitions + "}"), 201);
    }

    private static JsonNode produce(String topic, String json) throws Exception {
        return json(web.send("POST", "/v1/topics/" + topic + "/records", json), 200)
                .path("results");
    }

    private static JsonNode page(String topic, String query) throws Exception {
        return json(web.get("/v1/topics/" + topic + "/partitions/0/records" + query), 200);
    }

    @Test
    void theLifeOfATopic() throws Exception {
        // made
        HttpResponse<String> created = web.send(
                "POST",
                "/v1/topics",
                "{\"name\": \"life\", \"partitions\": 2, \"configs\": {\"retention.ms\": 60000}}");
        assertThat(created.headers().firstValue("Location")).contains("/v1/topics/life");
        JsonNode topic = json(created, 201);
        assertThat(topic.path("partitions")).hasSize(2);
        assertThat(topic.at("/partitions/0/leader").asInt()).isEqualTo(1);
        assertThat(topic.at("/partitions/0/offsets/end").asLong()).isZero();
        Awaitility.await().untilAsserted(() -> assertThat(json(web.get("/v1/topics/life"), 200)
                        .at("/partitions/0/inSync")
                        .toString())
                .isEqualTo("[1]"));
        problem(web.send("POST", "/v1/topics", "{\"name\": \"life\"}"), 409, "topic-exists");

        // listed and described
        assertThat(json(web.get("/v1/topics"), 200).path("topics").findValuesAsText("name"))
                .contains("life");
        assertThat(json(web.get("/v1/topics/life"), 200)
                        .at("/configs/retention.ms")
                        .asText())
                .isEqualTo("60000");
        assertThat(json(web.get("/v1/topics/life?configs=all"), 200)
                        .path("configs")
                        .toString())
                .contains(
                        "{\"name\":\"retention.ms\",\"value\":\"60000\",\"source\":\"topic\"",
                        "\"name\":\"cleanup.policy\"");

        // changed
        JsonNode changed = json(
                web.send(
                        "PATCH",
                        "/v1/topics/life",
                        "{\"partitions\": 3, \"configs\": {\"retention.ms\": null, \"max.message.bytes\": 5000}}"),
                200);
        assertThat(changed.path("partitions")).hasSize(3);
        assertThat(changed.path("configs").toString()).isEqualTo("{\"max.message.bytes\":\"5000\"}");
        problem(web.send("PATCH", "/v1/topics/life", "{\"partitions\": 2}"), 400, "bad-topic");

        // deleted
        assertThat(web.send("DELETE", "/v1/topics/life", null).statusCode()).isEqualTo(204);
        problem(web.get("/v1/topics/life"), 404, "unknown-topic");
        problem(web.send("DELETE", "/v1/topics/life", null), 404, "unknown-topic");
    }

    @Test
    void whatIsOnlyTriedIsNotDone() throws Exception {
        json(web.send("POST", "/v1/topics?validate=true", "{\"name\": \"tried\"}"), 200);
        problem(web.get("/v1/topics/tried"), 404, "unknown-topic");

        create("tried-2", 1);
        json(
                web.send(
                        "PATCH",
                        "/v1/topics/tried-2?validate=true",
                        "{\"partitions\": 5, \"configs\": {\"retention.ms\": 5}}"),
                200);

        JsonNode topic = json(web.get("/v1/topics/tried-2"), 200);
        assertThat(topic.path("partitions")).hasSize(1);
        assertThat(topic.path("configs")).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{\"name\": \"a b\"} | bad-topic",
                "{\"name\": \"\"} | bad-topic",
                "{\"name\": \"__consumer_offsets\"} | forbidden",
                "{\"name\": \"x\", \"replicas\": 2} | bad-topic",
                "{\"name\": \"x\", \"configs\": {\"retention\": 1}} | bad-config",
                "{\"name\": \"x\", \"configs\": {\"retention.ms\": \"soon\"}} | bad-config",
                "{\"name\": \"x\", \"configs\": {\"retention.ms\": null}} | bad-body",
                "{\"name\": \"x\", \"configs\": {\"retention.ms\": []}} | bad-body",
                "{\"name\": \"x\", \"configs\": []} | bad-body",
                "{\"name\": \"x\", \"partitions\": 0} | bad-body",
                "{\"name\": \"x\", \"partitions\": 1.5} | bad-body",
                "{\"name\": \"x\", \"partition\": 1} | bad-body",
                "{\"name\": 7} | bad-body",
                "{\"partitions\": 1} | bad-body",
                "[] | bad-body",
                "{\"name\": | bad-body",
                "{} {} | bad-body",
                "`` | bad-body",
            })
    void aTopicThatCanNotBeIsAProblem(String body, String slug) throws Exception {
        HttpResponse<String> response = web.send("POST", "/v1/topics", body);

        problem(response, slug.equals("forbidden") ? 403 : 400, slug);
    }

    @Test
    void whatIsWrittenIsReadFromAnyOffset() throws Exception {
        create("written", 1);

        JsonNode results =
                produce("written", "[{\"key\": \"a\", \"value\": \"1\"}, {\"value\": \"2\"}, {\"key\": \"c\"}]");

        assertThat(results.toString())
                .isEqualTo(
                        "[{\"partition\":0,\"offset\":0},{\"partition\":0,\"offset\":1},{\"partition\":0,\"offset\":2}]");
        JsonNode all = page("written", "");
        assertThat(all.path("records").findValuesAsText("value")).containsExactly("1", "2", "null");
        assertThat(all.at("/records/0/key").asText()).isEqualTo("a");
        assertThat(all.at("/records/0/timestamp").asLong()).isPositive();
        assertThat(all.path("next").asLong()).isEqualTo(3);
        assertThat(all.path("end").asLong()).isEqualTo(3);
        JsonNode second = page("written", "?offset=1&limit=1");
        assertThat(second.path("records").findValuesAsText("value")).containsExactly("2");
        assertThat(second.path("next").asLong()).isEqualTo(2);
        assertThat(page("written", "?offset=latest").path("records")).isEmpty();
        assertThat(page("written", "?offset=3").path("next").asLong()).isEqualTo(3);
        JsonNode beyond =
                problem(web.get("/v1/topics/written/partitions/0/records?offset=4"), 416, "offset-out-of-range");
        assertThat(beyond.path("end").asLong()).isEqualTo(3);
    }

    @Test
    void aLineIsARecord() throws Exception {
        create("lines", 1);
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
            JsonNode page = page("lines", "?value=json&limit=10000&offset=" + next);
            assertThat(page.path("records").size())
                    .as("bounded by sluice.http.read.max.bytes")
                    .isBetween(1, 400);
            page.path("records")
                    .forEach(record -> numbers.add(record.at("/value/n").asInt()));
            next = page.path("next").asLong();
        }
        assertThat(numbers).hasSize(1_000).isSorted();
    }

    /** Ten times what a body may be otherwise. */
    private static final int STREAMED = 200_000;

    private static java.io.InputStream lines(int count, String line) {
        return new java.io.SequenceInputStream(
                java.util.Collections.enumeration(java.util.stream.IntStream.range(0, count / 1_000)
                        .mapToObj(i -> (java.io.InputStream) new java.io.ByteArrayInputStream(
                                line.repeat(1_000).getBytes(java.nio.charset.StandardCharsets.US_ASCII)))
                        .toList()));
    }

    @Test
    void aStreamOfLinesMayBeOfAnyLength() throws Exception {
        create("streamed", 1);
        String line = "{\"value\": \"" + "x".repeat(100) + "\"}\n";

        JsonNode summary = json(
                web.send(web.request("/v1/topics/streamed/records")
                        .header("Content-Type", "application/x-ndjson")
                        .POST(BodyPublishers.ofInputStream(() -> lines(STREAMED, line)))),
                200);

        assertThat(summary.path("records").asInt()).isEqualTo(STREAMED);
        assertThat(summary.at("/partitions/0/last").asInt()).isEqualTo(STREAMED - 1);
        assertThat(page("streamed", "?offset=latest").path("end").asInt()).isEqualTo(STREAMED);
        assertThat(web.metric("sluice.http.memory.used")).isZero();
    }

    @Test
    void eachRecordOfAStreamIsAnsweredWhileItGoesOn() throws Exception {
        create("talked", 1);
        try (java.net.Socket socket = new java.net.Socket(
                java.net.InetAddress.getLoopbackAddress(), web.server.address().getPort())) {
            socket.setSoTimeout(30_000);
            java.io.OutputStream out = socket.getOutputStream();
            java.io.BufferedReader in = new java.io.BufferedReader(
                    new java.io.InputStreamReader(socket.getInputStream(), java.nio.charset.StandardCharsets.US_ASCII));
            String head = """
                    POST /v1/topics/talked/records?results=lines HTTP/1.1
                    Host: x
                    Content-Type: application/x-ndjson
                    Transfer-Encoding: chunked

                    """;
            out.write(head.replace("\n", "\r\n").getBytes(java.nio.charset.StandardCharsets.US_ASCII));
            for (int i = 0; i < 3; i++) {
                String line = "{\"value\": \"" + i + "\"}\n";
                out.write((Integer.toHexString(line.length()) + "\r\n" + line + "\r\n")
                        .getBytes(java.nio.charset.StandardCharsets.US_ASCII));
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
        create("broken-off", 1);
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
                .isEqualTo(page("broken-off", "?offset=latest").path("end").asInt());
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

    @Test
    void keysChooseThePartitionUnlessItIsNamed() throws Exception {
        create("keyed", 5);

        JsonNode first =
                produce("keyed", "[{\"key\": \"foobar\", \"value\": \"1\"}, {\"key\": \"foobar\", \"partition\": 4}]");
        JsonNode again = produce("keyed", "{\"records\": [{\"key\": \"foobar\", \"value\": \"2\"}]}");

        assertThat(first.at("/0/partition").asInt()).isEqualTo((-790332482 & Integer.MAX_VALUE) % 5);
        assertThat(again.at("/0/partition")).isEqualTo(first.at("/0/partition"));
        assertThat(again.at("/0/offset").asInt()).isEqualTo(1);
        assertThat(first.at("/1/partition").asInt()).isEqualTo(4);
    }

    @Test
    void aRequestIsCutIntoBatchesThatTheTopicTakes() throws Exception {
        json(web.send("POST", "/v1/topics", "{\"name\": \"cut\", \"configs\": {\"max.message.bytes\": 2000}}"), 201);
        String record = "{\"value\": \"" + "x".repeat(900) + "\"}";

        JsonNode results = produce("cut", "[" + String.join(",", java.util.Collections.nCopies(10, record)) + "]");

        assertThat(results.at("/9/offset").asInt()).isEqualTo(9);
        JsonNode tooLarge = problem(
                web.send("POST", "/v1/topics/cut/records", "[{\"value\": \"" + "x".repeat(3_000) + "\"}]"),
                413,
                "too-large");
        assertThat(tooLarge.path("detail").asText()).contains("max.message.bytes is 2000");
        assertThat(tooLarge.at("/results/0/error").asText()).isEqualTo("too-large");

        // and what it takes may change
        json(web.send("PATCH", "/v1/topics/cut", "{\"configs\": {\"max.message.bytes\": 8000}}"), 200);
        JsonNode taken = produce("cut", "[{\"value\": \"" + "x".repeat(3_000) + "\"}]");
        assertThat(taken.at("/0/offset").asInt()).isEqualTo(10);
    }

    private static String large(int from, int to) {
        return IntStream.range(from, to)
                .mapToObj(i -> "{\"value\": \"" + i + "-" + "x".repeat(1_500) + "\"}")
                .collect(Collectors.joining(",", "[", "]"));
    }

    /** Each record is a batch of its own here, so that the first of a request can be there without the others. */
    @Test
    void whatIsThereInPartIsCompletedWhenItComesAgain() throws Exception {
        // Given: the first 7 of 10 batches, as if a leader had been lost behind them
        json(
                web.send(
                        "POST",
                        "/v1/topics",
                        "{\"name\": \"torn\", \"partitions\": 1, \"configs\": {\"max.message.bytes\": \"2000\"}}"),
                201);
        String path = "/v1/topics/torn/records?producer=till-9&sequence=0";
        json(web.send("POST", path, large(0, 7)), 200);
        json(web.send("POST", "/v1/topics/torn/records", "[{\"value\": \"of another\"}]"), 200);

        // When
        JsonNode whole = json(web.send("POST", path, large(0, 10)), 200).path("results");
        JsonNode again = json(web.send("POST", path, large(0, 10)), 200).path("results");

        // Then
        assertThat(offsets(whole)).containsExactly(-1L, -1L, 2L, 3L, 4L, 5L, 6L, 8L, 9L, 10L);
        assertThat(whole.findValuesAsText("duplicate")).hasSize(7);
        assertThat(offsets(again))
                .as("of the last five batches the offsets are known")
                .containsExactly(-1L, -1L, -1L, -1L, -1L, 5L, 6L, 8L, 9L, 10L);
        assertThat(again.findValuesAsText("duplicate")).hasSize(10);
        JsonNode records = json(web.get("/v1/topics/torn/partitions/0/records"), 200);
        assertThat(records.path("next").asLong()).isEqualTo(11);
        assertThat(records.path("records").findValuesAsText("value"))
                .extracting(value -> value.substring(0, 2))
                .containsExactly("0-", "1-", "2-", "3-", "4-", "5-", "6-", "of", "7-", "8-", "9-");
    }

    private static List<Long> offsets(JsonNode results) {
        List<Long> offsets = new ArrayList<>();
        results.forEach(result -> offsets.add(result.path("offset").asLong(-1)));
        return offsets;
    }

    @Test
    void whatComesAgainLongAfterwardsIsToldAsADuplicateAndNotWritten() throws Exception {
        create("long-ago", 1);
        String path = "/v1/topics/long-ago/records?producer=till-5&sequence=";
        for (int sequence = 0; sequence < 8; sequence++) {
            JsonNode first = json(web.send("POST", path + sequence, "[{\"value\": \"v\"}]"), 200);
            assertThat(first.at("/results/0").has("duplicate")).isFalse();
        }

        JsonNode old =
                json(web.send("POST", path + 1, "[{\"value\": \"v\"}]"), 200).at("/results/0");
        JsonNode recent =
                json(web.send("POST", path + 6, "[{\"value\": \"v\"}]"), 200).at("/results/0");

        assertThat(old.toString()).isEqualTo("{\"partition\":0,\"duplicate\":true}");
        assertThat(recent.toString()).isEqualTo("{\"partition\":0,\"offset\":6,\"duplicate\":true}");
        assertThat(json(web.get("/v1/topics/long-ago/partitions/0/records"), 200)
                        .path("next")
                        .asLong())
                .isEqualTo(8);
    }

    @Test
    void whatANamedProducerSendsAgainIsNotWrittenAgain() throws Exception {
        create("named", 3);
        String path = "/v1/topics/named/records?producer=till-3&sequence=";
        String records = "[{\"key\": \"a\"}, {\"key\": \"b\"}, {\"key\": \"c\"}, {\"value\": \"d\"}]";

        JsonNode first = json(web.send("POST", path + 0, records), 200).path("results");
        JsonNode again = json(web.send("POST", path + 0, records), 200).path("results");
        JsonNode next = json(web.send("POST", path + 4, records), 200).path("results");

        assertThat(again.findValuesAsText("offset")).isEqualTo(first.findValuesAsText("offset"));
        assertThat(json(web.send("POST", path + 4, records), 200)
                        .path("results")
                        .findValuesAsText("offset"))
                .isEqualTo(next.findValuesAsText("offset"));
        long written = 0;
        for (int partition = 0; partition < 3; partition++) {
            written += json(web.get("/v1/topics/named/partitions/" + partition + "/records"), 200)
                    .path("next")
                    .asLong();
        }
        assertThat(written).isEqualTo(8);
        assertThat(problem(web.send("POST", path + 2, records), 409, "out-of-order")
                        .path("results"))
                .hasSize(4);
    }

    @Test
    void aReadMayBeginAtATime() throws Exception {
        create("timed", 1);
        produce("timed", "[{\"timestamp\": 1000}, {\"timestamp\": 2000}, {\"timestamp\": 3000}]");

        assertThat(page("timed", "?offset=timestamp:1500")
                        .at("/records/0/offset")
                        .asLong())
                .isEqualTo(1);
        assertThat(page("timed", "?offset=timestamp:9000").path("next").asLong())
                .isEqualTo(3);
    }

    @Test
    void nobodyIsAskedWithoutAcks() throws Exception {
        create("loose", 1);

        assertThat(web.send("POST", "/v1/topics/loose/records?acks=0", "[{\"value\": \"x\"}]")
                        .statusCode())
                .isEqualTo(202);

        Awaitility.await().untilAsserted(() -> assertThat(page("loose", "").path("records"))
                .hasSize(1));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "/v1/topics/bad/records | [{\"value\": 1}] | 400 | bad-body",
                "/v1/topics/bad/records | [{\"partition\": 1}] | 400 | bad-body",
                "/v1/topics/bad/records | [] | 400 | bad-body",
                "/v1/topics/bad/records | nonsense | 400 | bad-body",
                "/v1/topics/bad/records?acks=2 | [{}] | 400 | bad-parameter",
                "/v1/topics/bad/records?value=hex | [{}] | 400 | bad-parameter",
                "/v1/topics/bad/records?timeout=-1 | [{}] | 400 | bad-parameter",
                "/v1/topics/bad/records?sequence=1 | [{}] | 400 | bad-parameter",
                "/v1/topics/bad/records?producer=p | [{}] | 400 | bad-parameter",
                "/v1/topics/bad/records?producer=p&sequence=-1 | [{}] | 400 | bad-parameter",
                "/v1/topics/bad/records?producer=p&sequence=1&acks=1 | [{}] | 400 | bad-parameter",
                "/v1/topics/bad/records?results=summary | [{}] | 400 | bad-parameter",
                "/v1/topics/bad/partitions/0/batches | [{}] | 415 | wrong-media-type",
                "/v1/topics/unknown/records | [{}] | 404 | unknown-topic",
            })
    void recordsThatCanNotBeAreAProblem(String path, String body, int status, String slug) throws Exception {
        web.send("POST", "/v1/topics", "{\"name\": \"bad\"}");

        problem(web.send("POST", path, body), status, slug);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "/v1/topics/empty/partitions/1/records | 404 | unknown-partition",
                "/v1/topics/empty/partitions/x/records | 404 | unknown-partition",
                "/v1/topics/unknown/partitions/0/records | 404 | unknown-topic",
                "/v1/topics/empty/partitions/0/records?offset=1 | 416 | offset-out-of-range",
                "/v1/topics/empty/partitions/0/records?offset=-1 | 400 | bad-parameter",
                "/v1/topics/empty/partitions/0/records?offset=soon | 400 | bad-parameter",
                "/v1/topics/empty/partitions/0/records?limit=0 | 400 | bad-parameter",
                "/v1/topics/empty/partitions/0/records?wait=99999999 | 400 | bad-parameter",
                "/v1/topics/empty/partitions/0/records?ofset=1 | 400 | bad-parameter",
                "/v1/topics/empty/partitions/0/records?isolation=none | 400 | bad-parameter",
                "/v1/topics/empty/partitions/0 | 404 | nothing-here",
            })
    void aReadThatCanNotBeIsAProblem(String path, int status, String slug) throws Exception {
        web.send("POST", "/v1/topics", "{\"name\": \"empty\"}");

        problem(web.get(path), status, slug);
    }

    @Test
    void onlyTheBrokerWritesItsOwnTopics() throws Exception {
        web.node
                .controller()
                .internalTopic(io.sluice.cluster.metadata.InternalTopic.CONSUMER_OFFSETS, 30_000)
                .toCompletableFuture()
                .get(30, TimeUnit.SECONDS);

        problem(web.send("POST", "/v1/topics/__consumer_offsets/records", "[{}]"), 403, "forbidden");
        problem(web.send("DELETE", "/v1/topics/__consumer_offsets", null), 403, "forbidden");
        problem(web.send("PATCH", "/v1/topics/__consumer_offsets", "{\"partitions\": 99}"), 403, "forbidden");
        assertThat(web.get("/v1/topics").body()).doesNotContain("__consumer_offsets");
        assertThat(web.get("/v1/topics?internal=true").body()).contains("__consumer_offsets");
    }

    @Test
    void aBodyOfAnotherKindIsRefused() throws Exception {
        for (String type : List.of("text/plain", "application/x-www-form-urlencoded")) {
            HttpResponse<String> response = web.send(web.request("/v1/topics")
                    .header("Content-Type", type)
                    .POST(BodyPublishers.ofString("{\"name\": \"x\"}")));

            assertThat(problem(response, 415, "wrong-media-type").path("detail").asText())
                    .isEqualTo("The Content-Type must be application/json, not " + type + ".");
        }
        problem(web.send(web.request("/v1/topics").POST(BodyPublishers.ofString("{}"))), 415, "wrong-media-type");
    }

    @Test
    void aBodyThatIsTooLargeIsRefusedWithItsLimit() throws Exception {
        create("large", 1);
        byte[] large = new byte[3_000_000];
        for (boolean sized : List.of(true, false)) {
            HttpResponse<String> response = web.send(web.request("/v1/topics/large/records")
                    .header("Content-Type", "application/json")
                    .POST(
                            sized
                                    ? BodyPublishers.ofByteArray(large)
                                    : BodyPublishers.ofInputStream(() -> new java.io.ByteArrayInputStream(large))));

            assertThat(problem(response, 413, "too-large").path("detail").asText())
                    .isEqualTo("The body is larger than 2000000 bytes (sluice.http.request.max.bytes).");
        }
        assertThat(web.metric("sluice.http.memory.used")).isZero();
    }

    @Test
    void aReaderMayWaitForWhatComes() throws Exception {
        create("awaited", 1);
        HttpClient client = HttpClient.newHttpClient();
        CompletableFuture<HttpResponse<String>> waiting = client.sendAsync(
                web.request("/v1/topics/awaited/partitions/0/records?wait=60000")
                        .build(),
                BodyHandlers.ofString());
        Awaitility.await().until(() -> web.metric("sluice.http.waits") == 1);
        assertThat(waiting).isNotDone();

        produce("awaited", "[{\"value\": \"here\"}]");

        JsonNode page = json(waiting.get(30, TimeUnit.SECONDS), 200);
        assertThat(page.path("records").findValuesAsText("value")).containsExactly("here");
        assertThat(web.metric("sluice.http.waits")).isZero();
    }

    @Test
    void whoWaitsInVainGetsAnEmptyPage() throws Exception {
        create("quiet", 1);

        JsonNode page = page("quiet", "?wait=100");

        assertThat(page.path("records")).isEmpty();
        assertThat(page.path("next").asLong()).isZero();
    }

    @Test
    void whoGoesAwayWhileHeWaitsIsForgotten() throws Exception {
        create("left", 1);
        try (java.net.Socket socket = new java.net.Socket(
                java.net.InetAddress.getLoopbackAddress(), web.server.address().getPort())) {
            socket.getOutputStream()
                    .write("GET /v1/topics/left/partitions/0/records?wait=60000 HTTP/1.1\r\nHost: x\r\n\r\n"
                            .getBytes(java.nio.charset.StandardCharsets.US_ASCII));
            Awaitility.await().until(() -> web.metric("sluice.http.waits") == 1);
        }
        Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> web.metric("sluice.http.waits") == 0);
    }

    @Test
    void theClusterAndItsNodes() throws Exception {
        create("counted", 4);

        JsonNode cluster = json(web.get("/v1/cluster"), 200);
        assertThat(cluster.path("id").asText()).isEqualTo(web.node.metadata().clusterId());
        assertThat(cluster.path("controller").asInt()).isEqualTo(1);
        assertThat(cluster.path("partitions").asInt()).isGreaterThanOrEqualTo(4);
        JsonNode node = json(web.get("/v1/nodes"), 200).at("/nodes/0");
        assertThat(node.path("node").asInt()).isEqualTo(1);
        assertThat(node.path("live").asBoolean()).isTrue();
        assertThat(node.path("answers").asBoolean()).isTrue();
        assertThat(node.path("leads").asInt()).isGreaterThanOrEqualTo(4);
    }

    @Test
    void topicsComePageByPageWithTheirDetails() throws Exception {
        // Given
        create("paged-a", 2);
        create("paged-b", 1);
        create("paged-c", 1);
        produce("paged-b", "[{\"value\": \"v\"}]");

        // When
        JsonNode first = json(web.get("/v1/topics?details=true&offsets=all&limit=2&after=paged-"), 200);
        JsonNode second = json(
                web.get("/v1/topics?details=true&limit=1&after="
                        + first.path("next").asText()),
                200);

        // Then
        assertThat(first.path("topics").findValuesAsText("name")).containsExactly("paged-a", "paged-b");
        assertThat(first.path("next").asText()).isEqualTo("paged-b");
        assertThat(first.at("/topics/1/partitions/0/offsets/end").asInt()).isEqualTo(1);
        assertThat(first.at("/topics/1")).isEqualTo(json(web.get("/v1/topics/paged-b"), 200));
        assertThat(second.path("topics").findValuesAsText("name")).containsExactly("paged-c");
        assertThat(first.path("total")).isEqualTo(second.path("total"));
    }

    @Test
    void topicsInALineEachComePageByPageToo() throws Exception {
        create("lined-a", 2);
        create("lined-b", 3);

        JsonNode page = json(web.get("/v1/topics?limit=1&after=lined-a"), 200);

        assertThat(page.path("topics").findValuesAsText("name")).containsExactly("lined-b");
        assertThat(page.at("/topics/0/partitions").asInt()).isEqualTo(3);
        JsonNode nothing = json(web.get("/v1/topics?after=zz"), 200);
        assertThat(nothing.path("topics")).isEmpty();
        assertThat(nothing.has("next")).isFalse();
        problem(web.get("/v1/topics?offsets=all"), 400, "bad-parameter");
        problem(web.get("/v1/topics?details=true&limit=1001"), 400, "bad-parameter");
        problem(web.get("/v1/topics?limit=0"), 400, "bad-parameter");
    }

    @Test
    void theDescriptionIsServed() throws IOException, InterruptedException {
        assertThat(json(web.get("/v1/openapi.json"), 200).path("openapi").asText())
                .isEqualTo("3.1.0");
    }
}
