/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.http.socket;

import akka.http.javadsl.model.HttpMethods;
import io.sluice.actors.subscription.Subscriptions;
import io.sluice.http.record.RecordProducer;
import io.sluice.http.route.Endpoint;
import io.sluice.http.route.MemoryBudget;
import io.sluice.http.route.Routes;
import java.util.List;
import java.util.function.Supplier;

/** {@code /v1/subscribe} and {@code /v1/produce}: where WebSockets come from. */
public final class WebSocketRoute implements Routes {
    static final String SUBSCRIBE = "/v1/subscribe";
    static final String PRODUCE = "/v1/produce";
    private static final String TICKET = "ticket";

    private final SocketHandshake handshake;
    private final Sockets sockets;
    private final Supplier<Subscriptions> subscriptions;
    private final RecordProducer producer;
    private final MemoryBudget memory;

    /** @param subscriptions asked for with each connection */
    public WebSocketRoute(
            SocketHandshake handshake,
            Sockets sockets,
            Supplier<Subscriptions> subscriptions,
            RecordProducer producer,
            MemoryBudget memory) {
        this.handshake = handshake;
        this.sockets = sockets;
        this.subscriptions = subscriptions;
        this.producer = producer;
        this.memory = memory;
    }

    @Override
    public List<Endpoint> endpoints() {
        return List.of(
                endpoint(SUBSCRIBE, (codec, address) -> new SocketStage(subscriptions.get(), sockets, codec, address)),
                endpoint(PRODUCE, (codec, address) -> new ProduceStage(producer, memory, sockets, codec, address)));
    }

    private Endpoint endpoint(String path, SocketHandshake.Upgrade upgrade) {
        return Endpoint.of(
                        HttpMethods.GET,
                        path,
                        exchange -> handshake.answer(
                                exchange.request(), exchange.query(TICKET).orElse(null), upgrade))
                .with(TICKET);
    }
}
