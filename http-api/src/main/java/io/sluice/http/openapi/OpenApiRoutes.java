/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.http.openapi;

import akka.http.javadsl.model.ContentTypes;
import akka.http.javadsl.model.HttpMethods;
import io.sluice.http.route.Answers;
import io.sluice.http.route.Endpoint;
import io.sluice.http.route.Routes;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** {@code /v1/openapi.json}: a file beside this class, written by hand; a test holds it against the table of routes. */
public final class OpenApiRoutes implements Routes {
    /** Read on demand: most nodes are never asked. */
    public static byte[] file() {
        try (InputStream in = OpenApiRoutes.class.getResourceAsStream("openapi.json")) {
            if (in == null) {
                throw new IllegalStateException("openapi.json is missing from the class path");
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public List<Endpoint> endpoints() {
        return List.of(Endpoint.of(
                HttpMethods.GET,
                "/v1/openapi.json",
                exchange ->
                        CompletableFuture.completedFuture(Answers.bytes(200, ContentTypes.APPLICATION_JSON, file()))));
    }
}
