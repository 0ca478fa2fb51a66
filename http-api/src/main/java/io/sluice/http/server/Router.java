/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.http.server;

import akka.http.javadsl.model.HttpHeader;
import akka.http.javadsl.model.HttpMethod;
import akka.http.javadsl.model.HttpMethods;
import akka.http.javadsl.model.HttpRequest;
import akka.http.javadsl.model.HttpResponse;
import akka.http.javadsl.model.headers.RawHeader;
import akka.http.scaladsl.model.IllegalUriException;
import akka.japi.Pair;
import io.sluice.http.route.Answers;
import io.sluice.http.route.Endpoint;
import io.sluice.http.route.Exchange;
import io.sluice.http.route.Peer;
import io.sluice.http.route.Problem;
import io.sluice.http.route.ProblemException;
import io.sluice.http.route.ProblemKind;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Function;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings a request to its endpoint. Whatever goes wrong on the way, or there, becomes a problem document; a bug costs its own request and a line in the
 * log. A HEAD is a GET whose body is not sent.
 */
final class Router {
    private static final Logger LOG = LoggerFactory.getLogger(Router.class);

    private static final String HEALTH = "health";

    private final List<Endpoint> endpoints;
    private final HttpMetrics metrics;
    private final Predicate<String> hosts;
    private final Function<HttpRequest, CompletionStage<Void>> discard;

    /**
     * @param hosts whether the node may be called so: the header {@code Host}, or null
     * @param discard gets rid of what is left of a request's body, and never fails: many clients read no response before they have sent all
     */
    Router(
            List<Endpoint> endpoints,
            HttpMetrics metrics,
            Predicate<String> hosts,
            Function<HttpRequest, CompletionStage<Void>> discard) {
        this.endpoints = List.copyOf(endpoints);
        this.hosts = hosts;
        this.metrics = metrics;
        this.discard = discard;
    }

    /** Never fails. */
    CompletionStage<HttpResponse> handle(Peer peer, HttpRequest request) {
        CompletionStage<HttpResponse> response;
        try {
            response = route(peer, request);
        } catch (RuntimeException e) {
            response = CompletableFuture.failedFuture(e);
        }
        return response.handle((done, failure) -> failure == null
                        ? CompletableFuture.completedFuture(done)
                        : discard.apply(request).thenApply(nothing -> failed(request, failure)))
                .thenCompose(stage -> stage)
                .thenApply(this::counted);
    }

    private HttpResponse counted(HttpResponse response) {
        metrics.responded(response.status().intValue());
        return response;
    }

    private CompletionStage<HttpResponse> route(Peer peer, HttpRequest request) {
        List<String> path = new ArrayList<>();
        request.getUri().pathSegments().forEach(path::add);
        checkHost(path, request);
        HttpMethod method = request.method().equals(HttpMethods.HEAD) ? HttpMethods.GET : request.method();
        TreeSet<String> allowed = new TreeSet<>();
        for (Endpoint endpoint : endpoints) {
            Optional<Map<String, String>> variables = endpoint.path().match(path);
            if (variables.isPresent() && endpoint.method().equals(method)) {
                Map<String, String> query = query(request, endpoint);
                return endpoint.handler().handle(new Exchange(request, peer, variables.get(), query));
            } else if (variables.isPresent()) {
                allowed.add(endpoint.method().value());
            }
        }
        return discard.apply(request)
                .thenApply(nothing ->
                        allowed.isEmpty() ? nothingHere(request) : wrongMethod(request, String.join(", ", allowed)));
    }

    /** Probes are answered under any name: load balancers have their own, and there is nothing to be learnt. */
    private void checkHost(List<String> path, HttpRequest request) {
        String host = request.getHeader("Host").map(HttpHeader::value).orElse(null);
        if (!hosts.test(host) && (path.isEmpty() || !path.get(0).equals(HEALTH))) {
            metrics.hostsRefused.increment();
            throw Problem.of(
                            ProblemKind.UNKNOWN_HOST,
                            "This node is not known as " + Problem.quoted(host)
                                    + ": if it may be called so, name that in sluice.http.hosts.")
                    .asException();
        }
    }

    private static HttpResponse nothingHere(HttpRequest request) {
        String path = request.getUri().path();
        return Answers.problem(
                Problem.of(ProblemKind.NOTHING_HERE, "Nothing is served at " + Problem.quoted(path) + "."), path);
    }

    private static HttpResponse wrongMethod(HttpRequest request, String allowed) {
        Problem problem = Problem.of(
                ProblemKind.WRONG_METHOD,
                "The method here is one of " + allowed + ", not "
                        + request.method().value() + ".");
        return Answers.problem(problem, request.getUri().path()).addHeader(RawHeader.create("Allow", allowed));
    }

    private static Map<String, String> query(HttpRequest request, Endpoint endpoint) {
        List<Pair<String, String>> given;
        try {
            given = request.getUri().query().toList();
        } catch (IllegalUriException e) {
            throw bad("The query of the URI can't be read: it must be name=value&...");
        }
        Map<String, String> query = new HashMap<>();
        for (Pair<String, String> parameter : given) {
            String name = parameter.first();
            if (!endpoint.query().contains(name)) {
                throw bad(unknown(name, endpoint.query()));
            }
            if (query.put(name, parameter.second()) != null) {
                throw bad("The parameter " + name + " is given more than once.");
            }
        }
        return query;
    }

    private static ProblemException bad(String sentence) {
        return Problem.of(ProblemKind.BAD_PARAMETER, sentence).asException();
    }

    private static String unknown(String name, List<String> known) {
        return "There is no parameter " + Problem.quoted(name) + " here, "
                + (known.isEmpty() ? "nor any other." : "only " + String.join(", ", known) + ".");
    }

    private HttpResponse failed(HttpRequest request, Throwable failure) {
        String path = request.getUri().path();
        Throwable cause = failure;
        while (cause instanceof CompletionException && cause.getCause() != null) {
            cause = cause.getCause();
        }
        if (cause instanceof ProblemException told) {
            return Answers.problem(told.problem(), path);
        }
        if (cause instanceof RejectedExecutionException) {
            return Answers.problem(
                    Problem.of(ProblemKind.BUSY, "Too many requests wait for the disk here: try again."), path);
        }
        metrics.failures.increment();
        LOG.error("{} {} failed", request.method().value(), path, cause);
        return Answers.problem(
                Problem.of(ProblemKind.INTERNAL, "The request has met a bug; the node's log has more."), path);
    }
}
