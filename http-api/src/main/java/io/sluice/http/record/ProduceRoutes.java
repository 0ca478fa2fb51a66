/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.http.record;

import akka.NotUsed;
import akka.http.javadsl.model.ContentType;
import akka.http.javadsl.model.ContentTypes;
import akka.http.javadsl.model.HttpEntities;
import akka.http.javadsl.model.HttpMethods;
import akka.http.javadsl.model.HttpResponse;
import akka.stream.javadsl.Source;
import akka.util.ByteString;
import io.sluice.cluster.metadata.MetadataImage.TopicInfo;
import io.sluice.http.route.Answers;
import io.sluice.http.route.Bodies;
import io.sluice.http.route.Endpoint;
import io.sluice.http.route.Exchange;
import io.sluice.http.route.Json;
import io.sluice.http.route.JsonBody;
import io.sluice.http.route.MemoryBudget;
import io.sluice.http.route.Problem;
import io.sluice.http.route.ProblemKind;
import io.sluice.http.route.Routes;
import io.sluice.http.route.Words;
import java.io.ByteArrayOutputStream;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;

/** {@code POST /v1/topics/{topic}/records}: records into the partitions of a topic, wherever they are led. */
public final class ProduceRoutes implements Routes {
    private static final String JSON = "application/json";
    private static final String LINES = "application/x-ndjson";
    private static final ContentType LINES_TYPE = ContentTypes.parse(LINES);
    private static final long TIMEOUT_MS = 30_000;
    private static final long TIMEOUT_MAX_MS = 300_000;
    private static final int ACCEPTED = 202;

    /** Records and batches that are made of a body, compared with it. */
    private static final int BODY_FACTOR = 2;

    /** A record as a line, compared with the same in a batch: base64, or escapes of text that has few. */
    private static final int LINE_FACTOR = 2;

    private static final int LINE_OVERHEAD_BYTES = 64 << 10;
    private static final int RESULT_BYTES = 40;

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
        return List.of(Endpoint.of(HttpMethods.POST, "/v1/topics/{topic}/records", this::produce)
                .with("acks", "key", "value", "timeout", "producer", "sequence", "results"));
    }

    /** What an answer tells. */
    private enum Results {
        /** Of every record, when all is done. */
        ARRAY,
        /** How many records each partition has got. */
        SUMMARY,
        /** Of every record, as it goes. */
        LINES
    }

    /** What a request asks for. */
    private record Query(
            boolean lines,
            Acks acks,
            Encoding key,
            Encoding value,
            int timeoutMs,
            NamedProducer named,
            Results results) {
        static Query of(Exchange exchange) {
            boolean lines =
                    JsonBody.mediaType(exchange, JSON, ProduceRoutes.LINES).equals(ProduceRoutes.LINES);
            Acks acks = Acks.of(exchange);
            NamedProducer named = ProduceRoutes.named(exchange);
            Query query = new Query(
                    lines,
                    acks,
                    exchange.query("key", Encoding.UTF8),
                    exchange.query("value", Encoding.UTF8),
                    (int) exchange.query("timeout", TIMEOUT_MS, 0, TIMEOUT_MAX_MS),
                    named,
                    exchange.query("results", lines && named == null ? Results.SUMMARY : Results.ARRAY));
            if (query.isStreamed() && (!lines || named != null)) {
                throw Problem.of(
                                ProblemKind.BAD_PARAMETER,
                                "The parameter results is " + Words.of(query.results)
                                        + ", which is for one record a line (" + ProduceRoutes.LINES
                                        + ") and producers without a name.")
                        .asException();
            }
            return query;
        }

        boolean isStreamed() {
            return results != Results.ARRAY;
        }
    }

    private CompletionStage<HttpResponse> produce(Exchange exchange) {
        Query query = Query.of(exchange);
        TopicInfo topic = producer.writable(exchange.path("topic"));
        return query.isStreamed()
                ? stream(exchange, topic, query)
                : bodies.whole(exchange, body -> produce(exchange, topic, query, body));
    }

    private CompletionStage<HttpResponse> stream(Exchange exchange, TopicInfo topic, Query query) {
        int lineBytesMax =
                (int) Math.min(bodies.bytesMax(), LINE_FACTOR * producer.batchBytesMax(topic) + LINE_OVERHEAD_BYTES);
        MemoryBudget.Hold hold = memory.hold(
                lineBytesMax + (long) BODY_FACTOR * LineProduction.PIECES_MAX * LineProduction.PIECE_BYTES,
                exchange.peer());
        LineProduction production = new LineProduction(
                new LineProduction.Writer() {
                    @Override
                    public List<NewRecord> parse(byte[] lines, int firstIndex) {
                        return RecordBodies.lines(lines, firstIndex, query.key(), query.value());
                    }

                    @Override
                    public Production begin(List<NewRecord> records) {
                        return producer.production(topic, records, query.named());
                    }

                    @Override
                    public CompletionStage<Void> send(Production piece) {
                        return piece.send(query.acks(), query.timeoutMs());
                    }
                },
                blocking,
                lineBytesMax);
        Source<ByteString, Object> bytes =
                exchange.request().entity().withoutSizeLimit().getDataBytes();
        if (query.results() == Results.SUMMARY) {
            return production
                    .summary(bytes, bodies.materializer())
                    .whenComplete((summary, failure) -> hold.close())
                    .thenApply(Answers::json);
        }
        Source<ByteString, NotUsed> lines = production
                .results(bytes)
                .map(ProduceRoutes::lines)
                .concatLazy(Source.lazySource(() -> end(production.problem(), exchange)))
                .watchTermination((none, over) -> {
                    over.whenComplete((done, failure) -> hold.close());
                    return none;
                });
        return CompletableFuture.completedFuture(
                HttpResponse.create().withEntity(HttpEntities.createChunked(LINES_TYPE, lines)));
    }

    private static ByteString lines(List<Map<String, Object>> results) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(RESULT_BYTES * results.size());
        results.forEach(result -> {
            out.writeBytes(Json.bytes(result));
            out.write('\n');
        });
        return ByteString.fromArrayUnsafe(out.toByteArray());
    }

    private static Source<ByteString, NotUsed> end(Problem problem, Exchange exchange) {
        return problem == null
                ? Source.empty()
                : Source.single(lines(
                        List.of(problem.document(exchange.request().getUri().path()))));
    }

    private CompletionStage<HttpResponse> produce(Exchange exchange, TopicInfo topic, Query query, ByteString body) {
        MemoryBudget.Hold hold = memory.hold((long) BODY_FACTOR * body.size(), exchange.peer());
        // Parsing and building take their time, and are not for a thread that others wait for.
        return CompletableFuture.supplyAsync(
                        () -> producer.production(
                                topic,
                                RecordBodies.parse(body.toArray(), query.lines(), query.key(), query.value()),
                                query.named()),
                        blocking)
                .thenCompose(production -> {
                    CompletionStage<Void> sent = production.send(query.acks(), query.timeoutMs());
                    return query.acks() == Acks.NONE
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
