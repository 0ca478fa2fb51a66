/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.http.socket;

import akka.http.impl.engine.server.UpgradeToOtherProtocolResponseHeader;
import akka.http.javadsl.model.AttributeKeys;
import akka.http.javadsl.model.HttpHeader;
import akka.http.javadsl.model.HttpRequest;
import akka.http.javadsl.model.HttpResponse;
import akka.http.javadsl.model.RemoteAddress;
import akka.http.javadsl.model.ws.Message;
import akka.http.javadsl.model.ws.WebSocketUpgrade;
import akka.stream.FlowShape;
import akka.stream.Graph;
import akka.stream.javadsl.Flow;
import akka.util.ByteString;
import io.sluice.http.auth.Authenticator;
import io.sluice.http.auth.Credentials;
import io.sluice.http.auth.Principal;
import io.sluice.http.auth.Tickets;
import io.sluice.http.route.Problem;
import io.sluice.http.route.ProblemException;
import io.sluice.http.route.ProblemKind;
import io.sluice.http.socket.frame.FrameCodec;
import io.sluice.http.socket.frame.FrameFormat;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * The handshake of a WebSocket. Everything that can be refused is refused here, as a {@link Problem}. The address of a client is only known,
 * and limited, where the server is configured with {@code akka.http.server.remote-address-attribute = on}.
 *
 * <p><b>Design note:</b> the handshake is Akka HTTP's, the connection behind it is ours: its messages are not bounded, know no close
 * codes, and would be written anew for each of many receivers of the same record. The one class of Akka HTTP's inside that this needs is the header that
 * carries what a connection becomes.
 */
public final class SocketHandshake {
    /** What a client offers beside a real subprotocol, to show its ticket where it can set no header. */
    static final String TICKET_SUBPROTOCOL = "sluice.ticket.";

    /** What a connection becomes. */
    @FunctionalInterface
    public interface Upgrade {
        /** @param address of the client; null if it is not known */
        Graph<FlowShape<ByteString, ByteString>, ?> connection(FrameCodec codec, InetAddress address);
    }

    private final Sockets sockets;
    private final Authenticator authenticator;
    private final Tickets tickets;
    private final OriginRule origins;

    /** @param sockets counts them, and tells them when the node stops */
    public SocketHandshake(Sockets sockets, Authenticator authenticator, Tickets tickets) {
        this.sockets = sockets;
        this.authenticator = authenticator;
        this.tickets = tickets;
        this.origins = new OriginRule(sockets.options().allowedOrigins());
    }

    /**
     * Switches the connection over.
     *
     * @param ticket of the query; null if there is none
     * @throws ProblemException thrown or in the stage: why not
     */
    public CompletionStage<HttpResponse> answer(HttpRequest request, String ticket, Upgrade to) {
        WebSocketUpgrade upgrade = request.getAttribute(AttributeKeys.webSocketUpgrade)
                .orElseThrow(() ->
                        problem(ProblemKind.UPGRADE_REQUIRED, "This address speaks WebSocket (RFC 6455, version 13)."));
        String origin = header(request, "Origin");
        if (!origins.allows(origin, header(request, "Host"))) {
            throw problem(
                    ProblemKind.FORBIDDEN,
                    "Pages of " + Problem.quoted(origin)
                            + " may not connect: allow them with sluice.websocket.origins.");
        }
        List<String> offered = new ArrayList<>();
        String shown = ticket;
        for (String protocol : upgrade.getRequestedProtocols()) {
            if (protocol.startsWith(TICKET_SUBPROTOCOL)) {
                shown = shown == null ? protocol.substring(TICKET_SUBPROTOCOL.length()) : shown;
            } else {
                offered.add(protocol);
            }
        }
        FrameFormat format = choose(offered);
        return principal(request, shown).thenApply(principal -> {
            InetAddress address = request.getAttribute(AttributeKeys.remoteAddress)
                    .flatMap(RemoteAddress::getAddress)
                    .orElse(null);
            admit(address);
            return accept(upgrade, offered.isEmpty() ? null : format, to.connection(FrameCodec.of(format), address));
        });
    }

    private CompletionStage<Principal> principal(HttpRequest request, String ticket) {
        return ticket == null
                ? authenticator.authenticate(Credentials.of(request))
                : CompletableFuture.completedFuture(tickets.redeem(ticket));
    }

    private void admit(InetAddress address) {
        switch (sockets.mayOpen(address)) {
            case TOO_MANY ->
                throw problem(
                        ProblemKind.BUSY,
                        "There are " + sockets.options().maxConnections()
                                + " WebSockets already, no more are allowed (sluice.websocket.connections.max).");
            case TOO_MANY_OF_ADDRESS ->
                throw problem(
                        ProblemKind.TOO_MANY,
                        "There are " + sockets.options().maxConnectionsPerAddress()
                                + " WebSockets of this address already, no more are allowed (sluice.websocket.connections.max.per.address).");
            case ADMITTED -> {
                // welcome
            }
        }
    }

    /** The first that the client offers and the server knows; JSON for a client that doesn't offer any. */
    private static FrameFormat choose(List<String> offered) {
        for (String protocol : offered) {
            Optional<FrameFormat> format = FrameFormat.of(protocol);
            if (format.isPresent()) {
                return format.get();
            }
        }
        if (offered.isEmpty()) {
            return FrameFormat.JSON;
        }
        throw problem(
                ProblemKind.BAD_PARAMETER,
                "No subprotocol of " + Problem.quoted(String.join(", ", offered)) + " is known: the server speaks "
                        + FrameFormat.JSON.subprotocol() + " and " + FrameFormat.CBOR.subprotocol() + ".");
    }

    /** @param named the subprotocol to name in the answer; null for none */
    private static HttpResponse accept(
            WebSocketUpgrade upgrade, FrameFormat named, Graph<FlowShape<ByteString, ByteString>, ?> connection) {
        Flow<Message, Message, ?> replaced = Flow.create();
        HttpResponse switched = named == null
                ? upgrade.handleMessagesWith(replaced)
                : upgrade.handleMessagesWith(replaced, named.subprotocol());
        List<HttpHeader> headers = new ArrayList<>();
        for (HttpHeader header : switched.getHeaders()) {
            headers.add(
                    header instanceof UpgradeToOtherProtocolResponseHeader
                            ? new UpgradeToOtherProtocolResponseHeader(Flow.fromGraph(connection)
                                    .<Object>mapMaterializedValue(none -> none)
                                    .asScala())
                            : header);
        }
        return switched.withHeaders(headers);
    }

    private static String header(HttpRequest request, String name) {
        return request.getHeader(name).map(HttpHeader::value).orElse(null);
    }

    private static ProblemException problem(ProblemKind kind, String sentence) {
        return Problem.of(kind, sentence).asException();
    }
}
