/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.http.web;

import akka.http.javadsl.model.ContentType;
import akka.http.javadsl.model.ContentTypes;
import akka.http.javadsl.model.HttpMethods;
import akka.http.javadsl.model.HttpResponse;
import akka.http.javadsl.model.headers.RawHeader;
import io.sluice.http.route.Answers;
import io.sluice.http.route.Endpoint;
import io.sluice.http.route.Exchange;
import io.sluice.http.route.Problem;
import io.sluice.http.route.ProblemKind;
import io.sluice.http.route.Routes;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The console: a page at {@code /} and what it is made of below {@code /console}. It has no build step: the browser gets the files as they are in the
 * sources. All that it shows it gets from REST and WebSocket, as any other client.
 */
public final class ConsoleRoutes implements Routes {
    /** The page. */
    static final String PAGE = "index.html";

    /** The files of the page; nothing else of the folder is served. */
    static final List<String> FILES = List.of(
            "api.js",
            "bytes.js",
            "cluster.js",
            "configs.js",
            "console.css",
            "dom.js",
            "format.js",
            "groups.js",
            "icon.svg",
            "main.js",
            "partitions.js",
            "plot.js",
            "produce.js",
            "record.js",
            "samples.js",
            "tail.js",
            "topic-forms.js",
            "topic.js",
            "topics.js");

    /**
     * Scripts, styles and connections from this very server and nowhere else, nothing inline, in nobody's frame. Records are other people's text: even if one
     * got into the page as markup, it could run nothing and send nothing. A browser counts the WebSocket of the same host and port as {@code 'self'}.
     */
    static final String POLICY =
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; "
                    + "form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'";

    private static final int OK = 200;
    private static final int NOT_MODIFIED = 304;
    private static final int TAG_BYTES = 12;
    private static final Map<String, ContentType> TYPES = Map.of(
            "html", ContentTypes.TEXT_HTML_UTF8,
            "css", ContentTypes.parse("text/css; charset=UTF-8"),
            "js", ContentTypes.parse("text/javascript; charset=UTF-8"),
            "svg", ContentTypes.parse("image/svg+xml"));

    private final Asset page = Asset.read(PAGE);
    private final Map<String, Asset> files =
            FILES.stream().collect(Collectors.toUnmodifiableMap(Function.identity(), Asset::read));

    @Override
    public List<Endpoint> endpoints() {
        return List.of(
                Endpoint.of(HttpMethods.GET, "/", exchange -> answer(exchange, page)),
                Endpoint.of(HttpMethods.GET, "/console/{file}", this::file));
    }

    private CompletionStage<HttpResponse> file(Exchange exchange) {
        String name = exchange.path("file");
        Asset asset = files.get(name);
        if (asset == null) {
            throw Problem.of(ProblemKind.NOTHING_HERE, "The console has no file " + Problem.quoted(name) + ".")
                    .asException();
        }
        return answer(exchange, asset);
    }

    private static CompletionStage<HttpResponse> answer(Exchange exchange, Asset asset) {
        boolean known = exchange.request()
                .getHeader("If-None-Match")
                .filter(header -> asset.isNamedBy(header.value()))
                .isPresent();
        return CompletableFuture.completedFuture(known ? asset.notModified() : asset.response());
    }

    /**
     * A file of the page. A browser keeps it and asks each time whether it is still the same, so that a page never mixes files of two versions.
     *
     * @param tag the entity tag, in its quotes; of the contents, so it is the same on all nodes of a version
     */
    private record Asset(ContentType type, byte[] bytes, String tag) {
        private static final Pattern LIST = Pattern.compile("\\s*,\\s*");

        static Asset read(String name) {
            try (InputStream in = ConsoleRoutes.class.getResourceAsStream("console/" + name)) {
                if (in == null) {
                    throw new IllegalStateException("console/" + name + " is missing from the class path");
                }
                byte[] bytes = in.readAllBytes();
                return new Asset(TYPES.get(name.substring(name.lastIndexOf('.') + 1)), bytes, tag(bytes));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        private static String tag(byte[] bytes) {
            try {
                byte[] digest = MessageDigest.getInstance("SHA-256").digest(bytes);
                return '"' + HexFormat.of().formatHex(digest, 0, TAG_BYTES) + '"';
            } catch (NoSuchAlgorithmException e) {
                throw new IllegalStateException("every JDK has SHA-256", e);
            }
        }

        /** Whether {@code If-None-Match} names it; a proxy may have made the tag a weak one. */
        boolean isNamedBy(String header) {
            return header.equals("*") || LIST.splitAsStream(header).anyMatch(this::isTag);
        }

        private boolean isTag(String given) {
            return given.equals(tag) || given.equals("W/" + tag);
        }

        HttpResponse response() {
            return guarded(Answers.bytes(OK, type, bytes));
        }

        HttpResponse notModified() {
            return guarded(Answers.nothing(NOT_MODIFIED));
        }

        private HttpResponse guarded(HttpResponse response) {
            return response.addHeader(RawHeader.create("ETag", tag))
                    .addHeader(RawHeader.create("Cache-Control", "no-cache"))
                    .addHeader(RawHeader.create("Content-Security-Policy", POLICY))
                    .addHeader(RawHeader.create("X-Content-Type-Options", "nosniff"))
                    .addHeader(RawHeader.create("Referrer-Policy", "no-referrer"));
        }
    }
}
