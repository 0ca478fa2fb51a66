/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.actors.subscription;

import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Readers of partitions that have no replica on this node. Any thread. */
@FunctionalInterface
public interface RemotePartitions {
    /** None can be read: subscribers are sent to the broker that leads. */
    RemotePartitions NONE = (topicId, partition, leader) ->
            CompletableFuture.failedFuture(SubscriptionException.notServedHere(partition, leader));

    /**
     * A reader.
     *
     * @param leader id of the broker that is known to lead it
     * @return fails with a {@link SubscriptionException}
     */
    CompletionStage<PartitionReader> open(UUID topicId, PartitionName partition, int leader);
}
