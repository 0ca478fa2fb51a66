/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.http.forward;

import akka.actor.typed.ActorSystem;
import akka.http.javadsl.Http;
import akka.http.javadsl.model.HttpEntity;
import akka.http.javadsl.model.HttpHeader;
import akka.http.javadsl.model.HttpRequest;
import akka.http.javadsl.model.HttpResponse;
import akka.http.javadsl.model.Uri;
import akka.http.javadsl.model.headers.RawHeader;
import akka.http.javadsl.settings.ConnectionPoolSettings;
import akka.stream.Materializer;
import akka.stream.StreamTcpException;
import akka.stream.SystemMaterializer;
import com.fasterxml.jackson.databind.JsonNode;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.sluice.cluster.Node;
import io.sluice.http.route.Exchange;
import io.sluice.http.route.Json;
import io.sluice.http.route.Problem;
import io.sluice.http.route.ProblemException;
import io.sluice.http.route.ProblemKind;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;

/**
 * The other nodes of the cluster, asked over HTTP on behalf of clients of this one. A request is passed on once: the node that gets it answers it or
 * says who should. Any thread; nothing blocks. Bodies are streams both ways, so that nothing is kept here.
 */
public final class OtherNodes {
    /** Names the node that has passed a request on. */
    public static final String HEADER = "Sluice-Forwarded-By";

    /** Connections to one node; requests beyond wait for one. */
    private static final int CONNECTIONS_MAX = 32;

    /** Requests that wait for a connection to one node; one more is answered with 503. A power of two, as Akka HTTP wants it. */
    private static final int WAITING_MAX = 1024;

    /** Longer than any answer may take ({@code timeout}, {@code wait}). */
    private static final Duration IDLE_TIMEOUT = Duration.ofMinutes(6);

    private static final int STRICT_BYTES_MAX = 1 << 20;
    private static final Duration STRICT_TIMEOUT = Duration.ofSeconds(10);

    /** Headers that go on to the other node, and those that come back; the rest is between two neighbours. */
    private static final List<String> PASSED_ON = List.of("accept", "last-event-id");

    private static final List<String> PASSED_BACK =
            List.of("retry-after", "location", "cache-control", "x-accel-buffering", "allow");

    private final Node node;
    private final ActorSystem<?> system;
    private final Materializer materializer;
    private final Counter forwarded;
    private final Counter failed;
    private ConnectionPoolSettings settings;

    public OtherNodes(Node node, ActorSystem<?> system, MeterRegistry meters) {
        this.node = node;
        this.system = system;
        this.materializer = SystemMaterializer.get(system).materializer();
        this.forwarded = Counter.builder("sluice.http.forwarded")
                .description("requests passed on to other nodes")
                .register(meters);
        this.failed = Counter.builder("sluice.http.forwarded.failed")
                .description("requests passed on to other nodes that did not answer")
                .register(meters);
    }

    /** Whether a node is another one that is known to serve HTTP. */
    public boolean knows(int broker) {
        return broker != node.id() && node.httpAddresses().containsKey(broker);
    }

    /** Whether a request may be passed on to a node: it was not passed on before, and the node is known to serve HTTP. */
    public boolean mayAsk(Exchange exchange, int broker) {
        return !isForwarded(exchange) && knows(broker);
    }

    /** Whether another node has passed it on. */
    public static boolean isForwarded(Exchange exchange) {
        return exchange.request().getHeader(HEADER).isPresent();
    }

    /** The answer of another node to the request as it is; its body must not have been touched. */
    public CompletionStage<HttpResponse> forward(int broker, Exchange exchange) {
        HttpRequest request = exchange.request();
        return send(broker, request.method().value(), request).thenApply(response -> HttpResponse.create()
                .withStatus(response.status())
                .withEntity(response.entity())
                .addHeaders(chosen(response.getHeaders(), PASSED_BACK)));
    }

