/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.http.socket;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

/** All WebSockets of a node: how many there are, whether there may be one more, and how they are told that the node stops. Thread-safe. */
public final class Sockets {
    /** An open socket. */
    interface Open {
        /** Say {@code bye} and close. */
        void stop(Stop stop);

        /** From where; null if that is not known. */
        InetAddress address();
    }

    /**
     * Why, and where to go.
     *
     * @param to nodes, as {@code ws://host:port}
     */
    record Stop(String reason, List<String> to) {
        /** The same path on those nodes. */
        List<String> to(String path) {
            return to.stream().map(node -> node + path).toList();
        }
    }

    /** Whether one more may come. */
    enum Admission {
        ADMITTED,
        TOO_MANY,
        TOO_MANY_OF_ADDRESS
    }

    private final SocketOptions options;
    private final Set<Open> open = ConcurrentHashMap.newKeySet();
    private final AtomicInteger count = new AtomicInteger();
    private final Map<InetAddress, Integer> ofAddress = new ConcurrentHashMap<>();
    private final CompletableFuture<Void> allClosed = new CompletableFuture<>();
    private final AtomicInteger subscriptions = new AtomicInteger();
    private final LongAdder recordCredit = new LongAdder();
    private final LongAdder lackingCredit = new LongAdder();
    private final Counter refused;
    private final Counter framesIn;
    private final Counter framesOut;
    private final Counter bytesOut;
    private final Counter errors;
    private volatile Stop stopped;

    public Sockets(SocketOptions options, MeterRegistry registry) {
        this.options = options;
        Gauge.builder("sluice.websocket.connections", count, AtomicInteger::get)
                .description("WebSockets that are open")
                .register(registry);
        Gauge.builder("sluice.websocket.subscriptions", subscriptions, AtomicInteger::get)
                .description("subscriptions of WebSockets")
                .register(registry);
        Gauge.builder("sluice.websocket.credit", recordCredit, LongAdder::sum)
                .baseUnit("records")
                .description("records that clients have granted credit for and were not sent")
                .register(registry);
        Gauge.builder("sluice.websocket.credit.lacking", lackingCredit, LongAdder::sum)
                .description("subscriptions of WebSockets that wait for credit")
                .register(registry);
        refused = Counter.builder("sluice.websocket.connections.refused")
                .description("WebSockets refused because there were too many")
                .register(registry);
        framesIn = Counter.builder("sluice.websocket.frames.received")
                .description("frames of clients")
                .register(registry);
        framesOut = Counter.builder("sluice.websocket.frames.sent")
                .description("frames sent to clients")
                .register(registry);
        bytesOut = Counter.builder("sluice.websocket.bytes.sent")
                .baseUnit("bytes")
                .description("bytes of the frames sent to clients")
                .register(registry);
        errors = Counter.builder("sluice.websocket.errors")
                .description("error frames sent, and sockets closed because of what their client sent")
                .register(registry);
    }

    SocketOptions options() {
        return options;
    }

    /** Before the handshake: an answer in HTTP is still possible. */
    Admission mayOpen(InetAddress address) {
        Admission admission = count.get() >= options.maxConnections()
                ? Admission.TOO_MANY
                : address != null && ofAddress.getOrDefault(address, 0) >= options.maxConnectionsPerAddress()
                        ? Admission.TOO_MANY_OF_ADDRESS
                        : Admission.ADMITTED;
        if (admission != Admission.ADMITTED) {
            refused.increment();
        }
        return admission;
    }

    /**
     * Counts a socket in.
     *
     * @return false if others were quicker; it is not counted then
     */
    boolean opened(Open socket) {
        InetAddress address = socket.address();
        int all = count.incrementAndGet();
        int same = address == null ? 0 : ofAddress.merge(address, 1, Integer::sum);
        if (all > options.maxConnections() || same > options.maxConnectionsPerAddress()) {
            uncount(address);
            refused.increment();
            return false;
        }
        open.add(socket);
        Stop stop = stopped;
        if (stop != null) {
            socket.stop(stop);
        }
        return true;
    }

    void closed(Open socket) {
        if (open.remove(socket)) {
            uncount(socket.address());
            if (stopped != null && open.isEmpty()) {
                allClosed.complete(null);
            }
        }
    }

    private void uncount(InetAddress address) {
        count.decrementAndGet();
        if (address != null) {
            ofAddress.computeIfPresent(address, (same, n) -> n == 1 ? null : n - 1);
        }
    }

    /** Sockets that are open. */
    public int count() {
        return count.get();
    }

    /** All by how many more there are. */
    void subscriptionsChanged(int by, long credit, int lacking) {
        subscriptions.addAndGet(by);
        recordCredit.add(credit);
        lackingCredit.add(lacking);
    }

    void received() {
        framesIn.increment();
    }

    void sent(int bytes) {
        framesOut.increment();
        bytesOut.increment(bytes);
    }

    void wrong() {
        errors.increment();
    }

    /**
     * The node stops: every socket says {@code bye} and closes, later ones at once. Called again it tells only where later ones go by then.
     *
     * @param to addresses of nodes that go on, as {@code ws://host:port}
     * @return done when the last has closed
     */
    public CompletionStage<Void> stop(String reason, List<String> to) {
        stopped = new Stop(reason, List.copyOf(to));
        List<String> turned = new ArrayList<>(to);
        for (Open socket : open) {
            // not all to the same
            socket.stop(new Stop(reason, List.copyOf(turned)));
            Collections.rotate(turned, 1);
        }
        if (open.isEmpty()) {
            allClosed.complete(null);
        }
        return allClosed.copy();
    }
}
