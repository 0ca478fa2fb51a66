/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.actors.partition;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/** What all partitions of a node count; the node binds it to its metrics under the names in {@code docs/metrics.md}. */
public final class PartitionMeters {
    public final LongAdder appendedBytes = new LongAdder();
    public final LongAdder appends = new LongAdder();
    public final LongAdder rejectedAppends = new LongAdder();
    public final LongAdder writes = new LongAdder();
    public final LongAdder mailboxRefusals = new LongAdder();
    public final LongAdder waiterRefusals = new LongAdder();
    public final LongAdder diskFullRefusals = new LongAdder();
    public final LongAdder compactions = new LongAdder();

    /** Readers that wait for data, at all partitions. */
    public final AtomicLong waiters = new AtomicLong();

    /** Partitions that this node leads. */
    public final AtomicLong leading = new AtomicLong();

    /** Partitions that are offline here. */
    public final AtomicLong offline = new AtomicLong();
}
