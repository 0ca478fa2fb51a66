/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.cluster.membership;

import akka.actor.AbstractActorWithTimers;
import akka.actor.Address;
import akka.actor.Props;
import akka.io.Tcp;
import akka.io.TcpMessage;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.time.Duration;

/**
 * Keeps a silent connection to the port of another node. When its process dies the kernel ends the connection, the next attempt is
 * refused, and that is known within milliseconds; a node that is only cut off refuses nothing.
 */
final class PortSentinel extends AbstractActorWithTimers {
    private static final Duration RETRY = Duration.ofMillis(100);
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(2);

    /** Told to the parent on every change: whether the port refuses. */
    record PortState(Address address, boolean refused) {}

    private enum Retry {
        INSTANCE
    }

    private final Address address;
    private boolean refused;

    private PortSentinel(Address address) {
        this.address = address;
    }

    static Props props(Address address) {
        return Props.create(PortSentinel.class, () -> new PortSentinel(address));
    }

    @Override
    public void preStart() {
        connect();
    }

    @Override
    public Receive createReceive() {
        return receiveBuilder()
                .match(Tcp.Connected.class, connected -> onConnected())
                .match(Tcp.CommandFailed.class, this::onFailed)
                .match(Tcp.ConnectionClosed.class, closed -> connect())
                .match(Tcp.Received.class, unexpected -> {})
                .matchEquals(Retry.INSTANCE, retry -> connect())
                .build();
    }

    private void connect() {
        InetSocketAddress remote = InetSocketAddress.createUnresolved(
                address.getHost().orElseThrow(), address.getPort().orElseThrow());
        Tcp.get(getContext().getSystem())
                .manager()
                .tell(TcpMessage.connect(remote, null, java.util.List.of(), CONNECT_TIMEOUT, false), getSelf());
    }

    private void onConnected() {
        getSender().tell(TcpMessage.register(getSelf()), getSelf());
        tell(false);
    }

    private void onFailed(Tcp.CommandFailed failed) {
        Throwable cause = failed.cause().isDefined() ? failed.cause().get() : null;
        tell(cause instanceof ConnectException
                && String.valueOf(cause.getMessage()).contains("refused"));
        getTimers().startSingleTimer(Retry.INSTANCE, Retry.INSTANCE, RETRY);
    }

    private void tell(boolean now) {
        if (now != refused) {
            refused = now;
            getContext().getParent().tell(new PortState(address, now), getSelf());
        }
    }
}
