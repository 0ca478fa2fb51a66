/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.actors.partition;

/**
 * Somebody who waits for data (a fetch, a subscription). One waiter may wait at many partitions; at each at most once, so a
 * waiter that stays registered at an idle partition costs nothing.
 */
public interface DataWaiter {
    /**
     * The high watermark (or last stable offset) of the partition has passed what was waited for, or the partition stopped leading. The waiter is
     * registered there no longer. Called on the partition's thread: hand over to your own and return.
     */
    void dataAvailable(TopicPartition partition);
}
