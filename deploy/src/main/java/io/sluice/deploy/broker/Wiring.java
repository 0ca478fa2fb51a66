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
        return NodeOptions.of(settings, settings.dataDirectory())
                .withAdvertised(first.host().isEmpty() ? "127.0.0.1" : first.host(), first.port())
                .withMetrics(metrics)
                .withClock(clock);
    }

    static ListenerOptions listener(
            Listener listener, BrokerSettings settings, MeterRegistry metrics, InstantSource clock) {
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
                        settings.intValue("sluice.request.decoded.max.bytes"),
                        settings.inflightMaxBytes(),
                        settings.connectionInflightMaxBytes(),
                        settings.intValue("sluice.connection.request.allowance.bytes"),
                        settings.intValue("sluice.connection.requests.inflight.max"),
                        settings.intValue("sluice.connection.response.buffer.bytes"),
                        settings.longValue("sluice.request.receive.timeout.ms"),
                        settings.connectionsMaxIdleMs(),
                        settings.maxConnections(),
                        settings.maxConnectionsPerIp()),
                clock,
                metrics);
    }
}
