/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.http.testing;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.sluice.cluster.NodeOptions;
import io.sluice.cluster.SluiceNode;
import io.sluice.cluster.config.BrokerSettings;
import io.sluice.http.route.Json;
import io.sluice.http.server.HttpOptions;
import io.sluice.http.server.HttpServer;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** One whole node with HTTP in front of it, and a client. */
public final class Web implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    public final PrometheusMeterRegistry meters = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    public final SluiceNode node;
    public final HttpServer server;
    private final HttpClient client = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(PATIENCE)
            .build();

    private Web(Path data, Map<String, String> settings) throws Exception {
        BrokerSettings parsed = BrokerSettings.parse(settings);
        node = SluiceNode.start(NodeOptions.of(parsed, data).withMetrics(meters))
                .toCompletableFuture()
                .get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        server = HttpServer.start(node, HttpOptions.of(parsed, "127.0.0.1", 0, meters));
    }

    public static Web start(Path data, Map<String, String> settings) throws Exception {
        return new Web(data, settings);
    }

    /** {@code http://HOST:PORT} and a path. */
    public URI uri(String path) {
        return URI.create("http://127.0.0.1:" + server.address().getPort() + path);
    }

    public HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(uri(path)).timeout(PATIENCE);
    }

    public HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
        return client.send(request.build(), BodyHandlers.ofString());
    }

    public HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return send(request(path));
    }

    /** A request with a JSON body. */
    public HttpResponse<String> send(String method, String path, String json) throws IOException, InterruptedException {
        return send(request(path)
                .header("Content-Type", "application/json")
                .method(method, json == null ? BodyPublishers.noBody() : BodyPublishers.ofString(json)));
    }

    /** The JSON of a response that is as expected. */
    public static JsonNode json(HttpResponse<String> response, int status) throws IOException {
        assertThat(response.statusCode())
                .as("status; the body is %s", response.body())
                .isEqualTo(status);
        return Json.MAPPER.readTree(response.body());
    }

    /** The document of a response that is a problem of that kind; checks its members. */
    public static JsonNode problem(HttpResponse<String> response, int status, String slug) throws IOException {
        JsonNode problem = json(response, status);
        assertThat(response.headers().firstValue("Content-Type")).contains("application/problem+json");
        assertThat(problem.path("type").asText()).isEqualTo("urn:sluice:problem:" + slug);
        assertThat(problem.path("status").asInt()).isEqualTo(status);
        assertThat(problem.path("title").asText()).isNotEmpty();
        assertThat(problem.path("detail").asText()).as("one sentence").matches("(?s)\\S.*[.?)]");
        assertThat(problem.path("instance").asText()).startsWith("/");
        return problem;
    }

    /** The value of a counter or gauge. */
    public double metric(String name, String... tags) {
        return meters.get(name).tags(tags).meter().measure().iterator().next().getValue();
    }

    @Override
    public void close() {
        server.close();
        node.stop()
                .toCompletableFuture()
                .orTimeout(PATIENCE.toSeconds(), TimeUnit.SECONDS)
                .join();
    }
}
