/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.system.subscribers;

import static org.awaitility.Awaitility.await;

import io.sluice.system.cluster.TestCluster;
import io.sluice.system.cluster.TestNode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** How many WebSockets nodes have, as they say themselves. */
final class OpenSockets {
    private static final Pattern CONNECTIONS =
            Pattern.compile("^sluice_websocket_connections(?:\\{[^}]*})? ([0-9.E]+)$", Pattern.MULTILINE);
    private static final Duration WITHIN = Duration.ofSeconds(30);

    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(WITHIN)
            .build();

    /** Of a node that does not answer none. */
    int of(TestNode node) {
        try {
            String metrics = http.send(
                            HttpRequest.newBuilder(URI.create(node.http() + "/metrics"))
                                    .timeout(WITHIN)
                                    .build(),
                            BodyHandlers.ofString())
                    .body();
            Matcher found = CONNECTIONS.matcher(metrics);
            if (!found.find()) {
                throw new IllegalStateException("no sluice_websocket_connections in:\n" + metrics);
            }
            return (int) Double.parseDouble(found.group(1));
        } catch (IOException gone) {
            return 0;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** The node that serves the only subscriber of a cluster. */
    TestNode awaitServing(TestCluster cluster) {
        var serving = new AtomicReference<TestNode>();
        await("one node has the socket").atMost(WITHIN).until(() -> {
            List<TestNode> having =
                    cluster.nodes().stream().filter(node -> of(node) > 0).toList();
            having.forEach(serving::set);
            return having.size() == 1;
        });
        return serving.get();
    }
}
