/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.actors.subscription;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/** What all subscriptions of a node count; the node binds it to its metrics under the names in {@code docs/metrics.md}. */
public final class SubscriptionMeters {
    /** Subscriptions that run. */
    public final AtomicInteger active = new AtomicInteger();

    /** Subscriptions refused because too many ran. */
    public final LongAdder refused = new LongAdder();

    /** Memory of records that wait for demand, of all subscriptions; what several hold is counted for each. */
    public final AtomicLong bufferedBytes = new AtomicLong();

    /** Times that a subscription had no room to read on. */
    public final LongAdder pauses = new LongAdder();

    /** Records left out for slow readers. */
    public final LongAdder dropped = new LongAdder();

    /** Subscriptions closed because of a slow reader. */
    public final LongAdder slowClosed = new LongAdder();

    /** Gaps told because records were deleted before they were read. */
    public final LongAdder deletedGaps = new LongAdder();

    /** Records delivered. */
    public final LongAdder records = new LongAdder();

    /** Subscriptions that failed. */
    public final LongAdder failed = new LongAdder();

    /** Times that a partition's leader had to be looked for again. */
    public final LongAdder lookups = new LongAdder();

    /** Reads served by what another subscription has read, or reads just now. */
    public final LongAdder sharedHits = new LongAdder();

    /** Reads of the log. */
    public final LongAdder sharedMisses = new LongAdder();

    /** Memory of decoded batches that are kept for others, with their encodings. */
    public final AtomicLong sharedBytes = new AtomicLong();

    /** Batches let go for want of room. */
    public final LongAdder sharedEvictions = new LongAdder();
}
