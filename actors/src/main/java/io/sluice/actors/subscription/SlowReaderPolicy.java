/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.actors.subscription;

/**
 * What happens to a subscriber that does not keep up. {@link #DROP} and {@link #CLOSE} concern live partitions only, those where it has been at the end once:
 * a backlog that it asked for is delivered at its own pace. It does not keep up if its buffer has been full and the partition's end not been
 * reached for {@code sluice.subscription.slow.ms}.
 */
public enum SlowReaderPolicy {
    /** Nothing is read until it takes more: it gets everything, later. */
    PAUSE,

    /** The newest are kept; a {@link SubscriptionEvent.Gap} names what was left out. */
    DROP,

    /** The stream fails with {@link SubscriptionException.Code#SLOW_READER}. */
    CLOSE
}
