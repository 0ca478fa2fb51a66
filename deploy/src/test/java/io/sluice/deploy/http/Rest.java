/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.deploy.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.sluice.deploy.testing.SluiceBroker;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;

/** Speaks HTTP to brokers. */
final class Rest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final ObjectMapper JSON = new ObjectMapper();

    private final HttpClient client = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(PATIENCE)
            .build();

    /** Waits as long as for an answer: what a whole cluster has to learn takes its time on a busy machine. */
    static ConditionFactory await(String what) {
        return Awaitility.await(what).atMost(PATIENCE);
    }

    HttpResponse<String> send(SluiceBroker broker, String method, String path, String json) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(
                        broker.http().orElseThrow().resolve(path))
                .timeout(PATIENCE);
        return client.send(
                json == null
                        ? request.method(method, BodyPublishers.noBody()).build()
                        : request.header("Content-Type", "application/json")
                                .method(method, BodyPublishers.ofString(json))
                                .build(),
                BodyHandlers.ofString());
    }

    /** The JSON of an answer with that status. */
    JsonNode ask(SluiceBroker broker, String method, String path, String json, int status) throws Exception {
        HttpResponse<String> response = send(broker, method, path, json);
        assertThat(response.statusCode())
                .as("%s %s: %s", method, path, response.body())
                .isEqualTo(status);
        return JSON.readTree(response.body());
    }

    JsonNode get(SluiceBroker broker, String path) throws Exception {
        return ask(broker, "GET", path, null, 200);
    }
}
