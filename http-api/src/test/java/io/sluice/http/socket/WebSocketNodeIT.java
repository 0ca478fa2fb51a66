/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.http.socket;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.sluice.http.socket.frame.FrameFormat;
import io.sluice.http.testing.Web;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** WebSockets of a whole node, over its own log. */
@Timeout(120)
class WebSocketNodeIT {
    @TempDir
    Path data;

    private static URI address(Web web) {
        return URI.create(web.uri("/v1/subscribe").toString().replace("http:", "ws:"));
    }

    private static void produce(Web web, int from, int to) throws Exception {
        StringBuilder body = new StringBuilder("[");
        for (int i = from; i < to; i++) {
            body.append(i == from ? "" : ",")
                    .append("{\"key\":\"k" + i % 3 + "\",\"value\":\"{\\\"n\\\":" + i + "}\",\"headers\":{\"odd\":\""
                            + i % 2 + "\"},\"partition\":" + i % 2 + "}");
        }
        Web.json(web.send("POST", "/v1/topics/orders/records", body + "]"), 200);
    }

    private static void create(Web web) throws Exception {
        Web.json(web.send("POST", "/v1/topics", "{\"name\":\"orders\",\"partitions\":2}"), 201);
    }

    @ParameterizedTest
    @EnumSource(FrameFormat.class)
    void whatWasProducedIsDeliveredOldAndNewWithFilterAndProjection(FrameFormat format) throws Exception {
        // Given
        try (Web web = Web.start(data, Map.of("sluice.websocket.progress.interval.ms", "50"))) {
            create(web);
            produce(web, 0, 100);
            try (TestSocket socket = new TestSocket(address(web), format)) {
                // When
                socket.send(
                        "{\"type\":\"subscribe\",\"id\":\"a\",\"topics\":[\"orders\"],\"from\":\"earliest\",\"value\":\"json\","
                                + "\"fields\":[\"value\",\"headers\"],\"filter\":\"$.n >= 90 && headers.odd == '1'\",\"credit\":{\"records\":100}}");
                JsonNode subscribed = socket.expect("subscribed");
                produce(web, 100, 104);

                // Then
                assertThat(subscribed.get("positions").toString()).isEqualTo("{\"orders\":{\"0\":0,\"1\":0}}");
                int expected = 91;
                JsonNode positions = null;
                while (expected < 104) {
                    JsonNode frame = socket.frames.poll(20, TimeUnit.SECONDS);
                    assertThat(frame).as("the record of n = %d", expected).isNotNull();
                    if (frame.get("type").asText().equals("records")) {
                        for (JsonNode record : frame.get("records")) {
                            assertThat(record.get("v").get("n").asInt()).isEqualTo(expected);
                            assertThat(record.has("k") || record.has("t")).isFalse();
                            assertThat(record.get("h").toString()).isEqualTo("[[\"odd\",\"1\"]]");
                            expected += 2;
                        }
                    } else {
                        assertThat(frame.get("type").asText()).isEqualTo("progress");
                    }
                }
                for (int i = 0; i < 100 && positions == null; i++) {
                    JsonNode frame = socket.frames.poll(20, TimeUnit.SECONDS);
                    assertThat(frame).as("progress to the end").isNotNull();
                    if (frame.path("positions").toString().equals("{\"orders\":{\"0\":52,\"1\":52}}")) {
                        positions = frame.get("positions");
                    }
                }
                assertThat(positions).isNotNull();
            }
        }
    }

    @Test
    void aSubscriptionToNothingIsAnErrorAndTheNodeSaysByeWhenItStops() throws Exception {
        // Given
        try (Web web = Web.start(data, Map.of())) {
            create(web);
            try (TestSocket socket = new TestSocket(address(web), FrameFormat.JSON)) {
                // When
                socket.subscribe("nothing", "nothing", "\"earliest\"", 1);
                JsonNode error = socket.expect("error");
                socket.subscribe("good", "orders", "\"latest\"", 10);
                socket.expect("subscribed");
                produce(web, 0, 2);
                int received = 0;
                while (received < 2) {
                    received += socket.expect("records").get("records").size();
                }
                web.server.close();

                // Then
                assertThat(error.get("code").asText()).isEqualTo("UNKNOWN_TOPIC");
                assertThat(error.get("fatal").asBoolean()).isTrue();
                assertThat(socket.expect("bye").get("reconnect").asBoolean()).isTrue();
                assertThat(socket.closed()).isEqualTo("1001 the node stops");
            }
        }
    }

