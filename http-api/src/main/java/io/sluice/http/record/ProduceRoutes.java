/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.http.record;

import akka.http.javadsl.model.HttpMethods;
import akka.http.javadsl.model.HttpResponse;
import akka.util.ByteString;
import io.sluice.cluster.metadata.MetadataImage.TopicInfo;
import io.sluice.http.route.Answers;
import io.sluice.http.route.Bodies;
import io.sluice.http.route.Endpoint;
import io.sluice.http.route.Exchange;
import io.sluice.http.route.JsonBody;
import io.sluice.http.route.MemoryBudget;
import io.sluice.http.route.Problem;
import io.sluice.http.route.ProblemKind;
import io.sluice.http.route.Routes;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;

/** {@code POST /v1/topics/{topic}/records}: records into the partitions of a topic that are led here. */
public final class ProduceRoutes implements Routes {
    private static final String JSON = "application/json";
    private static final String LINES = "application/x-ndjson";
    private static final long TIMEOUT_MS = 30_000;
    private static final long TIMEOUT_MAX_MS = 300_000;
    private static final int ACCEPTED = 202;

    /** Records and batches that are made of a body, compared with it. */
    private static final int BODY_FACTOR = 2;

    private final RecordProducer producer;
    private final Bodies bodies;
    private final MemoryBudget memory;
    private final Executor blocking;

    public ProduceRoutes(RecordProducer producer, Bodies bodies, MemoryBudget memory, Executor blocking) {
        this.producer = producer;
        this.bodies = bodies;
        this.memory = memory;
        this.blocking = blocking;
    }

    @Override
    public List<Endpoint> endpoints() {
        return List.of(Endpoint.of(
                        HttpMethods.POST,
                        "/v1/topics/{topic}/records",
                        exchange -> bodies.whole(exchange, body -> produce(exchange, body)))
                .with("acks", "key", "value", "timeout", "producer", "sequence"));
    }

    private CompletionStage<HttpResponse> produce(Exchange exchange, ByteString body) {
        boolean lines = JsonBody.mediaType(exchange, JSON, LINES).equals(LINES);
        Acks acks = Acks.of(exchange);
        Encoding key = exchange.query("key", Encoding.UTF8);
        Encoding value = exchange.query("value", Encoding.UTF8);
        int timeoutMs = (int) exchange.query("timeout", TIMEOUT_MS, 0, TIMEOUT_MAX_MS);
        NamedProducer named = named(exchange);
        TopicInfo topic = producer.writable(exchange.path("topic"));
        MemoryBudget.Hold hold = memory.hold((long) BODY_FACTOR * body.size(), exchange.peer());
        // Parsing and building take their time, and are not for a thread that others wait for.
        return CompletableFuture.supplyAsync(
                        () -> producer.production(topic, RecordBodies.parse(body.toArray(), lines, key, value), named),
                        blocking)
                .thenCompose(production -> {
                    CompletionStage<Void> sent = production.send(acks, timeoutMs);
                    return acks == Acks.NONE
                            ? CompletableFuture.completedFuture(Answers.nothing(ACCEPTED))
                            : sent.thenApplyAsync(all -> Answers.json(production.outcome()), blocking);
                })
                .whenComplete((response, failure) -> hold.close());
    }

    /** @return null if the records have no numbers */
    private static NamedProducer named(Exchange exchange) {
        boolean hasName = exchange.query("producer").isPresent();
        if (hasName != exchange.query("sequence").isPresent()) {
            throw Problem.of(ProblemKind.BAD_PARAMETER, "The parameters producer and sequence go together.")
                    .asException();
        }
        return hasName
                ? new NamedProducer(
                        exchange.query("producer").get(), exchange.query("sequence", 0, 0, NamedProducer.SEQUENCE_MAX))
                : null;
    }
}
