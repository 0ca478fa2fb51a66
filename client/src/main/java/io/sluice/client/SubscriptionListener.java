/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.client;

/**
 * Is told what happens to a subscription besides its records; every method does nothing unless it is overridden. Calls come in order with the subscriber's
 * {@code onNext}, never at the same time, and must not block.
 */
public interface SubscriptionListener {
    /** Listens to nothing. */
    SubscriptionListener NONE = new SubscriptionListener() {};

    /** The subscription runs, again after each lost connection, and goes on there; or its group has given it these partitions in place of those that it had. */
    default void onSubscribed(Positions positions) {}

    /** How far it is, though nothing was delivered: offsets that were filtered out, for one. */
    default void onProgress(Positions positions) {}

    /** Offsets are left out. */
    default void onGap(Gap gap) {}

    /** The connection was lost, or could not be made; the next try comes after this many milliseconds. */
    default void onDisconnected(String reason, long retryInMs) {}

    /** Something went wrong that does not end the subscription. */
    default void onWarning(SluiceException warning) {}
}
