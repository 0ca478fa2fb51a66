/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.http.server;

import static io.sluice.http.testing.Web.json;
import static io.sluice.http.testing.Web.problem;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.sluice.cluster.metadata.InternalTopic;
import io.sluice.http.testing.Web;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Topics, nodes and the cluster over REST. Every test has topics of its own. */
class RestTopicsIT {
    @RegisterExtension
    static final RestNode NODE = new RestNode();

    private final Web web = NODE.web();

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

        NODE.create("tried-2", 1);
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
    void topicsComePageByPageWithTheirDetails() throws Exception {
        // Given
        NODE.create("paged-a", 2);
        NODE.create("paged-b", 1);
        NODE.create("paged-c", 1);
        NODE.produce("paged-b", "[{\"value\": \"v\"}]");

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
        NODE.create("lined-a", 2);
        NODE.create("lined-b", 3);

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
    void onlyTheBrokerWritesItsOwnTopics() throws Exception {
        web.node
                .controller()
                .internalTopic(InternalTopic.CONSUMER_OFFSETS, 30_000)
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
    void theClusterAndItsNodes() throws Exception {
        NODE.create("counted", 4);

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
    void theDescriptionIsServed() throws IOException, InterruptedException {
        assertThat(json(web.get("/v1/openapi.json"), 200).path("openapi").asText())
                .isEqualTo("3.1.0");
    }
}
