/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.deploy.broker;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.sluice.cluster.NodeOptions;
import io.sluice.cluster.config.BrokerSettings;
import io.sluice.cluster.config.ClusterSettings.HostPort;
import io.sluice.cluster.config.Listener;
import io.sluice.http.server.HttpOptions;
import io.sluice.kafka.replica.ReplicaFetchLimits;
import io.sluice.kafka.replica.ReplicaFetcher;
import io.sluice.kafka.server.ListenerOptions;
import java.time.InstantSource;

/** Hands each part of the broker the settings that it acts on. */
final class Wiring {
    private Wiring() {}

    static NodeOptions node(BrokerSettings settings, MeterRegistry metrics, InstantSource clock) {
        Listener first = settings.listeners().get(0);
        return NodeOptions.of(settings, settings.dataDirectory())
                .withAdvertised(first.host().isEmpty() ? "127.0.0.1" : first.host(), first.port())
                .withReplicaFetches(ReplicaFetcher.factory(ReplicaFetchLimits.of(settings), metrics))
                .withMetrics(metrics)
                .withClock(clock);
    }

    static ListenerOptions listener(
            Listener listener, BrokerSettings settings, MeterRegistry metrics, InstantSource clock) {
        return ListenerOptions.of(settings, listener, metrics).withClock(clock);
    }

    static HttpOptions http(
            HostPort address, BrokerSettings settings, PrometheusMeterRegistry metrics, InstantSource clock) {
        return HttpOptions.of(settings, address.host(), address.port(), metrics).withClock(clock);
    }
}
