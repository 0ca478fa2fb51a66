/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.http.server;

import static io.sluice.http.testing.Web.json;
import static io.sluice.http.testing.Web.problem;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.sluice.http.route.Json;
import io.sluice.http.testing.Web;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A topic as server-sent events, over real sockets. */
@Timeout(120)
class StreamIT {
    @TempDir
    private static Path data;

    private static Web web;

    @BeforeAll
    static void start() throws Exception {
        web = Web.start(data, Map.of("sluice.http.idle.timeout.ms", "3000"));
    }

    @AfterAll
    static void stop() throws Exception {
        web.close();
    }

    /** One event. */
    private record Event(String name, String id, JsonNode data) {}

    /** A client that reads events one at a time. */
    private static final class Events implements AutoCloseable {
        private final InputStream in;
        private final BufferedReader lines;

        Events(String path, String lastEventId) throws IOException, InterruptedException {
            HttpRequest.Builder request = web.request(path);
            if (lastEventId != null) {
                request.header("Last-Event-ID", lastEventId);
            }
            HttpResponse<InputStream> response =
                    HttpClient.newHttpClient().send(request.build(), BodyHandlers.ofInputStream());
            assertThat(response.statusCode()).isEqualTo(200);
            assertThat(response.headers().firstValue("Content-Type").orElseThrow())
                    .startsWith("text/event-stream");
            in = response.body();
            lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
        }

