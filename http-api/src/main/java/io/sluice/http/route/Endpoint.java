/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.http.route;

import akka.http.javadsl.model.HttpMethod;
import akka.http.javadsl.model.HttpResponse;
import java.util.List;
import java.util.concurrent.CompletionStage;

/**
 * One row of the table of routes.
 *
 * @param query names of the query parameters that it understands; any other is refused
 * @param handler answers
 */
public record Endpoint(HttpMethod method, PathTemplate path, List<String> query, Handler handler) {
    /** Answers one request. */
    @FunctionalInterface
    public interface Handler {
        /**
         * Called on a thread that must not block. What goes wrong is a {@link ProblemException}, thrown or in the stage; anything else is a bug, and told
         * as such.
         */
        CompletionStage<HttpResponse> handle(Exchange exchange);
    }

    public static Endpoint of(HttpMethod method, String path, Handler handler) {
        return new Endpoint(method, PathTemplate.of(path), List.of(), handler);
    }

    /** The same, with query parameters. */
    public Endpoint with(String... parameters) {
        return new Endpoint(method, path, List.of(parameters), handler);
    }
}
