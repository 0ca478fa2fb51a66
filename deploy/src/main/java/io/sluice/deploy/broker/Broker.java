/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.deploy.broker;

import akka.actor.typed.ActorSystem;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.sluice.cluster.Node;
import io.sluice.cluster.SluiceNode;
import io.sluice.cluster.StartupException;
import io.sluice.cluster.config.BrokerSettings;
import io.sluice.cluster.config.ClusterSettings.HostPort;
import io.sluice.cluster.config.Listener;
import io.sluice.http.forward.OtherNodes;
import io.sluice.http.record.PartitionFinder;
import io.sluice.http.record.RecordProducer;
import io.sluice.http.server.HttpServer;
import io.sluice.kafka.server.KafkaListener;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;

/** A running broker. Starting and closing block until done, so neither is for an actor or an event loop. */
public final class Broker implements AutoCloseable {
    /** WebSockets that were sent away have so long to go on at other nodes before leaders change. */
    private static final long GO_ON_ELSEWHERE_MS = 500;

    private final SluiceNode node;
    private final PrometheusMeterRegistry metrics;
    private final List<KafkaListener> listeners = new ArrayList<>();
    private HttpServer http;
    private final HealthFile health;
    private final Optional<RewrittenFile> counts;
    private boolean closed;

    private Broker(SluiceNode node, BrokerSettings settings, PrometheusMeterRegistry metrics) {
        this.node = node;
        this.metrics = metrics;
        this.health = HealthFile.start(settings.dataDirectory(), node::health, InstantSource.system());
        this.counts = counts(settings, metrics);
    }

    private static Optional<RewrittenFile> counts(BrokerSettings settings, PrometheusMeterRegistry metrics) {
        long intervalMs = settings.metricsFileIntervalMs();
        return intervalMs == 0
                ? Optional.empty()
                : Optional.of(MetricsFile.start(
                        settings.dataDirectory(), Duration.ofMillis(intervalMs), metrics, InstantSource.system()));
    }

    /**
     * Starts a node and its listeners; what it returns serves. The listeners come first: other nodes' replicas fetch from here through them
     * before there is any metadata, and clients are turned away until the node has all it needs. HTTP starts beside the node's way into the cluster: probes
     * are answered while it waits there, and it costs the start no time.
     *
     * @throws StartupException in one line: what is in the way and what to do
     */
    public static Broker start(BrokerSettings settings) {
        PrometheusMeterRegistry metrics = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        Broker broker =
                new Broker(SluiceNode.open(Wiring.node(settings, metrics, InstantSource.system())), settings, metrics);
        try {
            for (Listener listener : settings.listeners()) {
                broker.listen(listener, settings);
            }
            probeHttp(settings);
            CompletionStage<Void> entered = broker.enter(settings);
            broker.serveHttp(settings, entered);
            await(entered);
            return broker;
        } catch (RuntimeException failed) {
            try {
                broker.close();
            } catch (RuntimeException alsoFailed) {
                failed.addSuppressed(alsoFailed);
            }
            throw failed;
        }
    }

    private void listen(Listener listener, BrokerSettings settings) {
        try {
            listeners.add(
                    KafkaListener.start(node, Wiring.listener(listener, settings, metrics, InstantSource.system())));
        } catch (IOException e) {
            throw new StartupException(
                    e.getMessage() + ": is another broker running there? --kafka HOST:PORT chooses another address", e);
        }
    }

    /** What other nodes, and clients where a connection does not say better, are told is the first listener. */
    private CompletionStage<Void> enter(BrokerSettings settings) {
        Listener first = settings.listeners().get(0);
        int port = kafkaAddress().getPort();
        SluiceNode.Address bound = new SluiceNode.Address(reachable(first.host(), settings), port);
        SluiceNode.Address advertised = settings.advertised(first.name())
                .map(listener -> new SluiceNode.Address(listener.host(), listener.port()))
                .orElse(bound);
        return node.enter(bound, advertised);
    }

    /** What listens everywhere is where the cluster's own traffic goes, which by default is the loopback address. */
    private static String reachable(String host, BrokerSettings settings) {
        return isWildcard(host) ? settings.cluster().listen().host() : host;
    }

    private static void await(CompletionStage<Void> entered) {
        try {
            entered.toCompletableFuture().join();
        } catch (CompletionException failed) {
            throw failed.getCause() instanceof StartupException known ? known : failed;
        }
    }

