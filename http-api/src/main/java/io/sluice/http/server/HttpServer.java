/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.http.server;

import akka.actor.typed.ActorSystem;
import akka.stream.KillSwitches;
import akka.stream.SharedKillSwitch;
import akka.stream.SystemMaterializer;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.sluice.cluster.Health;
import io.sluice.cluster.Node;
import io.sluice.cluster.SluiceNode;
import io.sluice.cluster.metadata.MetadataImage.BrokerInfo;
import io.sluice.http.auth.Authenticator;
import io.sluice.http.auth.Tickets;
import io.sluice.http.forward.OtherNodes;
import io.sluice.http.record.Waits;
import io.sluice.http.route.Bodies;
import io.sluice.http.route.MemoryBudget;
import io.sluice.http.socket.Sockets;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.SocketException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves HTTP until closed. It runs on the node's own actor system: streams on its default dispatcher, which is for short work, and whatever reads files
 * on a few threads of its own.
 */
public final class HttpServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(HttpServer.class);

    /** Work that reads files and waits for a thread, at most; more is answered with 503. */
    private static final int BLOCKING_QUEUE_MAX = 1_000;

    private static final int BLOCKING_THREADS = 4;
    private static final long THREAD_IDLE_SECONDS = 10;

    /** Requests that are being answered may take so long to end. */
    private static final Duration FINISH_MAX = Duration.ofSeconds(2);

    /** Of a stream, within the time after which a connection on which nothing moves is closed. */
    private static final int HEARTBEATS = 3;

    private static final long CLOSE_TIMEOUT_SECONDS = 10;

    private final ActorSystem<?> system;
    private final ThreadPoolExecutor blocking;
    private final Waits waits;
    private final SharedKillSwitch streams;
    private final Sockets sockets;
    private final Supplier<List<String>> others;
    private final HttpListener listener;

    private HttpServer(
            ActorSystem<?> system,
            ThreadPoolExecutor blocking,
            Waits waits,
            SharedKillSwitch streams,
            Sockets sockets,
            Supplier<List<String>> others,
            HttpListener listener) {
        this.system = system;
        this.waits = waits;
        this.streams = streams;
        this.sockets = sockets;
        this.others = others;
        this.blocking = blocking;
        this.listener = listener;
    }

    /**
     * Binds and serves; blocks until it does.
     *
     * @throws IOException if the address can't be bound; the message says which and why
     * @throws IllegalStateException if the node stops meanwhile
     */
    public static HttpServer start(SluiceNode node, HttpOptions options) throws IOException {
        return start(node, node.actorSystem(), node::health, options);
    }

    /**
     * Whether an address could be bound: quick, and long before {@link #start} would find out.
     *
     * @throws IOException if not; the message says which and why
     */
    public static void probe(String host, int port) throws IOException {
        if (port == 0) {
            return;
        }
        try (ServerSocket socket = new ServerSocket()) {
            socket.bind(resolved(host, port));
        } catch (UnknownHost unknown) {
            throw unknown;
        } catch (IOException e) {
            throw cant(host, port, e);
        }
    }

    static HttpServer start(Node node, ActorSystem<?> system, Supplier<Health> health, HttpOptions options)
            throws IOException {
        resolved(options.host(), options.port());
        HttpLimits limits = options.limits();
        HttpMetrics metrics = new HttpMetrics(options.meters());
        MemoryBudget memory = new MemoryBudget(limits.memoryBytesMax());
        Waits waits = new Waits(system);
        SharedKillSwitch streams = KillSwitches.shared("http-streams");
        Sockets sockets = new Sockets(options.sockets(), options.meters());
        bind(memory, waits, options.meters());
        Bodies bodies = new Bodies(
                SystemMaterializer.get(system).materializer(),
                memory,
                limits.requestBytesMax(),
                limits.requestTimeout());
        ThreadPoolExecutor blocking = blocking();
        try {
            HttpServices services = new HttpServices(
                    node,
                    system,
                    health,
                    bodies,
                    memory,
                    sockets,
                    Authenticator.NONE,
                    new Tickets(limits.ticketsMax(), limits.ticketLifetime(), options.clock()),
                    waits,
                    new OtherNodes(node, system, options.meters()),
                    streams,
                    limits.idleTimeout().dividedBy(HEARTBEATS),
                    blocking,
                    options.clock(),
                    options.meters());
            Router router = new Router(AllRoutes.of(services), metrics, hosts(node), bodies::discard);
            Admission admission = new Admission(limits, metrics);
            CompletableFuture<HttpListener> listener = HttpListener.bind(
                            system,
                            options.host(),
                            options.port(),
                            ServerConfig.of(
                                    limits, options.sockets(), system.settings().config()),
                            new ConnectionStage(admission, router::handle),
                            limits.idleTimeout())
                    .toCompletableFuture();
            CompletableFuture<?> gone = system.getWhenTerminated().toCompletableFuture();
            CompletableFuture.anyOf(listener, gone).join();
            if (gone.isDone()) {
                throw new IllegalStateException("HTTP can't start: the node has stopped");
            }
            return new HttpServer(system, blocking, waits, streams, sockets, () -> others(node), listener.join());
        } catch (CompletionException e) {
            blocking.shutdownNow();
            Throwable root = root(e);
            if (root instanceof SocketException) {
                throw cant(options.host(), options.port(), root);
            }
            throw new IllegalStateException("HTTP can't start: " + root.getMessage(), e);
        } catch (RuntimeException e) {
            blocking.shutdownNow();
            throw e;
        }
    }

    private static HostRule hosts(Node node) {
        return HostRule.of(node.settings(), () -> node.metadata().brokers().values().stream()
                .map(BrokerInfo::host)
                .toList());
    }

    /** Where WebSockets go on when this node stops. */
    private static List<String> others(Node node) {
        return node.httpAddresses().values().stream()
                .map(address -> "ws://" + shown(address.getHostString()) + ":" + address.getPort())
                .toList();
    }

    private static String shown(String host) {
        return host.contains(":") ? "[" + host + "]" : host;
    }

    private static void bind(MemoryBudget memory, Waits waits, MeterRegistry meters) {
        Gauge.builder("sluice.http.waits", waits, Waits::count)
                .description("reads that wait for data")
                .register(meters);
        Gauge.builder("sluice.http.memory.used", memory, MemoryBudget::used)
                .baseUnit("bytes")
                .description("held for bodies of requests and responses")
                .strongReference(true)
                .register(meters);
        FunctionCounter.builder("sluice.http.memory.refused", memory, MemoryBudget::refused)
                .description("requests refused because bodies took too much memory (sluice.http.memory.max.bytes)")
                .register(meters);
    }

    private static ThreadPoolExecutor blocking() {
        AtomicInteger count = new AtomicInteger();
        ThreadPoolExecutor blocking = new ThreadPoolExecutor(
                BLOCKING_THREADS,
                BLOCKING_THREADS,
                THREAD_IDLE_SECONDS,
                TimeUnit.SECONDS,
                new ArrayBlockingQueue<>(BLOCKING_QUEUE_MAX),
                task -> {
                    Thread thread = new Thread(task, "sluice-http-blocking-" + count.incrementAndGet());
                    thread.setDaemon(true);
                    return thread;
                });
        blocking.allowCoreThreadTimeOut(true);
        return blocking;
    }

    /** A host that has no address. */
    private static final class UnknownHost extends IOException {
        UnknownHost(String host) {
            super("can't listen for HTTP: unknown host " + host);
        }
    }

    private static InetSocketAddress resolved(String host, int port) throws UnknownHost {
        InetSocketAddress address = new InetSocketAddress(host, port);
        if (address.isUnresolved()) {
            throw new UnknownHost(host);
        }
        return address;
    }

    private static Throwable root(Throwable failure) {
        Throwable cause = failure;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause;
    }

    private static IOException cant(String host, int port, Throwable cause) {
        // Akka repeats the address in brackets
        String why = String.valueOf(cause.getMessage()).replaceFirst("^\\[[^ ]*] ", "");
        return new IOException("can't listen for HTTP on " + shown(host) + ":" + port + ": " + why, cause);
    }

    /** Where clients reach this server. */
    public InetSocketAddress address() {
        return listener.address();
    }

    /**
     * Has WebSockets go on elsewhere, those that come from now on too: each is told the other nodes. Everything else is served on. Nothing is waited
     * for; any number of calls.
     *
     * @return whether there were any
     */
    public boolean sendSocketsAway() {
        boolean any = sockets.count() > 0;
        var unused = sockets.stop("the node stops", others.get());
        return any;
    }

    /** Stops listening, lets requests that are being answered end, closes all connections, and waits until that is done. */
    @Override
    public void close() {
        waits.close();
        streams.shutdown();
        CompletableFuture<?> saidBye =
                sockets.stop("the node stops", others.get()).toCompletableFuture();
        try {
            // a node that has stopped by itself has taken the sockets with it
            CompletableFuture<?> gone = system.getWhenTerminated().toCompletableFuture();
            if (!gone.isDone()) {
                CompletableFuture.anyOf(
                                saidBye.completeOnTimeout(null, FINISH_MAX.toMillis(), TimeUnit.MILLISECONDS), gone)
                        .get(CLOSE_TIMEOUT_SECONDS, TimeUnit.SECONDS);
                CompletableFuture<?> terminated = listener.close(FINISH_MAX).toCompletableFuture();
                CompletableFuture.anyOf(terminated, gone).get(CLOSE_TIMEOUT_SECONDS, TimeUnit.SECONDS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            LOG.warn("HTTP did not stop in time: {}", e.toString());
        }
        blocking.shutdownNow();
    }
}
