/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.actors.partition;

import io.sluice.log.LogView;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.TreeSet;

/**
 * Who waits for data at one partition, ordered by the offset that is waited for, so that a write touches those only that it
 * serves. A waiter is here at most once; registering again moves it.
 *
 * <p>This class is not thread-safe: its partition's actor owns it.
 */
final class Waiters {
    private record Waiting(long offset, long number, DataWaiter waiter, LogView.Bound bound)
            implements Comparable<Waiting> {
        @Override
        public int compareTo(Waiting other) {
            int byOffset = Long.compare(offset, other.offset);
            return byOffset != 0 ? byOffset : Long.compare(number, other.number);
        }
    }

    private final TopicPartition partition;
    private final int limit;
    private final IdentityHashMap<DataWaiter, Waiting> byWaiter = new IdentityHashMap<>();
    private final Map<LogView.Bound, NavigableSet<Waiting>> byBound = new java.util.EnumMap<>(LogView.Bound.class);
    private long numbers;

    Waiters(TopicPartition partition, int limit) {
        this.partition = partition;
        this.limit = limit;
        for (LogView.Bound bound : LogView.Bound.values()) {
            byBound.put(bound, new TreeSet<>());
        }
    }

    int size() {
        return byWaiter.size();
    }

    /** @return false if there are too many: the waiter was not registered */
    boolean add(DataWaiter waiter, long offset, LogView.Bound bound) {
        Waiting before = byWaiter.get(waiter);
        if (before == null && byWaiter.size() >= limit) {
            return false;
        }
        if (before != null) {
            byBound.get(before.bound()).remove(before);
        }
        Waiting waiting = new Waiting(offset, numbers++, waiter, bound);
        byWaiter.put(waiter, waiting);
        byBound.get(bound).add(waiting);
        return true;
    }

    void remove(DataWaiter waiter) {
        Waiting waiting = byWaiter.remove(waiter);
        if (waiting != null) {
            byBound.get(waiting.bound()).remove(waiting);
        }
    }

    /** Wakes who waits for something that the view has. */
    void wake(LogView view) {
        if (byWaiter.isEmpty()) {
            return;
        }
        for (Map.Entry<LogView.Bound, NavigableSet<Waiting>> entry : byBound.entrySet()) {
            NavigableSet<Waiting> waiting = entry.getValue();
            long bound = boundOf(view, entry.getKey());
            while (!waiting.isEmpty() && waiting.first().offset() < bound) {
                DataWaiter waiter = waiting.pollFirst().waiter();
                byWaiter.remove(waiter);
                waiter.dataAvailable(partition);
            }
        }
    }

    /** Wakes everybody: the partition leads no longer. */
    void wakeAll() {
        List<DataWaiter> all = new ArrayList<>(byWaiter.keySet());
        byWaiter.clear();
        byBound.values().forEach(NavigableSet::clear);
        all.forEach(waiter -> waiter.dataAvailable(partition));
    }

    static long boundOf(LogView view, LogView.Bound bound) {
        return switch (bound) {
            case HIGH_WATERMARK -> view.highWatermark();
            case LAST_STABLE_OFFSET -> view.lastStableOffset();
            case LOG_END -> view.logEndOffset();
        };
    }
}
