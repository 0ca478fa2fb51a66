/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.system.clients;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.system.broker.SluiceProcess;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** RFC 6455 as the npm package ws understands it: fragments, masks, close codes, pings. */
@Tag("clients")
@Timeout(180)
class WebSocketConformanceIT {
    private static final int LONG = 70_000;

    private static void post(SluiceProcess broker, String path, String body) throws Exception {
        HttpResponse<String> response = HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create(broker.http() + path))
                                .header("Content-Type", "application/json")
                                .POST(HttpRequest.BodyPublishers.ofString(body))
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
        assertThat(response.statusCode()).as(response.body()).isBetween(200, 201);
    }

    @Test
    void everyCheckIsPassed(@TempDir Path data) throws Exception {
        try (SluiceProcess broker = SluiceProcess.in(data).start()) {
            // Given
            post(broker, "/v1/topics", "{\"name\":\"orders\",\"partitions\":1}");
            post(
                    broker,
                    "/v1/topics/orders/records",
                    "[{\"value\":\"short\"},{\"value\":\"" + "x".repeat(LONG) + "\"}]");

            // When
            List<String> lines = Command.of(
                            "node",
                            Installed.program("ws/conformance.cjs").toString(),
                            broker.http().replace("http:", "ws:"),
                            "orders")
                    .withEnvironment(
                            "NODE_PATH",
                            Installed.folder("ws").resolve("node_modules").toString())
                    .run("");

            // Then
            assertThat(lines).hasSizeGreaterThan(20).allMatch(line -> line.startsWith("ok "));
        }
    }
}