    /** A port in use is found out before the node enters a cluster. */
    private static void probeHttp(BrokerSettings settings) {
        if (settings.http().isPresent()) {
            HostPort address = settings.http().get();
            try {
                HttpServer.probe(address.host(), address.port());
            } catch (IOException e) {
                throw inUse(e);
            }
        }
    }

    /** @param entered fails where the node could not enter, and so has stopped */
    private void serveHttp(BrokerSettings settings, CompletionStage<Void> entered) {
        if (settings.http().isPresent()) {
            try {
                http = HttpServer.start(
                        node, Wiring.http(settings.http().get(), settings, metrics, InstantSource.system()));
                node.servesHttp(advertisedHttp(settings));
            } catch (IOException e) {
                throw inUse(e);
            } catch (IllegalStateException stopped) {
                await(entered);
                throw stopped;
            }
        }
    }

    /** What clients of other nodes are told when those stop. */
    private SluiceNode.Address advertisedHttp(BrokerSettings settings) {
        if (settings.httpAdvertised().isPresent()) {
            HostPort advertised = settings.httpAdvertised().get();
            return new SluiceNode.Address(advertised.host(), advertised.port());
        }
        String host = settings.http().orElseThrow().host();
        Optional<String> clients =
                settings.advertised(settings.listeners().get(0).name()).map(Listener::host);
        return new SluiceNode.Address(
                isWildcard(host) ? clients.orElseGet(() -> reachable(host, settings)) : host,
                http.address().getPort());
    }

    private static StartupException inUse(IOException e) {
        return new StartupException(
                e.getMessage()
                        + ": is another broker running there? --http HOST:PORT chooses another address, --http none goes without",
                e);
    }

    private static boolean isWildcard(String host) {
        return host.isEmpty() || host.equals("0.0.0.0") || host.equals("::");
    }

    /** What protocols see of the node. */
    public Node node() {
        return node;
    }

    /** What the node runs on; for streams inside this JVM. */
    public ActorSystem<?> actorSystem() {
        return node.actorSystem();
    }

    /** Writes to partitions from inside this JVM; those that other nodes lead get their records over HTTP. */
    public RecordProducer producer() {
        OtherNodes others = new OtherNodes(node, node.actorSystem(), metrics);
        return new RecordProducer(node, new PartitionFinder(node, others), InstantSource.system());
    }

    /** Every meter of this broker. */
    public MeterRegistry metrics() {
        return metrics;
    }

    /** Where the first listener is bound. */
    public InetSocketAddress kafkaAddress() {
        return listeners.get(0).address();
    }

    /** {@code HOST:PORT} for clients on this machine: a listener on all addresses is reached through the loopback one. */
    public String bootstrap() {
        return reachable(kafkaAddress());
    }

    /** The same for HTTP; empty if it is not served. */
    public Optional<String> http() {
        return Optional.ofNullable(http).map(server -> reachable(server.address()));
    }

    private static String reachable(InetSocketAddress bound) {
        InetAddress address =
                bound.getAddress().isAnyLocalAddress() ? InetAddress.getLoopbackAddress() : bound.getAddress();
        String host = address.getHostAddress();
        return (host.contains(":") ? "[" + host + "]" : host) + ":" + bound.getPort();
    }

    /** Completes when the node has stopped, also if it did so by itself. */
    public CompletionStage<Void> whenStopped() {
        return node.whenStopped();
    }

    /**
     * Sends WebSockets to other brokers, has those lead, closes the connections of Kafka and HTTP, then the logs, cleanly. When it returns no thread, file or
     * port of the broker is left.
     */
    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        if (http != null && http.sendSocketsAway()) {
            // nothing else to do for the other nodes meanwhile: leaders that change take all of a small machine
            new CompletableFuture<Void>()
                    .completeOnTimeout(null, GO_ON_ELSEWHERE_MS, TimeUnit.MILLISECONDS)
                    .join();
        }
        node.handOver().toCompletableFuture().join();
        listeners.forEach(KafkaListener::close);
        if (http != null) {
            http.close();
        }
        node.stop().toCompletableFuture().join();
        health.close();
        counts.ifPresent(RewrittenFile::close);
        metrics.close();
    }
}
