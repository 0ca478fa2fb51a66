/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.cluster.sharding;

import akka.actor.typed.ActorRef;
import io.sluice.actors.partition.PartitionCommand;
import io.sluice.actors.partition.PartitionHandle;
import io.sluice.actors.partition.PartitionObserver;
import io.sluice.actors.partition.TopicPartition;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/**
 * The partitions that run on this node, by topic: who asks for a leader takes two array or map look-ups, no lock and no message.
 * Changes come from the partitions themselves.
 */
public final class LocalPartitions implements PartitionObserver {
    private final Map<UUID, LocalTopic> topics = new ConcurrentHashMap<>();
    private final List<Consumer<PartitionHandle>> leadListeners = new CopyOnWriteArrayList<>();
    private final List<Consumer<PartitionHandle>> resignListeners = new CopyOnWriteArrayList<>();
    private final List<BiConsumer<TopicPartition, String>> failureListeners = new CopyOnWriteArrayList<>();
    private final List<Consumer<PartitionHandle>> followListeners = new CopyOnWriteArrayList<>();
    private final List<Consumer<TopicPartition>> seekListeners = new CopyOnWriteArrayList<>();
    private final List<ConfirmListener> confirmListeners = new CopyOnWriteArrayList<>();
    private final List<Consumer<PartitionHandle>> inSyncListeners = new CopyOnWriteArrayList<>();
    private final Object idle = new Object();
    private final List<CompletableFuture<Void>> emptied = new ArrayList<>();
    private volatile boolean stopping;

    /** The leader on this node, or null. */
    public PartitionHandle leader(UUID topicId, int partition) {
        LocalTopic topic = topics.get(topicId);
        return topic == null ? null : topic.leader(partition);
    }

    /** The follower on this node, to be read up to its high watermark, or null. */
    public PartitionHandle follower(UUID topicId, int partition) {
        LocalTopic topic = topics.get(topicId);
        return topic == null ? null : topic.follower(partition);
    }

    /** Told of every leader, on its partition's thread, when it can be looked up. */
    public void onLead(Consumer<PartitionHandle> listener) {
        leadListeners.add(listener);
    }

    /** Told of every leader that leads no longer, on its partition's thread. */
    public void onResign(Consumer<PartitionHandle> listener) {
        resignListeners.add(listener);
    }

    /** Told of every partition that goes offline, on its partition's thread. */
    public void onFailure(BiConsumer<TopicPartition, String> listener) {
        failureListeners.add(listener);
    }

    /** Told of every follower, on its partition's thread. */
    public void onFollow(Consumer<PartitionHandle> listener) {
        followListeners.add(listener);
    }

    /** Told of every replica here that knows no leader, on its partition's thread. */
    public void onSeek(Consumer<TopicPartition> listener) {
        seekListeners.add(listener);
    }

    /** Told of every candidate here that must know whether its replica set is the newest, on its partition's thread. */
    public void onConfirm(ConfirmListener listener) {
        confirmListeners.add(listener);
    }

    /** See {@link PartitionObserver#confirmsSet}. */
    @FunctionalInterface
    public interface ConfirmListener {
        void confirms(TopicPartition partition, int epoch, int version);
    }

    /** Told of every leader that knows something new of its replicas, on its partition's thread. */
    public void onInSync(Consumer<PartitionHandle> listener) {
        inSyncListeners.add(listener);
    }

    /** The replica on this node, in whatever phase, or null. */
    public ActorRef<PartitionCommand> replica(UUID topicId, int partition) {
        LocalTopic topic = topics.get(topicId);
        return topic == null ? null : topic.actor(partition);
    }

    /** Tells a replica of this node something; nobody if it does not run here. */
    public void tell(UUID topicId, int partition, PartitionCommand command) {
        ActorRef<PartitionCommand> actor = replica(topicId, partition);
        if (actor != null) {
            actor.tell(command);
        }
    }

    /** Sharding has chosen the replica on this node. */
    void claimed(EntityIds entity, ActorRef<ClaimCommand> claim) {
        inTopic(entity.topicId(), topic -> topic.claimed(entity, claim));
    }

    /** Another shard than this has the claim from now on: one of another shard here is taken back. */
    void moveClaim(EntityIds to) {
        LocalTopic topic = topics.get(to.topicId());
        if (topic != null) {
            topic.moveClaim(to);
        }
    }

    /** It has not any more. */
    void unclaimed(UUID topicId, int partition, ActorRef<ClaimCommand> claim) {
        inTopic(topicId, topic -> topic.unclaimed(partition, claim));
        removeIfEmpty(topicId);
    }

    private void inTopic(UUID topicId, Consumer<LocalTopic> change) {
        topics.compute(topicId, (id, known) -> {
            LocalTopic topic = known == null ? new LocalTopic() : known;
            change.accept(topic);
            return topic;
        });
    }

    /** A replica starts. */
    void started(UUID topicId, int partition, ActorRef<PartitionCommand> actor) {
        // Inside the map's own lock, so that an emptied topic is not taken away between look-up and entry.
        inTopic(topicId, topic -> topic.started(partition, actor));
        if (stopping) {
            actor.tell(PartitionCommand.Stop.INSTANCE);
        }
    }