        /** @return null at the end */
        Event next() throws IOException {
            String name = "message";
            String id = null;
            String data = null;
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.isEmpty() && data != null) {
                    return new Event(name, id, Json.MAPPER.readTree(data));
                } else if (line.startsWith("event: ")) {
                    name = line.substring(7);
                } else if (line.startsWith("id: ")) {
                    id = line.substring(4);
                } else if (line.startsWith("data: ")) {
                    data = line.substring(6);
                }
            }
            return null;
        }

        Event nextRecord() throws IOException {
            Event event = next();
            while (event != null && !event.name().equals("message")) {
                event = next();
            }
            return event;
        }

        @Override
        public void close() throws IOException {
            in.close();
        }
    }

    private static void create(String name, int partitions) throws Exception {
        json(web.send("POST", "/v1/topics", "{\"name\": \"" + name + "\", \"partitions\": " + partitions + "}"), 201);
    }

    private static void produce(String topic, String value, int partition) throws Exception {
        json(
                web.send(
                        "POST",
                        "/v1/topics/" + topic + "/records",
                        "[{\"value\": \"" + value + "\", \"partition\": " + partition + "}]"),
                200);
    }

    @Test
    void whatIsThereComesFirstThenWhatComes() throws Exception {
        create("live", 1);
        produce("live", "before", 0);
        try (Events events = new Events("/v1/topics/live/stream?from=earliest", null)) {
            assertThat(events.next().name()).isEqualTo("subscribed");
            assertThat(events.nextRecord().data().path("value").asText()).isEqualTo("before");

            produce("live", "after", 0);

            Event event = events.nextRecord();
            assertThat(event.data().path("value").asText()).isEqualTo("after");
            assertThat(event.data().path("offset").asInt()).isEqualTo(1);
            assertThat(event.id()).isEqualTo("live:0=2");
        }
    }

    @Test
    void aClientThatComesBackGoesOnExactlyThere() throws Exception {
        create("resumed", 3);
        for (int i = 0; i < 30; i++) {
            produce("resumed", "v" + i, i % 3);
        }
        List<String> seen = new ArrayList<>();
        String lastEventId = null;
        while (seen.size() < 30) {
            try (Events events = new Events("/v1/topics/resumed/stream?from=earliest", lastEventId)) {
                for (int i = 0; i < 7 && seen.size() < 30; i++) {
                    Event event = events.nextRecord();
                    seen.add(event.data().path("value").asText());
                    lastEventId = event.id();
                }
            }
        }
        assertThat(seen).hasSize(30).doesNotHaveDuplicates();
        assertThat(lastEventId).isEqualTo("resumed:0=10,1=10,2=10");
    }

    @Test
    void aQuietStreamStaysOpenAndAClosedOneIsForgotten() throws Exception {
        create("still", 1);
        try (Events events = new Events("/v1/topics/still/stream", null)) {
            assertThat(events.next().name()).isEqualTo("subscribed");
            double open = web.metric("sluice.http.connections");
            long began = System.nanoTime();
            Awaitility.await().until(() -> System.nanoTime() - began > 6_000_000_000L);

            produce("still", "late", 0);

            assertThat(events.nextRecord().data().path("value").asText()).isEqualTo("late");
            assertThat(open).isPositive();
        }
    }

    @Test
    void aFilterKeepsWhatMatchesAndStillMovesOn() throws Exception {
        create("filtered", 1);
        for (int i = 0; i < 10; i++) {
            produce("filtered", "{\\\"n\\\": " + i + "}", 0);
        }
        String filter = java.net.URLEncoder.encode("$.n >= 3 && $.n < 5", StandardCharsets.UTF_8);
        try (Events events = new Events("/v1/topics/filtered/stream?from=earliest&value=json&filter=" + filter, null)) {
            assertThat(events.nextRecord().data().at("/value/n").asInt()).isEqualTo(3);
            assertThat(events.nextRecord().data().at("/value/n").asInt()).isEqualTo(4);
            produce("filtered", "{\\\"n\\\": 10}", 0);
            Event event = events.next();
            while (!event.id().equals("filtered:0=11")) {
                event = events.next();
            }
            assertThat(event.name()).isEqualTo("progress");
        }
        JsonNode problem = problem(web.get("/v1/topics/filtered/stream?filter=%24.n+%3D%3D"), 400, "bad-parameter");
        assertThat(problem.path("position").asInt()).isPositive();
    }

    @Test
    void linesForThoseWhoAskForThemAndAnEndForThoseWhoWantSoMany() throws Exception {
        create("lined", 2);
        for (int i = 0; i < 10; i++) {
            produce("lined", "v" + i, i % 2);
        }

        HttpResponse<String> response = web.send(
                web.request("/v1/topics/lined/stream?from=earliest&limit=10").header("Accept", "application/x-ndjson"));

        assertThat(response.headers().firstValue("Content-Type")).contains("application/x-ndjson");
        List<String> values = new ArrayList<>();
        for (String line : response.body().lines().toList()) {
            JsonNode node = Json.MAPPER.readTree(line);
            if (!node.has("event")) {
                values.add(node.path("value").asText());
            }
        }
        assertThat(values).hasSize(10).doesNotHaveDuplicates();
    }

    @Test
    void whatCanNotBeIsAProblem() throws Exception {
        create("asked", 1);
        problem(web.get("/v1/topics/unknown/stream"), 404, "unknown-topic");
        problem(web.get("/v1/topics/asked/stream?partitions=7"), 404, "unknown-partition");
        problem(web.get("/v1/topics/asked/stream?from=soon"), 400, "bad-parameter");
        problem(web.get("/v1/topics/asked/stream?form=latest"), 400, "bad-parameter");
        problem(web.send(web.request("/v1/topics/asked/stream").header("Last-Event-ID", "x")), 400, "bad-parameter");
    }

    @Test
    void theStreamOfATopicThatIsDeletedEndsWithAProblem() throws Exception {
        create("gone", 1);
        try (Events events = new Events("/v1/topics/gone/stream", null)) {
            assertThat(events.next().name()).isEqualTo("subscribed");

            assertThat(web.send("DELETE", "/v1/topics/gone", null).statusCode()).isEqualTo(204);

            Event last = events.next();
            while (!last.name().equals("problem")) {
                last = events.next();
            }
            assertThat(last.data().path("type").asText()).isEqualTo("urn:sluice:problem:unknown-topic");
            assertThat(events.next()).isNull();
        }
    }
}
