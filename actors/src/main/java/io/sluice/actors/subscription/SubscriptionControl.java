/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.actors.subscription;

import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

/** A running subscription. Every method may be called from any thread and none blocks; what is asked for takes effect a moment later. */
public interface SubscriptionControl {
    /** Where the subscription began, in every partition, once that is known; fails as the stream does if it fails before. */
    CompletionStage<Positions> started();

    /**
     * Goes on elsewhere. What waited to be delivered of the partitions named is thrown away; an element that was asked for before may still come. Partitions
     * that are not the subscription's are passed over.
     */
    void seek(Positions to);

    /** Delivers nothing of these partitions until {@link #resume}; what waited to be delivered is read again then. */
    void pause(Set<PartitionName> partitions);

    /** The same of all partitions. */
    void pause();

    void resume(Set<PartitionName> partitions);

    /** The same of all partitions. */
    void resume();

    /**
     * Of a group: has {@code listener} told when the group has spread its partitions anew, but for the first time, which is the start; on the stream's thread, behind the last
     * element that was read of the partitions before and in front of the first one of the new. What it is told is where these begin; that fails, or never comes, if the group
     * has spread them yet again meanwhile. One listener, set before the first element is asked for.
     */
    default void onReassigned(Consumer<CompletionStage<Positions>> listener) {}

    /**
     * Commits offsets for the group that the subscription is a member of.
     *
     * @return fails with a {@link SubscriptionException}: {@code COMMIT_REFUSED}, which is no end of the stream, while the group spreads its partitions anew
     */
    default CompletionStage<Void> commit(Positions positions) {
        return CompletableFuture.failedStage(new SubscriptionException(
                SubscriptionException.Code.INVALID_REQUEST, "this subscription is of no group"));
    }

    /** Completes the stream. */
    void stop();

    /** The next offset to deliver of every partition whose start is known: where another subscription goes on after the last element that was delivered. */
    Positions positions();
}
