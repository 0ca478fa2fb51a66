/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.http.server;

import io.sluice.cluster.config.BrokerSettings;
import java.time.Duration;

/**
 * What one node's HTTP bounds.
 *
 * @param connectionsMax {@code sluice.http.connections.max}
 * @param connectionsPerAddressMax {@code sluice.http.connections.per.address.max}
 * @param idleTimeout {@code sluice.http.idle.timeout.ms}
 * @param sendBufferBytes {@code sluice.http.send.buffer.bytes}: of a connection, in the kernel; -1 for as the kernel likes
 * @param uriBytesMax {@code sluice.http.uri.max.bytes}
 * @param headerBytesMax {@code sluice.http.header.max.bytes}: the value of one header
 * @param requestBytesMax {@code sluice.http.request.max.bytes}: the body of one request
 * @param requestTimeout {@code sluice.http.request.timeout.ms}: for a body to arrive
 * @param memoryBytesMax {@code sluice.http.memory.max.bytes}: bodies of all requests and responses
 * @param ticketsMax {@code sluice.http.tickets.max}: given and not used yet
 * @param ticketLifetime {@code sluice.http.tickets.lifetime.ms}
 */
public record HttpLimits(
        int connectionsMax,
        int connectionsPerAddressMax,
        Duration idleTimeout,
        int sendBufferBytes,
        int uriBytesMax,
        int headerBytesMax,
        int requestBytesMax,
        Duration requestTimeout,
        long memoryBytesMax,
        int ticketsMax,
        Duration ticketLifetime) {

    /** As the settings say. */
    public static HttpLimits of(BrokerSettings settings) {
        return new HttpLimits(
                settings.intValue("sluice.http.connections.max"),
                settings.intValue("sluice.http.connections.per.address.max"),
                Duration.ofMillis(settings.longValue("sluice.http.idle.timeout.ms")),
                settings.intValue("sluice.http.send.buffer.bytes"),
                settings.intValue("sluice.http.uri.max.bytes"),
                settings.intValue("sluice.http.header.max.bytes"),
                settings.intValue("sluice.http.request.max.bytes"),
                Duration.ofMillis(settings.longValue("sluice.http.request.timeout.ms")),
                settings.longValue("sluice.http.memory.max.bytes"),
                settings.intValue("sluice.http.tickets.max"),
                Duration.ofMillis(settings.longValue("sluice.http.tickets.lifetime.ms")));
    }
}
