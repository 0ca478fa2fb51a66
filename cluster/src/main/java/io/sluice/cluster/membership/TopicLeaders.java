/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.cluster.membership;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Who leads the partitions of one topic. A partition's entry is one long, so that reading takes no lock:
 *
 * <pre>
 *   broker, -1 if nobody is known to lead (high 32 bits) | newest epoch that was heard of (low 32 bits)
 * </pre>
 */
final class TopicLeaders {
    private record Waiting(int count, CompletableFuture<Void> future) {}

    private static final long NOBODY = pack(-1, -1);

    private final BitSet settled = new BitSet();
    private final List<Waiting> waiting = new ArrayList<>();
    private volatile AtomicLongArray leaders = new AtomicLongArray(0);

    Leaderships.Leader leader(int partition) {
        AtomicLongArray array = leaders;
        if (partition < 0 || partition >= array.length()) {
            return Leaderships.Leader.NONE;
        }
        long entry = array.get(partition);
        return entry == NOBODY ? Leaderships.Leader.NONE : new Leaderships.Leader(broker(entry), epoch(entry));
    }

    /** @return whether this is news */
    boolean led(int partition, int broker, int epoch) {
        List<CompletableFuture<Void>> done;
        synchronized (this) {
            grow(partition);
            long known = leaders.get(partition);
            if (epoch < epoch(known) || (epoch == epoch(known) && broker(known) != -1)) {
                return false;
            }
            leaders.set(partition, pack(broker, epoch));
            settled.set(partition);
            done = takeSettled();
        }
        done.forEach(future -> future.complete(null));
        return true;
    }

    /** @return whether this is news */
    synchronized boolean left(int partition, int broker, int epoch) {
        if (partition >= leaders.length() || leaders.get(partition) != pack(broker, epoch)) {
            return false;
        }
        leaders.set(partition, pack(-1, epoch));
        settled.clear(partition);
        return true;
    }

    /** Waiting for this partition to be led is over: it can't be. */
    void failed(int partition) {
        List<CompletableFuture<Void>> done;
        synchronized (this) {
            settled.set(partition);
            done = takeSettled();
        }
        done.forEach(future -> future.complete(null));
    }

    /** What a broker leads now. */
    synchronized void forEach(Leaderships.Visitor visitor, java.util.UUID topicId, int broker) {
        for (int p = 0; p < leaders.length(); p++) {
            long entry = leaders.get(p);
            if (broker(entry) == broker) {
                visitor.visit(topicId, p, epoch(entry));
            }
        }
    }

    /** Completes when partitions 0 to {@code count} - 1 are led, or can't be. */
    CompletableFuture<Void> settled(int count) {
        CompletableFuture<Void> future = new CompletableFuture<>();
        List<CompletableFuture<Void>> done;
        synchronized (this) {
            waiting.add(new Waiting(count, future));
            done = takeSettled();
        }
        done.forEach(one -> one.complete(null));
        return future;
    }

    /** The topic is gone: who waits for it waits no longer. */
    void deleted() {
        List<Waiting> all;
        synchronized (this) {
            leaders = new AtomicLongArray(0);
            all = new ArrayList<>(waiting);
            waiting.clear();
        }
        all.forEach(one -> one.future().complete(null));
    }

    private List<CompletableFuture<Void>> takeSettled() {
        if (waiting.isEmpty()) {
            return List.of();
        }
        int prefix = settled.nextClearBit(0);
        List<CompletableFuture<Void>> done = new ArrayList<>();
        waiting.removeIf(one -> one.count() <= prefix && done.add(one.future()));
        return done;
    }

    private void grow(int partition) {
        AtomicLongArray before = leaders;
        if (partition < before.length()) {
            return;
        }
        long[] larger = new long[Math.max(partition + 1, before.length() * 2)];
        Arrays.setAll(larger, p -> p < before.length() ? before.get(p) : NOBODY);
        leaders = new AtomicLongArray(larger);
    }

    private static long pack(int broker, int epoch) {
        return ((long) broker << Integer.SIZE) | (epoch & 0xffff_ffffL);
    }

    private static int broker(long entry) {
        return (int) (entry >> Integer.SIZE);
    }

    private static int epoch(long entry) {
        return (int) entry;
    }
}
