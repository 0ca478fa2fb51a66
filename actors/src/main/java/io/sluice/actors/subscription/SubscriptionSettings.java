/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.actors.subscription;

import java.time.Duration;

/**
 * Limits of the subscriptions of a node.
 *
 * @param bufferBytes {@code sluice.subscription.buffer.bytes}: memory of records that wait for one subscriber
 * @param sharedBytes {@code sluice.subscription.shared.bytes}: memory of decoded batches kept for several subscribers of a partition
 * @param maxSubscriptions {@code sluice.subscriptions.max}
 * @param slowAfter {@code sluice.subscription.slow.ms}: who lags for so long does not keep up
 * @param linger {@code sluice.subscription.linger.ms}: the longest pause between two times that many subscribers of a partition are woken
 * @param maxDecompressedBytes {@code sluice.decompressed.batch.max.bytes}
 */
public record SubscriptionSettings(
        int bufferBytes,
        long sharedBytes,
        int maxSubscriptions,
        Duration slowAfter,
        Duration linger,
        int maxDecompressedBytes) {
    public static final SubscriptionSettings DEFAULTS = new SubscriptionSettings(
            256 << 10, 32L << 20, 10_000, Duration.ofSeconds(1), Duration.ofMillis(40), 100 << 20);

    /** What one read brings, if batches are no larger. */
    static final int READ_BYTES = 128 << 10;

    /** Batches of one read are delivered together up to so much decoded memory; a larger one comes alone. */
    static final int GATHERED_BYTES = 64 << 10;

    /** Reads at one time of one subscription; of one partition there is one. */
    static final int MAX_READS = 4;

    /** Records of a batch: beyond that it is not decoded, for its records would take too much memory at once. */
    static final int MAX_BATCH_RECORDS = 1_000_000;

    /** The same for headers of all its records. */
    static final int MAX_BATCH_HEADERS = 1_000_000;

    /** How often a partition that can't be read is looked for. */
    static final Duration LOOKUP_INTERVAL = Duration.ofMillis(50);

    /** How often in a row: half a minute, longer than elections and moves take. */
    static final int MAX_LOOKUPS = 600;

    /** How often a replica of this node is looked for before its partition is read from another broker: a second. */
    static final int LOCAL_LOOKUPS = 20;

    /** A reader that is woken although there is nothing (too many wait at the partition) looks again after so long. */
    static final Duration RECHECK_INTERVAL = Duration.ofMillis(200);

    /** A member of a group that says nothing for so long is thought dead. */
    static final int GROUP_SESSION_MS = 10_000;

    /** A group waits so long for its members to join again. */
    static final int GROUP_REBALANCE_MS = 60_000;

    /** A coordinator that does not answer for so long is asked again. */
    static final int GROUP_TIMEOUT_MS = 10_000;

    static final Duration GROUP_HEARTBEAT = Duration.ofSeconds(3);

    /** How often a group's offsets are committed, if that is done without being asked for. */
    static final Duration GROUP_COMMIT = Duration.ofSeconds(5);

    /** Before a coordinator is looked for again. */
    static final Duration GROUP_PAUSE = Duration.ofMillis(200);

    /** How often in a row: a minute. */
    static final int MAX_GROUP_TRIES = 300;
}
