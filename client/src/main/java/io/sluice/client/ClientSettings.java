/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.client;

import java.net.URI;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.DoubleSupplier;

/**
 * What subscriptions and producers of one client share.
 *
 * @param nodes as they were given, {@code http://HOST:PORT}
 * @param headers of each handshake
 * @param silence after which a connection counts as lost
 * @param maxFrameBytes of a frame of a node
 * @param random from 0 to 1, for back-offs
 */
record ClientSettings(
        List<URI> nodes,
        Map<String, String> headers,
        HttpClient http,
        Executor executor,
        ScheduledExecutorService timer,
        ConnectionPlan.BackOff backOff,
        SubscriptionCore.Window window,
        Duration connectTimeout,
        Duration silence,
        int maxFrameBytes,
        DoubleSupplier random) {
    ConnectionPlan plan(String path) {
        return new ConnectionPlan(
                nodes.stream().map(node -> NodeAddress.socket(node, path)).toList(), backOff, random);
    }
}
