/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.http.server;

import static io.sluice.http.testing.Web.json;
import static io.sluice.http.testing.Web.problem;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.sluice.http.testing.Web;
import java.io.ByteArrayInputStream;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Producing over REST with whole bodies. Every test has topics of its own. */
class RestProducingIT {
    @RegisterExtension
    static final RestNode NODE = new RestNode();

    private final Web web = NODE.web();

    @Test
    void keysChooseThePartitionUnlessItIsNamed() throws Exception {
        NODE.create("keyed", 5);

        JsonNode first = NODE.produce(
                "keyed", "[{\"key\": \"foobar\", \"value\": \"1\"}, {\"key\": \"foobar\", \"partition\": 4}]");
        JsonNode again = NODE.produce("keyed", "{\"records\": [{\"key\": \"foobar\", \"value\": \"2\"}]}");

        assertThat(first.at("/0/partition").asInt()).isEqualTo((-790332482 & Integer.MAX_VALUE) % 5);
        assertThat(again.at("/0/partition")).isEqualTo(first.at("/0/partition"));
        assertThat(again.at("/0/offset").asInt()).isEqualTo(1);
        assertThat(first.at("/1/partition").asInt()).isEqualTo(4);
    }

    @Test
    void aRequestIsCutIntoBatchesThatTheTopicTakes() throws Exception {
        json(web.send("POST", "/v1/topics", "{\"name\": \"cut\", \"configs\": {\"max.message.bytes\": 2000}}"), 201);
        String record = "{\"value\": \"" + "x".repeat(900) + "\"}";

        JsonNode results = NODE.produce("cut", "[" + String.join(",", Collections.nCopies(10, record)) + "]");

        assertThat(results.at("/9/offset").asInt()).isEqualTo(9);
        JsonNode tooLarge = problem(
                web.send("POST", "/v1/topics/cut/records", "[{\"value\": \"" + "x".repeat(3_000) + "\"}]"),
                413,
                "too-large");
        assertThat(tooLarge.path("detail").asText()).contains("max.message.bytes is 2000");
        assertThat(tooLarge.at("/results/0/error").asText()).isEqualTo("too-large");

        // and what it takes may change
        json(web.send("PATCH", "/v1/topics/cut", "{\"configs\": {\"max.message.bytes\": 8000}}"), 200);
        JsonNode taken = NODE.produce("cut", "[{\"value\": \"" + "x".repeat(3_000) + "\"}]");
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
        NODE.create("long-ago", 1);
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
        NODE.create("named", 3);
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
    void nobodyIsAskedWithoutAcks() throws Exception {
        NODE.create("loose", 1);

        assertThat(web.send("POST", "/v1/topics/loose/records?acks=0", "[{\"value\": \"x\"}]")
                        .statusCode())
                .isEqualTo(202);

        Awaitility.await().untilAsserted(() -> assertThat(NODE.page("loose", "").path("records"))
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

    @Test
    void aBodyThatIsTooLargeIsRefusedWithItsLimit() throws Exception {
        NODE.create("large", 1);
        byte[] large = new byte[3_000_000];
        for (boolean sized : List.of(true, false)) {
            HttpResponse<String> response = web.send(web.request("/v1/topics/large/records")
                    .header("Content-Type", "application/json")
                    .POST(
                            sized
                                    ? BodyPublishers.ofByteArray(large)
                                    : BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(large))));

            assertThat(problem(response, 413, "too-large").path("detail").asText())
                    .isEqualTo("The body is larger than 2000000 bytes (sluice.http.request.max.bytes).");
        }
        Awaitility.await().until(() -> web.metric("sluice.http.memory.used") == 0);
    }
}
