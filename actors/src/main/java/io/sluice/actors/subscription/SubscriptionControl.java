/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.actors.subscription;

import java.util.Set;
import java.util.concurrent.CompletionStage;

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

    /** Completes the stream. */
    void stop();

    /** The next offset to deliver of every partition whose start is known: where another subscription goes on after the last element that was delivered. */
    Positions positions();
}
