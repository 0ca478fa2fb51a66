/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.cluster.sharding;

import akka.actor.typed.ActorRef;
import io.sluice.actors.partition.PartitionCommand;
import io.sluice.actors.partition.PartitionHandle;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReferenceArray;

/** The partitions of one topic on this node. Reading a leader or a follower takes no lock. */
final class LocalTopic {
    private record Claim(String shard, ActorRef<ClaimCommand> actor) {}

    private record Waiting(BitSet needed, CompletableFuture<Void> future) {}

    private volatile AtomicReferenceArray<PartitionHandle> leaders = new AtomicReferenceArray<>(0);
    private final Map<Integer, PartitionHandle> followers = new ConcurrentHashMap<>();
    private List<ActorRef<PartitionCommand>> actors = new ArrayList<>();
    private final Map<Integer, Claim> claims = new HashMap<>();
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

    PartitionHandle follower(int partition) {
        return followers.get(partition);
    }

    synchronized void forEachReplica(LocalPartitions.ReplicaVisitor visitor) {
        for (int p = 0; p < actors.size(); p++) {
            PartitionHandle leader = leader(p);
            PartitionHandle handle = leader == null ? followers.get(p) : leader;
            if (handle != null && actors.get(p) != null) {
                visitor.visit(handle, actors.get(p));
            }
        }
    }

    synchronized void started(int partition, ActorRef<PartitionCommand> actor) {
        while (actors.size() <= partition) {
            actors.add(null);
        }
        actors.set(partition, actor);
        if (claims.containsKey(partition)) {
            actor.tell(PartitionCommand.Campaign.INSTANCE);
        }
    }

    /** A claim of another shard before it is of no account any more. */
    synchronized void claimed(EntityIds entity, ActorRef<ClaimCommand> claim) {
        Claim before = claims.put(entity.partition(), new Claim(entity.shard(), claim));
        if (before != null) {
            before.actor().tell(ClaimCommand.Stop.INSTANCE);
        }
        ActorRef<PartitionCommand> actor = actor(entity.partition());
        if (actor != null) {
            actor.tell(PartitionCommand.Campaign.INSTANCE);
        }
    }

    synchronized void unclaimed(int partition, ActorRef<ClaimCommand> claim) {
        ActorRef<PartitionCommand> actor = actor(partition);
        Claim present = claims.get(partition);
        boolean counts = present != null && present.actor().equals(claim);
        if (counts) {
            claims.remove(partition);
        }
        if (counts && actor != null) {
            actor.tell(PartitionCommand.Withdraw.INSTANCE);
        }
    }

    synchronized void moveClaim(EntityIds to) {
        Claim present = claims.get(to.partition());
        if (present != null && !present.shard().equals(to.shard())) {
            present.actor().tell(ClaimCommand.Stop.INSTANCE);
        }
    }

    synchronized List<ActorRef<ClaimCommand>> claims() {
        return claims.values().stream().map(Claim::actor).toList();
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

    void follows(int partition, PartitionHandle handle) {
        synchronized (this) {
            followers.put(partition, handle);
        }
        settle(partition);
    }

    synchronized void unfollows(int partition, PartitionHandle handle) {
        followers.remove(partition, handle);
    }

    void failed(int partition) {
        settle(partition);
    }

    private void settle(int partition) {
        List<CompletableFuture<Void>> done;
        synchronized (this) {
            settled.set(partition);
            done = takeSettled();
        }
        done.forEach(future -> future.complete(null));
    }

    synchronized void gone(int partition) {
        if (partition < actors.size()) {
            actors.set(partition, null);
        }
        settled.clear(partition);
        followers.remove(partition);
        if (partition < leaders.length()) {
            leaders.set(partition, null);
        }
    }

    /** @return what is to be completed now */
    synchronized List<CompletableFuture<Void>> whenSettled(BitSet needed, CompletableFuture<Void> future) {
        waiting.add(new Waiting(needed, future));
        return takeSettled();
    }

    void deleted() {
        List<Waiting> all;
        synchronized (this) {
            leaders = new AtomicReferenceArray<>(0);
            followers.clear();
            all = new ArrayList<>(waiting);
            waiting.clear();
        }
        all.forEach(one -> one.future().complete(null));
    }

    synchronized boolean isEmpty() {
        return waiting.isEmpty() && claims.isEmpty() && actors.stream().allMatch(actor -> actor == null);
    }

    private List<CompletableFuture<Void>> takeSettled() {
        if (waiting.isEmpty()) {
            return List.of();
        }
        List<CompletableFuture<Void>> done = new ArrayList<>();
        waiting.removeIf(one -> isSettled(one.needed()) && done.add(one.future()));
        return done;
    }

    private boolean isSettled(BitSet needed) {
        BitSet missing = (BitSet) needed.clone();
        missing.andNot(settled);
        return missing.isEmpty();
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
