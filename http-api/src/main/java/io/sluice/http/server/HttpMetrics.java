/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.http.server;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.concurrent.atomic.AtomicInteger;

/** What the HTTP server counts. */
final class HttpMetrics {
    private static final int CLASSES = 5;

    final AtomicInteger connections = new AtomicInteger();
    final Counter connectionsRefused;
    final Counter hostsRefused;
    final Counter failures;
    private final Counter[] responses = new Counter[CLASSES + 1];

    HttpMetrics(MeterRegistry meters) {
        Gauge.builder("sluice.http.connections", connections, AtomicInteger::get)
                .description("open connections")
                .register(meters);
        connectionsRefused = Counter.builder("sluice.http.connections.refused")
                .description(
                        "connections told that there are too many (sluice.http.connections.max, sluice.http.connections.per.address.max)")
                .register(meters);
        hostsRefused = Counter.builder("sluice.http.hosts.refused")
                .description("requests for a host name that is none of the node's (sluice.http.hosts)")
                .register(meters);
        failures = Counter.builder("sluice.http.requests.failed")
                .description("requests whose handler failed: a bug, the log has more")
                .register(meters);
        for (int first = 1; first <= CLASSES; first++) {
            responses[first] = Counter.builder("sluice.http.responses")
                    .tag("status", first + "xx")
                    .description("responses, by the first digit of their status")
                    .register(meters);
        }
    }

    void responded(int status) {
        responses[Math.max(1, Math.min(CLASSES, status / 100))].increment();
    }
}
