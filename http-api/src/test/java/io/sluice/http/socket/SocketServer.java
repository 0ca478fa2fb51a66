/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.http.socket;

import akka.actor.typed.ActorSystem;
import akka.actor.typed.javadsl.Behaviors;
import akka.http.javadsl.Http;
import akka.http.javadsl.ServerBinding;
import akka.http.javadsl.model.HttpRequest;
import akka.http.javadsl.model.HttpResponse;
import akka.japi.function.Function;
import com.typesafe.config.ConfigFactory;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.sluice.actors.subscription.Subscriptions;
import io.sluice.http.auth.Authenticator;
import io.sluice.http.auth.Tickets;
import io.sluice.http.route.Answers;
import io.sluice.http.route.ProblemException;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;

/** WebSockets on a port of their own, in front of any subscriptions. */
final class SocketServer implements AutoCloseable {
    private final ActorSystem<Void> system;
    private final ServerBinding binding;
    final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    final Sockets sockets;
    final Tickets tickets = new Tickets(10, Duration.ofSeconds(30), InstantSource.system());
    volatile Authenticator authenticator = Authenticator.NONE;

    SocketServer(Subscriptions subscriptions, SocketOptions options) {
        this(subscriptions, options, 0);
    }

    /** @param port 0 for any free one */
    SocketServer(Subscriptions subscriptions, SocketOptions options, int port) {
        system = ActorSystem.create(
                Behaviors.empty(),
                "sockets",
                ConfigFactory.parseString(
                                "akka.http.server.remote-address-attribute = on\nakka.jvm-shutdown-hooks = off")
                        .withFallback(ConfigFactory.load()));
        sockets = new Sockets(options, meters);
        SocketHandshake handshake =
                new SocketHandshake(sockets, credentials -> authenticator.authenticate(credentials), tickets);
        Function<HttpRequest, CompletionStage<HttpResponse>> handler =
                request -> answer(handshake, subscriptions, request);
        binding = Http.get(system)
                .newServerAt("127.0.0.1", port)
                .bind(handler)
                .toCompletableFuture()
                .join();
    }

    private CompletionStage<HttpResponse> answer(
            SocketHandshake handshake, Subscriptions subscriptions, HttpRequest request) {
        CompletionStage<HttpResponse> answer;
        try {
            answer = handshake.answer(
                    request,
                    request.getUri().query().get("ticket").orElse(null),
                    (codec, address) -> new SocketStage(subscriptions, sockets, codec, address));
        } catch (ProblemException e) {
            answer = CompletableFuture.failedFuture(e);
        }
        return answer.exceptionally(failure -> {
            Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
            return Answers.problem(((ProblemException) cause).problem(), "/");
        });
    }

    int port() {
        return binding.localAddress().getPort();
    }

    URI uri() {
        return URI.create("ws://127.0.0.1:" + port() + "/v1/subscribe");
    }

    @Override
    public void close() {
        binding.terminate(Duration.ofSeconds(1)).toCompletableFuture().join();
        system.terminate();
        system.getWhenTerminated().toCompletableFuture().join();
    }
}
