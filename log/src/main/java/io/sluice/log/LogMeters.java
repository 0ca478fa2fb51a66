/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.log;

import io.sluice.log.compaction.CompactionStats;
import io.sluice.log.producer.ProducerStates;
import java.util.concurrent.atomic.LongAdder;

/** What all logs of a node count; the node binds it to its metrics under the names in {@code docs/metrics.md}. */
public final class LogMeters implements ProducerStates.Listener {
    /** Times that a log's writer waited until all was on disk. */
    public final LongAdder forces = new LongAdder();

    /** Bytes that compactions have read, in both passes. */
    public final LongAdder compactionBytesRead = new LongAdder();

    /** Bytes of the segments that compactions have replaced. */
    public final LongAdder compactionBytesBefore = new LongAdder();

    /** Bytes of what is in their place. */
    public final LongAdder compactionBytesAfter = new LongAdder();

    /** Records that were superseded, or deleted and had their time. */
    public final LongAdder compactionRecordsRemoved = new LongAdder();

    public final LongAdder compactionMillis = new LongAdder();

    /** Compactions that covered the front part only, for want of memory for keys. */
    public final LongAdder compactionsWithoutRoom = new LongAdder();

    /** Memory that the keys of running compactions take now. */
    public final LongAdder keyMapBytes = new LongAdder();

    public final LongAdder producersExpired = new LongAdder();
    public final LongAdder producersEvicted = new LongAdder();

    /** A compaction has become part of its log. */
    public void compacted(CompactionStats stats) {
        compactionBytesRead.add(stats.bytesRead());
        compactionBytesBefore.add(stats.bytesBefore());
        compactionBytesAfter.add(stats.bytesAfter());
        compactionRecordsRemoved.add(stats.recordsRead() - stats.recordsKept());
        compactionMillis.add(stats.millis());
        if (!stats.complete()) {
            compactionsWithoutRoom.increment();
        }
    }

    @Override
    public void expired(int count) {
        producersExpired.add(count);
    }

    @Override
    public void evicted(long producerId) {
        producersEvicted.increment();
    }
}
