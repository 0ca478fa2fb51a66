/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.http.record;

import akka.http.javadsl.model.HttpMethods;
import akka.http.javadsl.model.HttpResponse;
import akka.util.ByteString;
import io.sluice.cluster.Node;
import io.sluice.cluster.config.TopicConfigs;
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
import io.sluice.log.LogConfig;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;

/** {@code POST /v1/topics/{topic}/records}: records into the partitions of a topic that are led here. */
public final class ProduceRoutes implements Routes {
    private static final String JSON = "application/json";
    private static final String LINES = "application/x-ndjson";
    private static final long TIMEOUT_MS = 30_000;
    private static final long TIMEOUT_MAX_MS = 300_000;
    private static final int ACCEPTED = 202;

    /** Records and batches that are made of a body, compared with it. */
    private static final int BODY_FACTOR = 2;

    private final Node node;
    private final PartitionFinder finder;
    private final TopicConfigs configs;
    private final Bodies bodies;
    private final MemoryBudget memory;
    private final Executor blocking;
    private final InstantSource clock;

    /** Records without a key take turns with the partitions, a request at a time. */
    private final AtomicInteger turn = new AtomicInteger();

    public ProduceRoutes(Node node, Bodies bodies, MemoryBudget memory, Executor blocking, InstantSource clock) {
        this.node = node;
        this.finder = new PartitionFinder(node);
        this.configs = new TopicConfigs(node.settings());
        this.bodies = bodies;
        this.memory = memory;
        this.blocking = blocking;
        this.clock = clock;
    }

    @Override
    public List<Endpoint> endpoints() {
        return List.of(Endpoint.of(
                        HttpMethods.POST,
                        "/v1/topics/{topic}/records",
                        exchange -> bodies.whole(exchange, body -> produce(exchange, body)))
                .with("acks", "key", "value", "timeout"));
    }

    private CompletionStage<HttpResponse> produce(Exchange exchange, ByteString body) {
        boolean lines = JsonBody.mediaType(exchange, JSON, LINES).equals(LINES);
        Acks acks = Acks.of(exchange);
        Encoding key = exchange.query("key", Encoding.UTF8);
        Encoding value = exchange.query("value", Encoding.UTF8);
        int timeoutMs = (int) exchange.query("timeout", TIMEOUT_MS, 0, TIMEOUT_MAX_MS);
        TopicInfo topic = finder.topic(exchange.path("topic"));
        if (topic.internal()) {
            throw Problem.of(ProblemKind.FORBIDDEN, "Only the broker itself writes to " + topic.name() + ".")
                    .asException();
        }
        MemoryBudget.Hold hold = memory.hold((long) BODY_FACTOR * body.size(), exchange.peer());
        // Parsing and building take their time, and are not for a thread that others wait for.
        return CompletableFuture.supplyAsync(
                        () -> production(topic, RecordBodies.parse(body.toArray(), lines, key, value)), blocking)
                .thenCompose(production -> {
                    CompletionStage<Void> sent = production.send(acks, timeoutMs);
                    return acks == Acks.NONE
                            ? CompletableFuture.completedFuture(Answers.nothing(ACCEPTED))
                            : sent.thenApplyAsync(all -> Answers.json(production.outcome()), blocking);
                })
                .whenComplete((response, failure) -> hold.close());
    }

    private Production production(TopicInfo topic, List<NewRecord> records) {
        LogConfig config = configs.effective(node.metadata(), topic);
        long batchBytesMax = Math.min(config.maxMessageBytes(), config.segmentBytes());
        return Production.of(finder, topic, records, keyless(topic), batchBytesMax, clock.millis());
    }

    /** One that is led here, if there is one. */
    private int keyless(TopicInfo topic) {
        List<Integer> here = finder.ledHere(topic);
        return here.isEmpty() ? 0 : here.get(Math.floorMod(turn.getAndIncrement(), here.size()));
    }
}
