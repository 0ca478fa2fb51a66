/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.kafka.server;

import io.micrometer.core.instrument.MeterRegistry;
import io.sluice.cluster.config.BrokerSettings;
import io.sluice.cluster.config.Listener;
import io.sluice.kafka.api.AdvertisedAddress.HostPort;
import java.time.InstantSource;
import java.util.Optional;

/**
 * How to listen.
 *
 * @param host name or address to bind; empty for all addresses
 * @param port 0 for any free one
 * @param advertised {@code advertised.listeners}; empty for the address that the client reached
 * @param eventLoops threads for sockets
 * @param blockingThreads threads for work that reads files (ListOffsets by timestamp)
 * @param transport what sockets are served with
 * @param clock the time
 * @param meters metrics
 */
public record ListenerOptions(
        String host,
        int port,
        Optional<HostPort> advertised,
        int eventLoops,
        int blockingThreads,
        ListenerLimits limits,
        Transport transport,
        InstantSource clock,
        MeterRegistry meters) {

    /** Kafka's default number of network threads; on a machine with fewer cores fewer serve as well. */
    private static final int EVENT_LOOPS_DEFAULT = 3;

    private static final int BLOCKING_THREADS = 2;

    /** What the broker's settings say for one of its listeners. */
    public static ListenerOptions of(BrokerSettings settings, Listener listener, MeterRegistry meters) {
        return new ListenerOptions(
                listener.host(),
                listener.port(),
                settings.advertised(listener.name()).map(address -> new HostPort(address.host(), address.port())),
                eventLoops(settings),
                BLOCKING_THREADS,
                ListenerLimits.of(settings),
                Transport.best(),
                InstantSource.system(),
                meters);
    }

    /** With default settings. */
    public static ListenerOptions of(String host, int port, MeterRegistry meters) {
        return of(BrokerSettings.defaults(), new Listener("PLAINTEXT", host, port), meters);
    }

    private static int eventLoops(BrokerSettings settings) {
        return settings.networkThreads()
                .orElse(Math.min(
                        EVENT_LOOPS_DEFAULT, Math.max(2, Runtime.getRuntime().availableProcessors())));
    }

    public ListenerOptions withLimits(ListenerLimits newLimits) {
        return new ListenerOptions(
                host, port, advertised, eventLoops, blockingThreads, newLimits, transport, clock, meters);
    }

    public ListenerOptions withClock(InstantSource other) {
        return new ListenerOptions(
                host, port, advertised, eventLoops, blockingThreads, limits, transport, other, meters);
    }

    /** With another transport than the best one. */
    public ListenerOptions withTransport(Transport other) {
        return new ListenerOptions(host, port, advertised, eventLoops, blockingThreads, limits, other, clock, meters);
    }
}
