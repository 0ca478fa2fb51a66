/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.http.record;

import akka.NotUsed;
import akka.http.javadsl.model.ContentTypes;
import akka.http.javadsl.model.HttpEntities;
import akka.http.javadsl.model.HttpMethods;
import akka.http.javadsl.model.HttpResponse;
import akka.stream.javadsl.Source;
import akka.util.ByteString;
import io.sluice.actors.partition.PartitionHandle;
import io.sluice.cluster.Node;
import io.sluice.cluster.metadata.MetadataImage.TopicInfo;
import io.sluice.http.forward.OtherNodes;
import io.sluice.http.route.Endpoint;
import io.sluice.http.route.Exchange;
import io.sluice.http.route.MemoryBudget;
import io.sluice.http.route.ProblemKind;
import io.sluice.http.route.Routes;
import io.sluice.log.LogView;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * {@code GET /v1/topics/{topic}/partitions/{partition}/records}: a page of records from an offset on, which the caller keeps. No session, so any node with a
 * replica answers. With {@code wait} an empty page is not answered before something has come, or that time is over.
 */
public final class ReadRoutes implements Routes {
    /** A page in JSON, compared with the records in it: base64 and escapes. */
    private static final int JSON_FACTOR = 2;

    /** How long a leader has to make sure that it still leads, before it says that an offset is beyond its log. */
    private static final long STILL_LEADS_MAX_MS = 500;

    private final PartitionFinder finder;
    private final OtherNodes others;
    private final ReadLimits limits;
    private final RecordReader reader;
    private final Waits waits;
    private final MemoryBudget memory;
    private final Executor blocking;

    public ReadRoutes(
            Node node, PartitionFinder finder, OtherNodes others, Waits waits, MemoryBudget memory, Executor blocking) {
        this.finder = finder;
        this.others = others;
        this.limits = ReadLimits.of(node.settings());
        this.reader = new RecordReader(limits.decompressedBytesMax());
        this.waits = waits;
        this.memory = memory;
        this.blocking = blocking;
    }

    @Override
    public List<Endpoint> endpoints() {
        return List.of(Endpoint.of(HttpMethods.GET, "/v1/topics/{topic}/partitions/{partition}/records", this::read)
                .with(ReadQuery.PARAMETERS));
    }

    private CompletionStage<HttpResponse> read(Exchange exchange) {
        ReadQuery query = ReadQuery.of(exchange, limits);
        TopicInfo topic = finder.topic(exchange.path("topic"));
        int partition = exchange.pathNumber("partition", ProblemKind.UNKNOWN_PARTITION);
        int elsewhere = finder.readElsewhere(exchange, topic, partition);
        if (elsewhere >= 0) {
            return others.forward(elsewhere, exchange);
        } else if (query.timestampMs() == ReadQuery.NO_TIMESTAMP) {
            return read(exchange, topic, partition, query);
        }
        return CompletableFuture.supplyAsync(
                        () -> query.at(reader.offsetOf(
                                finder.readable(topic, partition).view(), query)),
                        blocking)
                .thenCompose(found -> read(exchange, topic, partition, found));
    }

    private CompletionStage<HttpResponse> read(Exchange exchange, TopicInfo topic, int partition, ReadQuery query) {
        PartitionHandle handle = finder.readable(topic, partition);
        LogView view = handle.view();
        long offset = query.resolved(view);
        ReadQuery fixed = query.at(offset);
        boolean nothing = offset >= query.end(view) && offset <= view.logEndOffset();
        if (!nothing || query.waitMs() == 0) {
            return page(exchange, topic, partition, fixed);
        }
        return waits.await(handle, offset, query.bound(), Duration.ofMillis(query.waitMs()), exchange.peer())
                .thenCompose(over -> page(exchange, topic, partition, fixed));
    }

    /** The partition is looked up again: it may have moved while the reader waited. */
    private CompletionStage<HttpResponse> page(Exchange exchange, TopicInfo topic, int partition, ReadQuery query) {
        PartitionHandle handle = finder.readable(topic, partition);
        LogView view = handle.view();
        return query.offset() <= view.logEndOffset()
                ? page(exchange, topic, partition, query, () -> view)
                : beyondEnd(exchange, topic, partition, query, handle);
    }

    /**
     * The log here ends before that, which says nothing of the leader's if this is a follower, and if it is the leader's, a later one may have it that it has not
     * heard of. Whoever got the offset from there must not be told that it is wrong.
     */
    private CompletionStage<HttpResponse> beyondEnd(
            Exchange exchange, TopicInfo topic, int partition, ReadQuery query, PartitionHandle handle) {
        if (!handle.leads()) {
            return finder.askLeader(exchange, topic, partition);
        }
        CompletableFuture<Boolean> certain = new CompletableFuture<>();
        handle.confirmLeads(certain::complete);
        return certain.completeOnTimeout(false, STILL_LEADS_MAX_MS, TimeUnit.MILLISECONDS)
                .thenCompose(leads -> {
                    if (!leads) {
                        throw finder.noLeader(topic, partition);
                    }
                    return page(exchange, topic, partition, query, handle::view);
                });
    }

    private CompletionStage<HttpResponse> page(
            Exchange exchange, TopicInfo topic, int partition, ReadQuery query, Supplier<LogView> view) {
        return CompletableFuture.supplyAsync(
                () -> {
                    MemoryBudget.Hold hold = memory.hold((long) JSON_FACTOR * query.bytesMax(), exchange.peer());
                    try {
                        ReadPage page = reader.read(view.get(), query);
                        byte[] json = RecordJson.page(topic.name(), partition, page, query);
                        hold.becomes(json.length);
                        return answer(json, hold);
                    } catch (RuntimeException e) {
                        hold.close();
                        throw e;
                    }
                },
                blocking);
    }

    /** What it takes is given back when the client has taken it. */
    private static HttpResponse answer(byte[] json, MemoryBudget.Hold hold) {
        Source<ByteString, NotUsed> bytes = Source.single(ByteString.fromArrayUnsafe(json))
                .watchTermination((none, taken) -> {
                    taken.whenComplete((done, failure) -> hold.close());
                    return none;
                });
        return HttpResponse.create().withEntity(HttpEntities.create(ContentTypes.APPLICATION_JSON, json.length, bytes));
    }
}
