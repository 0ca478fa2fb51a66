/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.http.socket;

import io.sluice.cluster.config.BrokerSettings;
import io.sluice.cluster.config.ConfigKey;
import java.time.Duration;
import java.util.Set;

/**
 * Limits and habits of WebSockets.
 *
 * @param maxConnections {@code sluice.websocket.connections.max}: of the node; one more is refused with 503
 * @param maxConnectionsPerAddress {@code sluice.websocket.connections.max.per.address}: one more is refused with 429
 * @param maxSubscriptions {@code sluice.websocket.subscriptions.max}: of one socket
 * @param maxFrameBytes {@code sluice.websocket.frame.max.bytes}: the longest message of a client; a longer one closes its socket with 1009
 * @param maxRecordsBytes {@code sluice.websocket.records.max.bytes}: keys, values and headers in one {@code records} frame; a record that is larger comes alone
 * @param maxProduceBytes {@code sluice.websocket.produce.max.bytes}: the longest message of a client that produces; a longer one closes its socket with 1009
 * @param maxPendingBytes {@code sluice.websocket.produce.pending.max.bytes}: frames of one socket that wait for their answers; beyond it the client is not read
 * @param keepAlive {@code sluice.websocket.keepalive.ms}: how often a ping is sent; a client that sends nothing for two of them is gone
 * @param progressInterval {@code sluice.websocket.progress.interval.ms}: how often a subscription that moves on without records says so
 * @param allowedOrigins {@code sluice.websocket.origins}: pages of other origins that may connect, as {@code https://example.org}; {@code *} for all
 */
public record SocketOptions(
        int maxConnections,
        int maxConnectionsPerAddress,
        int maxSubscriptions,
        int maxFrameBytes,
        int maxRecordsBytes,
        int maxProduceBytes,
        int maxPendingBytes,
        Duration keepAlive,
        Duration progressInterval,
        Set<String> allowedOrigins) {
    public static final SocketOptions DEFAULTS = new SocketOptions(
            10_000,
            Integer.MAX_VALUE,
            100,
            64 << 10,
            1 << 20,
            1 << 20,
            4 << 20,
            Duration.ofSeconds(20),
            Duration.ofSeconds(1),
            Set.of());

    public SocketOptions {
        allowedOrigins = Set.copyOf(allowedOrigins);
    }

    /** As the settings say. */
    public static SocketOptions of(BrokerSettings settings) {
        return new SocketOptions(
                settings.intValue("sluice.websocket.connections.max"),
                settings.intValue("sluice.websocket.connections.max.per.address"),
                settings.intValue("sluice.websocket.subscriptions.max"),
                settings.intValue("sluice.websocket.frame.max.bytes"),
                settings.intValue("sluice.websocket.records.max.bytes"),
                settings.intValue("sluice.websocket.produce.max.bytes"),
                settings.intValue("sluice.websocket.produce.pending.max.bytes"),
                Duration.ofMillis(settings.longValue("sluice.websocket.keepalive.ms")),
                Duration.ofMillis(settings.longValue("sluice.websocket.progress.interval.ms")),
                Set.copyOf(ConfigKey.elements(settings.string("sluice.websocket.origins"))));
    }

    public SocketOptions withAllowedOrigins(Set<String> origins) {
        return new SocketOptions(
                maxConnections,
                maxConnectionsPerAddress,
                maxSubscriptions,
                maxFrameBytes,
                maxRecordsBytes,
                maxProduceBytes,
                maxPendingBytes,
                keepAlive,
                progressInterval,
                origins);
    }

    public SocketOptions withMaxConnections(int all, int perAddress) {
        return new SocketOptions(
                all,
                perAddress,
                maxSubscriptions,
                maxFrameBytes,
                maxRecordsBytes,
                maxProduceBytes,
                maxPendingBytes,
                keepAlive,
                progressInterval,
                allowedOrigins);
    }

    public SocketOptions withIntervals(Duration keepAliveInterval, Duration progress) {
        return new SocketOptions(
                maxConnections,
                maxConnectionsPerAddress,
                maxSubscriptions,
                maxFrameBytes,
                maxRecordsBytes,
                maxProduceBytes,
                maxPendingBytes,
                keepAliveInterval,
                progress,
                allowedOrigins);
    }

    public SocketOptions withMaxBytes(int frame, int records) {
        return new SocketOptions(
                maxConnections,
                maxConnectionsPerAddress,
                maxSubscriptions,
                frame,
                records,
                maxProduceBytes,
                maxPendingBytes,
                keepAlive,
                progressInterval,
                allowedOrigins);
    }
}
