/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.kafka.server;

import java.net.InetAddress;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/** What all connections of a listener share. Thread-safe. */
record ListenerContext(
        ListenerLimits limits,
        RequestMemory memory,
        ListenerMetrics metrics,
        ConnectionLog log,
        RequestDispatcher dispatcher,
        ConcurrentMap<InetAddress, Integer> perAddress) {

    ListenerContext(
            ListenerLimits limits,
            RequestMemory memory,
            ListenerMetrics metrics,
            ConnectionLog log,
            RequestDispatcher dispatcher) {
        this(limits, memory, metrics, log, dispatcher, new ConcurrentHashMap<>());
    }

    /** Counts the connection; answers null if it may stay, else why not. */
    String admit(InetAddress address) {
        int all = metrics.connections.incrementAndGet();
        int own = perAddress.merge(address, 1, Integer::sum);
        if (all > limits.connectionsMax()) {
            return "more than max.connections=" + limits.connectionsMax();
        }
        if (own > limits.connectionsPerAddressMax()) {
            return "more than max.connections.per.ip=" + limits.connectionsPerAddressMax();
        }
        return null;
    }

    void disconnected(Connection connection) {
        metrics.connections.decrementAndGet();
        perAddress.computeIfPresent(
                connection.info().clientAddress().getAddress(), (address, count) -> count == 1 ? null : count - 1);
    }
}
