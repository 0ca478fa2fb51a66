/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.http.operate;

import akka.http.javadsl.model.ContentType;
import akka.http.javadsl.model.ContentTypes;
import akka.http.javadsl.model.HttpMethods;
import akka.http.javadsl.model.HttpResponse;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.sluice.http.route.Answers;
import io.sluice.http.route.Endpoint;
import io.sluice.http.route.Exchange;
import io.sluice.http.route.Routes;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;

/** {@code /metrics}: all that the broker counts, in the text format of Prometheus. */
public final class MetricsRoutes implements Routes {
    private static final ContentType TEXT = ContentTypes.parse("text/plain; version=0.0.4; charset=utf-8");

    private final PrometheusMeterRegistry meters;
    private final Executor executor;

    /** @param executor asks all gauges: some look at every partition */
    public MetricsRoutes(PrometheusMeterRegistry meters, Executor executor) {
        this.meters = meters;
        this.executor = executor;
    }

    @Override
    public List<Endpoint> endpoints() {
        return List.of(Endpoint.of(HttpMethods.GET, "/metrics", this::metrics));
    }

    private CompletionStage<HttpResponse> metrics(Exchange exchange) {
        return CompletableFuture.supplyAsync(
                () -> Answers.bytes(200, TEXT, meters.scrape().getBytes(StandardCharsets.UTF_8)), executor);
    }
}
