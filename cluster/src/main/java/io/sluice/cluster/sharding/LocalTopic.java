/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.cluster.sharding;

import akka.actor.typed.ActorRef;
import io.sluice.actors.partition.PartitionCommand;
import io.sluice.actors.partition.PartitionHandle;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReferenceArray;

/** The partitions of one topic on this node. Reading a leader takes no lock. */
final class LocalTopic {
    private record Waiting(int count, CompletableFuture<Void> future) {}

    private volatile AtomicReferenceArray<PartitionHandle> leaders = new AtomicReferenceArray<>(0);
    private List<ActorRef<PartitionCommand>> actors = new ArrayList<>();
    private final BitSet failed = new BitSet();
    private final BitSet settled = new BitSet();
    private final List<Waiting> waiting = new ArrayList<>();

    PartitionHandle leader(int partition) {
        AtomicReferenceArray<PartitionHandle> array = leaders;
        return partition >= 0 && partition < array.length() ? array.get(partition) : null;
    }

    synchronized ActorRef<PartitionCommand> actor(int partition) {
        return partition < actors.size() ? actors.get(partition) : null;
    }

    synchronized List<ActorRef<PartitionCommand>> actors() {
        List<ActorRef<PartitionCommand>> running = new ArrayList<>(actors);
        running.removeIf(actor -> actor == null);
        return running;
    }

    synchronized void forEachLeader(LocalPartitions.LeaderVisitor visitor) {
        AtomicReferenceArray<PartitionHandle> array = leaders;
        for (int p = 0; p < array.length(); p++) {
            PartitionHandle handle = array.get(p);
            if (handle != null && p < actors.size() && actors.get(p) != null) {
                visitor.visit(handle, actors.get(p));
            }
        }
    }

    synchronized void started(int partition, ActorRef<PartitionCommand> actor) {
        while (actors.size() <= partition) {
            actors.add(null);
        }
        actors.set(partition, actor);
    }

    void leads(int partition, PartitionHandle handle) {
        List<CompletableFuture<Void>> done;
        synchronized (this) {
            grow(partition);
            leaders.set(partition, handle);
            settled.set(partition);
            done = takeSettled();
        }
        done.forEach(future -> future.complete(null));
    }

    synchronized void resigned(int partition, PartitionHandle handle) {
        if (partition < leaders.length() && leaders.compareAndSet(partition, handle, null)) {
            settled.clear(partition);
        }
    }

    void failed(int partition) {
        List<CompletableFuture<Void>> done;
        synchronized (this) {
            failed.set(partition);
            settled.set(partition);
            done = takeSettled();
        }
        done.forEach(future -> future.complete(null));
    }

    synchronized void gone(int partition) {
        if (partition < actors.size()) {
            actors.set(partition, null);
        }
        failed.clear(partition);
        settled.clear(partition);
        if (partition < leaders.length()) {
            leaders.set(partition, null);
        }
    }

    /** @return what is to be completed now */
    synchronized List<CompletableFuture<Void>> whenSettled(int count, CompletableFuture<Void> future) {
        waiting.add(new Waiting(count, future));
        return takeSettled();
    }

    void deleted() {
        List<Waiting> all;
        synchronized (this) {
            leaders = new AtomicReferenceArray<>(0);
            all = new ArrayList<>(waiting);
            waiting.clear();
        }
        all.forEach(one -> one.future().complete(null));
    }

    synchronized boolean isEmpty() {
        return waiting.isEmpty() && actors.stream().allMatch(actor -> actor == null);
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
        AtomicReferenceArray<PartitionHandle> before = leaders;
        if (partition < before.length()) {
            return;
        }
        PartitionHandle[] larger = new PartitionHandle[Math.max(partition + 1, before.length() * 2)];
        Arrays.setAll(larger, p -> p < before.length() ? before.get(p) : null);
        leaders = new AtomicReferenceArray<>(larger);
    }
}