    @Test
    void aNodeThatIsAboutToStopSendsItsSocketsAwayAndServesTheRest() throws Exception {
        // Given
        try (Web web = Web.start(data, Map.of())) {
            create(web);
            assertThat(web.server.sendSocketsAway()).as("there is none yet").isFalse();
        }
        try (Web web = Web.start(data, Map.of());
                TestSocket socket = new TestSocket(address(web), FrameFormat.JSON)) {
            socket.subscribe("good", "orders", "\"latest\"", 10);
            socket.expect("subscribed");

            // When
            boolean any = web.server.sendSocketsAway();

            // Then
            assertThat(any).isTrue();
            assertThat(socket.expect("bye").get("reconnect").asBoolean()).isTrue();
            assertThat(socket.closed()).isEqualTo("1001 the node stops");
            assertThat(web.get("/v1/topics/orders").statusCode()).isEqualTo(200);
            try (TestSocket late = new TestSocket(address(web), FrameFormat.JSON)) {
                late.expect("bye");
                assertThat(late.closed()).isEqualTo("1001 the node stops");
            }
        }
    }

    /** Values that a socket gets until it has so many. */
    private static void receive(TestSocket socket, int count, List<Integer> into) throws Exception {
        for (int received = 0; received < count; ) {
            JsonNode frame = socket.frames.poll(30, TimeUnit.SECONDS);
            assertThat(frame).as("got %d of %d: %s", received, count, into).isNotNull();
            for (JsonNode record : frame.path("records")) {
                into.add(record.get("v").get("n").asInt());
                received++;
            }
        }
    }

    @Test
    void socketsShareAGroupAndOneThatComesLaterGoesOnAtWhatWasCommitted() throws Exception {
        // Given
        String group = "{\"type\":\"subscribe\",\"id\":\"a\",\"topics\":[\"orders\"],\"value\":\"json\","
                + "\"from\":{\"group\":\"g\"},\"credit\":{\"records\":1000}}";
        try (Web web =
                Web.start(data, Map.of("group.initial.rebalance.delay.ms", "0", "offsets.topic.num.partitions", "1"))) {
            create(web);
            produce(web, 0, 20);
            List<Integer> values = new ArrayList<>();
            try (TestSocket socket = new TestSocket(address(web), FrameFormat.JSON)) {
                // When
                socket.send(group);
                socket.expect("subscribed");
                receive(socket, 20, values);
                socket.send("{\"type\":\"commit\",\"id\":\"a\",\"positions\":{\"orders\":{\"0\":10,\"1\":4}}}");
                JsonNode committed = socket.expect("committed");
                socket.send("{\"type\":\"unsubscribe\",\"id\":\"a\"}");

                // Then
                assertThat(values).hasSize(20).doesNotHaveDuplicates();
                assertThat(committed.get("positions").toString()).isEqualTo("{\"orders\":{\"0\":10,\"1\":4}}");
            }
            produce(web, 20, 24);
            values.clear();
            try (TestSocket socket = new TestSocket(address(web), FrameFormat.JSON)) {
                socket.send(group);
                socket.expect("subscribed");
                receive(socket, 6 + 4, values);
                assertThat(values).containsExactlyInAnyOrder(9, 11, 13, 15, 17, 19, 20, 21, 22, 23);
            }
        }
    }

    @Test
    void theClientForBrowsersIsServed() throws Exception {
        // Given
        try (Web web = Web.start(data, Map.of())) {
            // When
            HttpResponse<String> script = web.get("/sluice.js");

            // Then
            assertThat(script.statusCode()).isEqualTo(200);
            assertThat(script.headers().firstValue("Content-Type").orElse("")).startsWith("text/javascript");
            assertThat(script.body()).contains("export function subscribe(");
            assertThat(web.get("/sluice.d.ts").body()).contains("export interface Subscription");
        }
    }
}
