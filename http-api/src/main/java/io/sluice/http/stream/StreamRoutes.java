/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.http.stream;

import akka.NotUsed;
import akka.actor.typed.ActorSystem;
import akka.http.javadsl.model.HttpEntities;
import akka.http.javadsl.model.HttpMethods;
import akka.http.javadsl.model.HttpResponse;
import akka.http.javadsl.model.headers.RawHeader;
import akka.japi.Pair;
import akka.japi.pf.PFBuilder;
import akka.stream.SharedKillSwitch;
import akka.stream.SystemMaterializer;
import akka.stream.javadsl.Source;
import akka.util.ByteString;
import io.sluice.actors.subscription.Positions;
import io.sluice.actors.subscription.SubscriptionControl;
import io.sluice.actors.subscription.SubscriptionEvent;
import io.sluice.actors.subscription.SubscriptionException;
import io.sluice.actors.subscription.Subscriptions;
import io.sluice.http.forward.OtherNodes;
import io.sluice.http.route.Endpoint;
import io.sluice.http.route.Exchange;
import io.sluice.http.route.Routes;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/**
 * {@code GET /v1/topics/{topic}/stream}: a topic as server-sent events, for {@code EventSource} and {@code curl -N}, or as lines of JSON. Backpressure is TCP's: what the client
 * does not take is not read.
 */
public final class StreamRoutes implements Routes {
    private final Supplier<Subscriptions> subscriptions;
    private final OtherNodes others;
    private final ActorSystem<?> system;
    private final Duration heartbeat;
    private final SharedKillSwitch end;

    /**
     * @param heartbeat a comment is sent when nothing else was for so long: the connection is not idle, and a client that is gone is noticed
     * @param end ends all streams
     */
    public StreamRoutes(
            Supplier<Subscriptions> subscriptions,
            OtherNodes others,
            ActorSystem<?> system,
            Duration heartbeat,
            SharedKillSwitch end) {
        this.subscriptions = subscriptions;
        this.others = others;
        this.system = system;
        this.heartbeat = heartbeat;
        this.end = end;
    }

    @Override
    public List<Endpoint> endpoints() {
        return List.of(Endpoint.of(HttpMethods.GET, "/v1/topics/{topic}/stream", this::stream)
                .with(StreamQuery.PARAMETERS));
    }

    /** What is wrong from the beginning is told as such, before the first byte of the stream. */
    private CompletionStage<HttpResponse> stream(Exchange exchange) {
        StreamQuery query = StreamQuery.of(exchange, exchange.path("topic"));
        Pair<SubscriptionControl, Source<SubscriptionEvent, NotUsed>> running = subscriptions
                .get()
                .subscribe(query.request())
                .preMaterialize(SystemMaterializer.get(system).materializer());
        // the client may go before it has asked for the first byte
        Runnable forget = exchange.peer().onClose(running.first()::stop);
        return running.first()
                .started()
                .handle((positions, failure) -> {
                    if (failure == null) {
                        return CompletableFuture.completedFuture(
                                response(exchange, query, positions, running.second(), forget));
                    }
                    forget.run();
                    return elsewhere(exchange, failure);
                })
                .thenCompose(stage -> stage);
    }

    /** A topic that is served by one other node alone is streamed from there. */
    private CompletionStage<HttpResponse> elsewhere(Exchange exchange, Throwable failure) {
        Throwable cause = cause(failure);
        if (cause instanceof SubscriptionException known
                && known.code() == SubscriptionException.Code.NOT_SERVED_HERE
                && others.mayAsk(exchange, known.leader())) {
            return others.forward(known.leader(), exchange);
        }
        return CompletableFuture.failedFuture(
                cause instanceof SubscriptionException known
                        ? StreamProblems.of(known).asException()
                        : cause);
    }

    private static Throwable cause(Throwable failure) {
        return failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
    }

    private HttpResponse response(
            Exchange exchange,
            StreamQuery query,
            Positions positions,
            Source<SubscriptionEvent, NotUsed> events,
            Runnable forget) {
        StreamWriter writer = new StreamWriter(query.format(), positions, query.key(), query.value(), query.limit());
        String path = exchange.request().getUri().path();
        Source<ByteString, NotUsed> bytes = Source.single(writer.opening())
                .concat(events.map(writer::write).takeWhile(part -> !writer.isDone(), true))
                .recover(new PFBuilder<Throwable, ByteString>()
                        .match(SubscriptionException.class, e -> writer.problem(StreamProblems.of(e), path))
                        .build())
                .keepAlive(heartbeat, writer::heartbeat)
                .via(end.flow())
                .watchTermination((none, over) -> {
                    over.whenComplete((done, failure) -> forget.run());
                    return none;
                });
        return HttpResponse.create()
                .addHeader(RawHeader.create("Cache-Control", "no-cache"))
                .addHeader(RawHeader.create("X-Accel-Buffering", "no"))
                .withEntity(HttpEntities.createChunked(query.format().contentType(), bytes));
    }
}
