/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.actors.subscription;

import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLongArray;

/** Where a subscription is: written by its stream with every element, read by any thread. */
final class DeliveredPositions {
    private static final long UNKNOWN = -1;

    private final List<SubscribedPartition> partitions;
    private final AtomicLongArray offsets;

    DeliveredPositions(List<SubscribedPartition> partitions) {
        this.partitions = partitions;
        this.offsets = new AtomicLongArray(partitions.size());
        for (int i = 0; i < partitions.size(); i++) {
            offsets.setPlain(i, UNKNOWN);
        }
    }

    void moved(int index, long nextOffset) {
        offsets.setRelease(index, nextOffset);
    }

    /** Of the partitions whose place is known. */
    Positions now() {
        TreeMap<PartitionName, Long> known = new TreeMap<>();
        for (int i = 0; i < partitions.size(); i++) {
            long offset = offsets.getAcquire(i);
            if (offset != UNKNOWN) {
                known.put(partitions.get(i).name(), offset);
            }
        }
        return Positions.of(known);
    }
}
