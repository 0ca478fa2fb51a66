/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.http.auth;

import akka.http.javadsl.model.HttpMethods;
import akka.http.javadsl.model.HttpResponse;
import akka.http.javadsl.model.headers.RawHeader;
import io.sluice.http.route.Answers;
import io.sluice.http.route.Endpoint;
import io.sluice.http.route.Exchange;
import io.sluice.http.route.Routes;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;

/** {@code POST /v1/tickets}: a ticket for whoever the request authenticates. */
public final class TicketRoutes implements Routes {
    private static final int CREATED = 201;

    private final Authenticator authenticator;
    private final Tickets tickets;

    public TicketRoutes(Authenticator authenticator, Tickets tickets) {
        this.authenticator = authenticator;
        this.tickets = tickets;
    }

    @Override
    public List<Endpoint> endpoints() {
        return List.of(Endpoint.of(HttpMethods.POST, "/v1/tickets", this::issue));
    }

    private CompletionStage<HttpResponse> issue(Exchange exchange) {
        return authenticator.authenticate(Credentials.of(exchange.request())).thenApply(principal -> Answers.json(
                        CREATED,
                        Map.of(
                                "ticket",
                                tickets.issue(principal),
                                "lifetime_ms",
                                tickets.lifetime().toMillis()))
                .addHeader(RawHeader.create("Cache-Control", "no-store")));
    }
}
