/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.http.server;

import java.net.InetAddress;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Counts connections against their limits. Any thread. */
final class Admission {
    private final HttpLimits limits;
    private final HttpMetrics metrics;
    private final Map<InetAddress, Integer> perAddress = new ConcurrentHashMap<>();

    Admission(HttpLimits limits, HttpMetrics metrics) {
        this.limits = limits;
        this.metrics = metrics;
    }

    /** A connection is there. @return null if it is welcome, else why it is not; it counts either way, until it has left */
    String enter() {
        return metrics.connections.incrementAndGet() <= limits.connectionsMax()
                ? null
                : refused("There are " + limits.connectionsMax()
                        + " connections already, no more are allowed (sluice.http.connections.max).");
    }

    /** The address of a connection is known: likewise. */
    String enter(InetAddress address) {
        return perAddress.merge(address, 1, Integer::sum) <= limits.connectionsPerAddressMax()
                ? null
                : refused(
                        "There are " + limits.connectionsPerAddressMax()
                                + " connections from this address already, no more are allowed (sluice.http.connections.per.address.max).");
    }

    private String refused(String why) {
        metrics.connectionsRefused.increment();
        return why;
    }

    /** @param address null if it was never known */
    void leave(InetAddress address) {
        metrics.connections.decrementAndGet();
        if (address != null) {
            perAddress.computeIfPresent(address, (same, count) -> count == 1 ? null : count - 1);
        }
    }

    /** Addresses that are remembered. */
    int addresses() {
        return perAddress.size();
    }
}
