/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.actors.subscription;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLongArray;

/** Where a subscription is: written by its stream with every element, read by any thread. */
final class DeliveredPositions {
    private static final long UNKNOWN = -1;

    /** One array for each number of partitions: they only become more. */
    private record Known(List<SubscribedPartition> partitions, AtomicLongArray offsets) {}

    private volatile Known known;

    DeliveredPositions(List<SubscribedPartition> partitions) {
        this.known = known(partitions, new AtomicLongArray(0));
    }

    private static Known known(List<SubscribedPartition> partitions, AtomicLongArray before) {
        AtomicLongArray offsets = new AtomicLongArray(partitions.size());
        for (int i = 0; i < partitions.size(); i++) {
            offsets.setPlain(i, i < before.length() ? before.get(i) : UNKNOWN);
        }
        return new Known(List.copyOf(partitions), offsets);
    }

    /** One partition more, behind the others. By the stream. */
    void add(SubscribedPartition partition) {
        List<SubscribedPartition> partitions = new ArrayList<>(known.partitions());
        partitions.add(partition);
        known = known(partitions, known.offsets());
    }

    /** By the stream. */
    void moved(int index, long nextOffset) {
        known.offsets().setRelease(index, nextOffset);
    }

    /** Of the partitions whose place is known. */
    Positions now() {
        Known now = known;
        TreeMap<PartitionName, Long> offsets = new TreeMap<>();
        for (int i = 0; i < now.partitions().size(); i++) {
            long offset = now.offsets().getAcquire(i);
            if (offset != UNKNOWN) {
                offsets.put(now.partitions().get(i).name(), offset);
            }
        }
        return Positions.of(offsets);
    }
}
