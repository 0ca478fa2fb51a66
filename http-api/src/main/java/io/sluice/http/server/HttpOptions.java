/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.http.server;

import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.sluice.cluster.config.BrokerSettings;
import io.sluice.http.socket.SocketOptions;
import java.time.InstantSource;

/**
 * How to serve HTTP.
 *
 * @param host name or address to bind
 * @param port 0 for any free one
 * @param sockets limits of WebSockets
 * @param clock the time
 * @param meters counted into, and what {@code /metrics} shows
 */
public record HttpOptions(
        String host,
        int port,
        HttpLimits limits,
        SocketOptions sockets,
        InstantSource clock,
        PrometheusMeterRegistry meters) {

    /** What a broker's settings say, at an address. */
    public static HttpOptions of(BrokerSettings settings, String host, int port, PrometheusMeterRegistry meters) {
        return new HttpOptions(
                host, port, HttpLimits.of(settings), SocketOptions.of(settings), InstantSource.system(), meters);
    }

    public HttpOptions withClock(InstantSource other) {
        return new HttpOptions(host, port, limits, sockets, other, meters);
    }
}
