/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.deploy.broker;

import io.micrometer.core.instrument.MeterRegistry;
import io.sluice.cluster.NodeOptions;
import io.sluice.cluster.config.BrokerSettings;
import io.sluice.cluster.config.Listener;
import io.sluice.kafka.api.AdvertisedAddress.HostPort;
import io.sluice.kafka.server.ListenerLimits;
import io.sluice.kafka.server.ListenerOptions;
import java.time.InstantSource;

/** Hands each part of the broker the settings that it acts on. */
final class Wiring {
    private Wiring() {}

    static NodeOptions node(BrokerSettings settings, MeterRegistry metrics, InstantSource clock) {
        Listener first = settings.listeners().get(0);
        return NodeOptions.at(settings.dataDirectory())
                .nodeId(settings.nodeId())
                .advertisedHost(first.host().isEmpty() ? "127.0.0.1" : first.host())
                .advertisedPort(first.port())
                .rack(settings.rack().orElse(null))
                .placementGroups(settings.placementGroups())
                .maxDecompressedBytes(settings.decompressedBatchMaxBytes())
                .producerIdExpirationMs(settings.producerIdExpirationMs())
                .maintenanceIntervalMs(settings.logRetentionCheckIntervalMs())
                .settings(settings)
                .metrics(metrics)
                .clock(clock)
                .build();
    }

    static ListenerOptions listener(
            Listener listener, BrokerSettings settings, MeterRegistry metrics, InstantSource clock) {
        ListenerLimits defaults = ListenerLimits.DEFAULTS;
        ListenerOptions options = ListenerOptions.of(listener.host(), listener.port(), metrics);
        return new ListenerOptions(
                listener.host(),
                listener.port(),
                settings.advertised(listener.name())
                        .map(advertised -> new HostPort(advertised.host(), advertised.port())),
                options.eventLoops(),
                options.blockingThreads(),
                new ListenerLimits(
                        settings.socketRequestMaxBytes(),
                        defaults.decodedRequestBytesMax(),
                        settings.inflightMaxBytes(),
                        settings.connectionInflightMaxBytes(),
                        defaults.allowanceBytes(),
                        defaults.inFlightMax(),
                        defaults.responseBufferBytes(),
                        defaults.receiveTimeoutMs(),
                        settings.connectionsMaxIdleMs(),
                        settings.maxConnections(),
                        settings.maxConnectionsPerIp()),
                clock,
                metrics);
    }
}
