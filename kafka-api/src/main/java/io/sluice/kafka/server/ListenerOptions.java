/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.kafka.server;

import io.micrometer.core.instrument.MeterRegistry;
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
        InstantSource clock,
        MeterRegistry meters) {

    public static ListenerOptions of(String host, int port, MeterRegistry meters) {
        int cores = Runtime.getRuntime().availableProcessors();
        return new ListenerOptions(
                host,
                port,
                Optional.empty(),
                Math.max(2, cores),
                2,
                ListenerLimits.DEFAULTS,
                InstantSource.system(),
                meters);
    }

    public ListenerOptions withLimits(ListenerLimits newLimits) {
        return new ListenerOptions(host, port, advertised, eventLoops, blockingThreads, newLimits, clock, meters);
    }

    public ListenerOptions withAdvertised(Optional<HostPort> newAdvertised) {
        return new ListenerOptions(host, port, newAdvertised, eventLoops, blockingThreads, limits, clock, meters);
    }
}
