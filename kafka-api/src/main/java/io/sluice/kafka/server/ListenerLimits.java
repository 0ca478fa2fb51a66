/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.kafka.server;

import io.sluice.cluster.config.BrokerSettings;

/**
 * The limits of a listener. Each has a metric and a line in the log when it is reached.
 *
 * @param requestBytesMax {@code socket.request.max.bytes}: the largest request that carries records
 * @param decodedRequestBytesMax {@code sluice.request.decoded.max.bytes}: the largest request of any other API
 * @param requestMemoryBytes {@code queued.max.request.bytes}, {@code sluice.inflight.max.bytes}: received and half-received requests of all connections together
 * @param connectionMemoryBytes {@code sluice.connection.inflight.max.bytes}: the same of one connection; one request always fits
 * @param allowanceBytes {@code sluice.connection.request.allowance.bytes}: what each connection may have in small requests although the budget is used up
 * @param inFlightMax {@code sluice.connection.requests.inflight.max}: requests of one connection that are not answered yet
 * @param responseBufferBytes {@code sluice.connection.response.buffer.bytes}: unsent responses of one connection, after which it is not read
 * @param receiveTimeoutMs {@code sluice.request.receive.timeout.ms}: from the first byte of a request to its last; the same for a request that waits for memory
 * @param maxIdleMs {@code connections.max.idle.ms}
 * @param connectionsMax {@code max.connections}
 * @param connectionsPerAddressMax {@code max.connections.per.ip}
 */
public record ListenerLimits(
        int requestBytesMax,
        int decodedRequestBytesMax,
        long requestMemoryBytes,
        long connectionMemoryBytes,
        int allowanceBytes,
        int inFlightMax,
        int responseBufferBytes,
        long receiveTimeoutMs,
        long maxIdleMs,
        int connectionsMax,
        int connectionsPerAddressMax) {

    public static ListenerLimits of(BrokerSettings settings) {
        return new ListenerLimits(
                settings.socketRequestMaxBytes(),
                settings.decodedRequestMaxBytes(),
                settings.inflightMaxBytes(),
                settings.connectionInflightMaxBytes(),
                settings.connectionAllowanceBytes(),
                settings.connectionRequestsMax(),
                settings.connectionResponseBufferBytes(),
                settings.requestReceiveTimeoutMs(),
                settings.connectionsMaxIdleMs(),
                settings.maxConnections(),
                settings.maxConnectionsPerIp());
    }
}