    private CompletionStage<HttpResponse> send(int broker, String what, HttpRequest request) {
        InetSocketAddress address = node.httpAddresses().get(broker);
        if (address == null) {
            throw unreachable(broker, "it has not said where it serves HTTP");
        }
        Uri uri = request.getUri().scheme("http").host(address.getHostString()).port(address.getPort());
        HttpRequest sent = HttpRequest.create()
                .withMethod(request.method())
                .withUri(uri)
                .withEntity(request.entity())
                .addHeaders(chosen(request.getHeaders(), PASSED_ON))
                .addHeader(RawHeader.create(HEADER, Integer.toString(node.id())));
        forwarded.increment();
        Http http = Http.get(system);
        return http.singleRequest(
                        sent,
                        http.defaultClientHttpsContext(),
                        settings(),
                        system.classicSystem().log())
                .exceptionally(failure -> {
                    failed.increment();
                    throw problem(broker, what, failure);
                });
    }

    /** Made when they are first needed: most nodes are alone. Pools are told apart by them, so they are made once. */
    private synchronized ConnectionPoolSettings settings() {
        if (settings == null) {
            settings = newSettings();
        }
        return settings;
    }

    private ConnectionPoolSettings newSettings() {
        return ConnectionPoolSettings.create(system.classicSystem())
                .withMaxConnections(CONNECTIONS_MAX)
                .withMaxOpenRequests(WAITING_MAX)
                .withMaxRetries(0)
                .withResponseEntitySubscriptionTimeout(scala.concurrent.duration.Duration.Inf())
                .withConnectionSettings(akka.http.javadsl.settings.ClientConnectionSettings.create(
                                system.classicSystem())
                        .withIdleTimeout(scala.concurrent.duration.Duration.create(IDLE_TIMEOUT.toMillis(), "ms")));
    }

    private static List<HttpHeader> chosen(Iterable<HttpHeader> headers, List<String> names) {
        java.util.ArrayList<HttpHeader> chosen = new java.util.ArrayList<>();
        headers.forEach(header -> {
            if (names.contains(header.lowercaseName())) {
                chosen.add(header);
            }
        });
        return chosen;
    }

    /**
     * What another node answers to a GET, as JSON.
     *
     * @return fails with the problem that the other node has told, or one that says that it did not answer
     */
    public CompletionStage<JsonNode> get(int broker, String path) {
        return json(broker, HttpRequest.GET(path));
    }

    /** What another node answers to a request whose body is there. */
    public CompletionStage<JsonNode> json(int broker, HttpRequest request) {
        return send(broker, request.method().value(), request).thenCompose(response -> response.entity()
                .withSizeLimit(STRICT_BYTES_MAX)
                .toStrict(STRICT_TIMEOUT.toMillis(), materializer)
                .thenApply(entity -> read(broker, response.status().intValue(), entity)));
    }

    private JsonNode read(int broker, int status, HttpEntity.Strict entity) {
        try {
            JsonNode answer = Json.MAPPER.readTree(entity.getData().toArray());
            if (status >= 200 && status < 300) {
                return answer;
            }
            throw Problem.read(answer)
                    .orElseGet(() -> Problem.of(
                            ProblemKind.INTERNAL, "Node " + broker + " has answered " + status + ", and not why."))
                    .asException();
        } catch (IOException e) {
            throw Problem.of(
                            ProblemKind.INTERNAL,
                            "Node " + broker + " has answered " + status + " with what is no JSON.")
                    .asException();
        }
    }

    private static ProblemException unreachable(int broker, String why) {
        return Problem.of(ProblemKind.NO_LEADER, "Node " + broker + " could not be asked: " + why + ".")
                .asException();
    }

    /** A connection that was refused has done nothing; of anything else nobody knows. */
    private static RuntimeException problem(int broker, String what, Throwable failure) {
        Throwable cause = failure;
        while (cause instanceof CompletionException && cause.getCause() != null) {
            cause = cause.getCause();
        }
        if (cause instanceof ProblemException told) {
            return told;
        } else if (cause instanceof akka.stream.BufferOverflowException) {
            return Problem.of(ProblemKind.BUSY, "Too many requests wait for node " + broker + ": try again.")
                    .asException();
        } else if (cause instanceof StreamTcpException) {
            return unreachable(broker, "it can't be connected to");
        }
        return Problem.of(
                        ProblemKind.TIMED_OUT,
                        "Node " + broker + " has not answered the " + what
                                + " that was passed on to it; it may have been done.")
                .asException();
    }
}
