/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.http.server;

import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.sluice.cluster.config.BrokerSettings;
import java.time.InstantSource;

/**
 * How to serve HTTP.
 *
 * @param host name or address to bind
 * @param port 0 for any free one
 * @param clock the time
 * @param meters counted into, and what {@code /metrics} shows
 */
public record HttpOptions(
        String host, int port, HttpLimits limits, InstantSource clock, PrometheusMeterRegistry meters) {

    /** What a broker's settings say, at an address. */
    public static HttpOptions of(BrokerSettings settings, String host, int port, PrometheusMeterRegistry meters) {
        return new HttpOptions(host, port, HttpLimits.of(settings), InstantSource.system(), meters);
    }

    public HttpOptions withClock(InstantSource other) {
        return new HttpOptions(host, port, limits, other, meters);
    }
}