    /** Every replica closes its log, those too that are being started just now; those of the topic {@code last} after the others. */
    public void stopAll(UUID last) {
        stopping = true;
        List<ActorRef<PartitionCommand>> later = actors(last);
        allActors().stream()
                .filter(actor -> !later.contains(actor))
                .forEach(actor -> actor.tell(PartitionCommand.Stop.INSTANCE));
        later.forEach(actor -> actor.tell(PartitionCommand.Stop.INSTANCE));
    }

    @Override
    public void leads(PartitionHandle handle) {
        TopicPartition partition = handle.partition();
        topics.computeIfAbsent(partition.topicId(), id -> new LocalTopic()).leads(partition.partition(), handle);
        leadListeners.forEach(listener -> listener.accept(handle));
    }

    @Override
    public void resigned(PartitionHandle handle) {
        LocalTopic topic = topics.get(handle.partition().topicId());
        if (topic != null) {
            topic.resigned(handle.partition().partition(), handle);
        }
        resignListeners.forEach(listener -> listener.accept(handle));
    }

    @Override
    public void follows(PartitionHandle handle) {
        LocalTopic topic = topics.get(handle.partition().topicId());
        if (topic != null) {
            topic.follows(handle.partition().partition(), handle);
        }
        followListeners.forEach(listener -> listener.accept(handle));
    }

    @Override
    public void unfollows(PartitionHandle handle) {
        LocalTopic topic = topics.get(handle.partition().topicId());
        if (topic != null) {
            topic.unfollows(handle.partition().partition(), handle);
        }
    }

    @Override
    public void seeksLeader(TopicPartition partition) {
        seekListeners.forEach(listener -> listener.accept(partition));
    }

    @Override
    public void confirmsSet(TopicPartition partition, int epoch, int version) {
        confirmListeners.forEach(listener -> listener.confirms(partition, epoch, version));
    }

    @Override
    public void inSync(PartitionHandle handle) {
        inSyncListeners.forEach(listener -> listener.accept(handle));
    }

    @Override
    public void failed(TopicPartition partition, String reason) {
        topics.computeIfAbsent(partition.topicId(), id -> new LocalTopic()).failed(partition.partition());
        failureListeners.forEach(listener -> listener.accept(partition, reason));
    }

    @Override
    public void stopped(TopicPartition partition) {
        forget(partition.topicId(), partition.partition());
    }

    /** The actors of one topic. */
    public List<ActorRef<PartitionCommand>> actors(UUID topicId) {
        LocalTopic topic = topics.get(topicId);
        return topic == null ? List.of() : topic.actors();
    }

    /** The actors of all topics. */
    public List<ActorRef<PartitionCommand>> allActors() {
        List<ActorRef<PartitionCommand>> all = new ArrayList<>();
        topics.values().forEach(topic -> all.addAll(topic.actors()));
        return all;
    }

    /** Each replica of this node that leads or follows, now. */
    public void forEachReplica(ReplicaVisitor visitor) {
        topics.values().forEach(topic -> topic.forEachReplica(visitor));
    }

    /** The same for one topic. */
    public void forEachReplica(UUID topicId, ReplicaVisitor visitor) {
        LocalTopic topic = topics.get(topicId);
        if (topic != null) {
            topic.forEachReplica(visitor);
        }
    }

    /** Visits a replica and its actor. */
    @FunctionalInterface
    public interface ReplicaVisitor {
        void visit(PartitionHandle handle, ActorRef<PartitionCommand> actor);
    }

    /** Completes when each of these replicas here leads, follows or has failed. */
    CompletionStage<Void> settled(UUID topicId, BitSet needed) {
        CompletableFuture<Void> future = new CompletableFuture<>();
        List<CompletableFuture<Void>> done = new ArrayList<>();
        topics.compute(topicId, (id, known) -> {
            LocalTopic topic = known == null ? new LocalTopic() : known;
            done.addAll(topic.whenSettled(needed, future));
            return topic;
        });
        done.forEach(one -> one.complete(null));
        return future;
    }

    /** A topic is deleted: its handles are not found any more, and who waits for it to settle waits no longer. */
    void deleted(UUID topicId) {
        LocalTopic topic = topics.get(topicId);
        if (topic != null) {
            topic.deleted();
            topic.claims().forEach(claim -> claim.tell(ClaimCommand.Stop.INSTANCE));
            removeIfEmpty(topicId);
        }
    }

    /** Completes when no partition runs here. */
    public CompletionStage<Void> noneLeft() {
        CompletableFuture<Void> future = new CompletableFuture<>();
        synchronized (idle) {
            emptied.add(future);
        }
        checkEmpty();
        return future;
    }

    private void forget(UUID topicId, int partition) {
        LocalTopic topic = topics.get(topicId);
        if (topic != null) {
            topic.gone(partition);
            removeIfEmpty(topicId);
        }
        checkEmpty();
    }

    private void removeIfEmpty(UUID topicId) {
        topics.computeIfPresent(topicId, (id, topic) -> topic.isEmpty() ? null : topic);
    }

    private void checkEmpty() {
        List<CompletableFuture<Void>> done = List.of();
        synchronized (idle) {
            if (!emptied.isEmpty()
                    && topics.values().stream().allMatch(topic -> topic.actors().isEmpty())) {
                done = new ArrayList<>(emptied);
                emptied.clear();
            }
        }
        done.forEach(future -> future.complete(null));
    }
}
