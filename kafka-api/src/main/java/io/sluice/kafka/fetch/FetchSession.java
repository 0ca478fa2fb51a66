/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.kafka.fetch;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The partitions that one consumer fetches, kept between its requests (KIP-227), so that requests and responses name only what
 * has changed. A fetch without a session has one of its own that nobody keeps. Its state is guarded by its monitor.
 */
final class FetchSession {
    static final int NO_SESSION = 0;
    static final int FINAL_EPOCH = -1;
    static final int FIRST_EPOCH = 0;

    private final int id;
    private final boolean usesTopicIds;
    private final Map<FetchPartition.Key, FetchPartition> partitions = new LinkedHashMap<>();
    private final FetchWaits waits = new FetchWaits();
    private int nextEpoch = 1;

    FetchSession(int id, boolean usesTopicIds) {
        this.id = id;
        this.usesTopicIds = usesTopicIds;
    }

    /** {@link #NO_SESSION} if it is not kept. */
    int id() {
        return id;
    }

    boolean isKept() {
        return id != NO_SESSION;
    }

    boolean usesTopicIds() {
        return usesTopicIds;
    }

    FetchWaits waits() {
        return waits;
    }

    int nextEpoch() {
        return nextEpoch;
    }

    void advanceEpoch() {
        nextEpoch = nextEpoch == Integer.MAX_VALUE ? 1 : nextEpoch + 1;
    }

    FetchPartition partition(FetchPartition.Key key) {
        return partitions.computeIfAbsent(key, FetchPartition::new);
    }

    void forget(FetchPartition.Key key) {
        FetchPartition partition = partitions.remove(key);
        if (partition != null) {
            waits.forget(partition);
        }
    }

    Collection<FetchPartition> partitions() {
        return partitions.values();
    }

    int size() {
        return partitions.size();
    }

    /** Moves a partition behind the others, for it has just been served. */
    void moveToEnd(FetchPartition partition) {
        if (partitions.remove(partition.key) != null) {
            partitions.put(partition.key, partition);
        }
    }

    /** Waits at no partition any more. */
    void cancelWaits() {
        List<FetchPartition> all = new ArrayList<>(partitions.values());
        all.forEach(waits::forget);
    }
}
