/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.kafka.api;

import io.netty.channel.EventLoop;
import java.net.InetSocketAddress;

/**
 * Who sent a request, and how.
 *
 * @param apiKey the API's number
 * @param apiVersion the version of request and response
 * @param correlationId the client's number of this request
 * @param clientId null if the client has none
 * @param connection what is the same for all requests of a connection
 */
public record RequestContext(
        short apiKey, short apiVersion, int correlationId, String clientId, ConnectionInfo connection) {

    public InetSocketAddress clientAddress() {
        return connection.clientAddress();
    }

    /** The address of this broker that the client connected to. */
    public InetSocketAddress reachedAddress() {
        return connection.reachedAddress();
    }

    /** The connection's thread: for timers, and for state that belongs to the connection. */
    public EventLoop eventLoop() {
        return connection.eventLoop();
    }

    /**
     * One connection.
     *
     * @param id for the log: unique in this process
     * @param states what handlers keep for it
     */
    public record ConnectionInfo(
            String id,
            InetSocketAddress clientAddress,
            InetSocketAddress reachedAddress,
            EventLoop eventLoop,
            ConnectionStates states) {
        public ConnectionInfo(
                String id, InetSocketAddress clientAddress, InetSocketAddress reachedAddress, EventLoop eventLoop) {
            this(id, clientAddress, reachedAddress, eventLoop, new ConnectionStates());
        }
    }
}
