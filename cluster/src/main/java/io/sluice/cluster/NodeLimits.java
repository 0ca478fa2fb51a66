/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.cluster;

import io.sluice.actors.Limits;
import io.sluice.actors.subscription.SubscriptionSettings;
import io.sluice.cluster.config.BrokerSettings;
import io.sluice.cluster.group.GroupRelay;
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
                Duration.ofMillis(settings.subscriptionLingerMs()),
                settings.decompressedBatchMaxBytes());
    }

    /** Those of requests to the coordinators of groups on other nodes. */
    static GroupRelay.Limits groupRelay(BrokerSettings settings) {
        return new GroupRelay.Limits(
                settings.intValue("sluice.group.relay.requests.max"),
                settings.intValue("sluice.group.relay.message.max.bytes"));
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
                settings.intValue("sluice.controller.requests.max"));
    }
}
