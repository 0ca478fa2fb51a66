/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.http.server;

import akka.Done;
import akka.NotUsed;
import akka.actor.Cancellable;
import akka.actor.typed.ActorSystem;
import akka.http.javadsl.Http;
import akka.http.javadsl.settings.ServerSettings;
import akka.stream.Attributes;
import akka.stream.Materializer;
import akka.stream.SystemMaterializer;
import akka.stream.TLSProtocol;
import akka.stream.javadsl.BidiFlow;
import akka.stream.javadsl.Flow;
import akka.stream.javadsl.Keep;
import akka.stream.javadsl.Sink;
import akka.stream.javadsl.TLSPlacebo;
import akka.stream.javadsl.Tcp;
import akka.util.ByteString;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;

/** A port that speaks HTTP/1.1, and on each connection what a response switches it to. */
final class HttpListener {
    private final Tcp.ServerBinding binding;
    private final Lines lines;
    private final Cancellable clock;

    private HttpListener(Tcp.ServerBinding binding, Lines lines, Cancellable clock) {
        this.binding = binding;
        this.lines = lines;
        this.clock = clock;
    }

    /**
     * Binds and serves.
     *
     * @param requests one for each connection; finds its {@link Line.On} among its attributes
     * @param idleTimeout a connection over which no byte has come or gone for so long, or a quarter more, is closed
     */
    static CompletionStage<HttpListener> bind(
            ActorSystem<?> system,
            String host,
            int port,
            ServerSettings settings,
            ConnectionStage requests,
            Duration idleTimeout) {
        Lines lines = new Lines();
        Flow<ByteString, ByteString, NotUsed> http = http(system, settings, requests);
        Materializer materializer = SystemMaterializer.get(system).materializer();
        return Tcp.get(system)
                .bind(host, port, settings.getBacklog(), settings.getSocketOptions(), false, Optional.<Duration>empty())
                .mapAsyncUnordered(
                        settings.getMaxConnections(), connection -> serve(connection, http, lines, materializer))
                .to(Sink.ignore())
                .run(materializer)
                .thenApply(binding -> {
                    Duration tick = idleTimeout.dividedBy(Lines.TICKS);
                    Cancellable clock =
                            system.scheduler().scheduleAtFixedRate(tick, tick, lines::tick, system.executionContext());
                    return new HttpListener(binding, lines, clock);
                });
    }

    private static Flow<ByteString, ByteString, NotUsed> http(
            ActorSystem<?> system, ServerSettings settings, ConnectionStage requests) {
        @SuppressWarnings("unchecked") // what comes in without TLS is nothing but bytes
        BidiFlow<TLSProtocol.SslTlsOutbound, ByteString, ByteString, TLSProtocol.SslTlsInbound, NotUsed> plain =
                (BidiFlow<TLSProtocol.SslTlsOutbound, ByteString, ByteString, TLSProtocol.SslTlsInbound, NotUsed>)
                        (BidiFlow<?, ?, ?, ?, ?>) TLSPlacebo.getInstance();
        return Flow.fromGraph(requests)
                .join(Http.get(system).serverLayer(settings).atop(plain))
                .addAttributes(
                        Attributes.apply(new Attributes.CancellationStrategy(Attributes.cancellationStrategyAfterDelay(
                                settings.getStreamCancellationDelay(), Attributes.cancellationStrategyFailStage()))));
    }

    /** Never fails: the listener would end. */
    private static CompletionStage<Done> serve(
            Tcp.IncomingConnection connection,
            Flow<ByteString, ByteString, NotUsed> http,
            Lines lines,
            Materializer materializer) {
        return connection
                .flow()
                .joinMat(new LineStage(http, lines, connection.remoteAddress().getAddress()), Keep.right())
                .run(materializer);
    }

    InetSocketAddress address() {
        return binding.localAddress();
    }

    /**
     * Listens no more, lets requests that are being answered end, then closes all connections.
     *
     * @param finishWithin for the requests
     * @return done when all connections are closed
     */
    CompletionStage<Void> close(Duration finishWithin) {
        CompletableFuture<?> unbound = binding.unbind().toCompletableFuture();
        CompletableFuture<Void> closed = lines.finish().toCompletableFuture();
        CompletableFuture<Void> inTime = closed.copy()
                .completeOnTimeout(null, finishWithin.toMillis(), TimeUnit.MILLISECONDS)
                .thenRun(lines::abort);
        return CompletableFuture.allOf(unbound, inTime, closed).whenComplete((done, failure) -> clock.cancel());
    }
}
