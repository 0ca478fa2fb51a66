/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.http.web;

import akka.http.javadsl.model.ContentType;
import akka.http.javadsl.model.ContentTypes;
import akka.http.javadsl.model.HttpMethods;
import akka.http.javadsl.model.HttpResponse;
import akka.http.javadsl.model.headers.RawHeader;
import io.sluice.http.route.Answers;
import io.sluice.http.route.Endpoint;
import io.sluice.http.route.Routes;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** {@code /sluice.js} and its types: the client for browsers. */
public final class ScriptRoutes implements Routes {
    private static final int OK = 200;
    private static final ContentType SCRIPT = ContentTypes.parse("text/javascript; charset=UTF-8");
    private static final ContentType TYPES = ContentTypes.parse("application/typescript");

    @Override
    public List<Endpoint> endpoints() {
        return List.of(file("sluice.js", SCRIPT), file("sluice.d.ts", TYPES));
    }

    /** Any page may load it: it has no secrets, and what it connects to asks for the page's origin itself. */
    private static Endpoint file(String name, ContentType type) {
        HttpResponse response = Answers.bytes(OK, type, read(name))
                .addHeader(RawHeader.create("Access-Control-Allow-Origin", "*"))
                .addHeader(RawHeader.create("Cache-Control", "no-cache"));
        return Endpoint.of(HttpMethods.GET, "/" + name, exchange -> CompletableFuture.completedFuture(response));
    }

    private static byte[] read(String name) {
        try (InputStream in = ScriptRoutes.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException(name + " is missing from the class path");
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
