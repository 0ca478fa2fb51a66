/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.cluster;

import io.sluice.actors.Limits;
import io.sluice.actors.subscription.SubscriptionSettings;
import io.sluice.cluster.config.BrokerSettings;
import java.time.Duration;

/** The limits that a configuration sets. */
public final class NodeLimits {
    private NodeLimits() {}

    /** Those of subscriptions. */
    public static SubscriptionSettings subscriptions(BrokerSettings settings) {
        return new SubscriptionSettings(
                settings.subscriptionBufferBytes(),
                settings.subscriptionSharedBytes(),
                settings.subscriptionsMax(),
                Duration.ofMillis(settings.subscriptionSlowMs()),
                settings.decompressedBatchMaxBytes());
    }

    /** Every limit, from the keys that {@link Limits} names. */
    public static Limits of(BrokerSettings settings) {
        return new Limits(
                settings.socketRequestMaxBytes(),
                settings.inflightMaxBytes(),
                settings.connectionInflightMaxBytes(),
                settings.maxConnections(),
                settings.maxConnectionsPerIp(),
                settings.waitingFetchesMax(),
                settings.partitionMailboxMaxBytes(),
                settings.inflightMaxBytes(),
                Limits.DEFAULTS.partitionWaiters(),
                settings.topicPartitionsMax(),
                settings.partitionsMax(),
                Math.max(1, settings.logCleanerThreads()),
                Limits.DEFAULTS.controllerRequests());
    }
}
