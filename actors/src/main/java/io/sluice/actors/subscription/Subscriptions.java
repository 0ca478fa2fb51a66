/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.actors.subscription;

import akka.stream.javadsl.Source;

/** The subscriptions of a node, over partitions that are led anywhere. Every method may be called from any thread and none blocks. */
public interface Subscriptions {
    /**
     * Partitions as one stream: ordered within each partition, fair between them. Each time it is run is a subscription of its own. Demand
     * drives reading; at most {@link SubscriptionRequest#bufferBytes} wait for it.
     *
     * <p>The stream has no end of its own: it completes by {@link SubscriptionControl#stop} or by its subscriber, and fails with a {@link SubscriptionException}
     * that says in one line what was wrong. A record is delivered once as long as the stream lives; {@link SubscriptionControl#positions} of a stream that
     * ended are where the next one goes on, on any node.
     */
    Source<SubscriptionEvent, SubscriptionControl> subscribe(SubscriptionRequest request);
}
