/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.http.operate;

import akka.http.javadsl.model.HttpMethods;
import akka.http.javadsl.model.HttpResponse;
import io.sluice.cluster.Health;
import io.sluice.http.route.Answers;
import io.sluice.http.route.Endpoint;
import io.sluice.http.route.Exchange;
import io.sluice.http.route.Routes;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/**
 * For probes, in the words of {@code sluice-health}: {@code /health/live} is 200 as long as anything answers at all, {@code /health/ready} 200 if clients
 * should be sent here and 503 if not; one line of text says how the node is.
 */
public final class HealthRoutes implements Routes {
    private static final int OK = 200;
    private static final int UNAVAILABLE = 503;

    private final Supplier<Health> health;

    public HealthRoutes(Supplier<Health> health) {
        this.health = health;
    }

    @Override
    public List<Endpoint> endpoints() {
        return List.of(
                Endpoint.of(HttpMethods.GET, "/health/live", HealthRoutes::live),
                Endpoint.of(HttpMethods.GET, "/health/ready", this::ready));
    }

    private static CompletionStage<HttpResponse> live(Exchange exchange) {
        return CompletableFuture.completedFuture(Answers.text(OK, "alive\n"));
    }

    private CompletionStage<HttpResponse> ready(Exchange exchange) {
        Health now = health.get();
        return CompletableFuture.completedFuture(
                now.ready()
                        ? Answers.text(OK, "ready: " + now.state() + "\n")
                        : Answers.text(UNAVAILABLE, "not ready: " + now.state() + "\n"));
    }
}
