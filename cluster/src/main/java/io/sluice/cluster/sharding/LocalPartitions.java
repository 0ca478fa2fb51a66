/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.cluster.sharding;

import akka.actor.typed.ActorRef;
import io.sluice.actors.partition.PartitionCommand;
import io.sluice.actors.partition.PartitionHandle;
import io.sluice.actors.partition.PartitionObserver;
import io.sluice.actors.partition.TopicPartition;
import java.util.ArrayList;
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
    private final Object idle = new Object();
    private final List<CompletableFuture<Void>> emptied = new ArrayList<>();

    /** The leader on this node, or null. */
    public PartitionHandle leader(UUID topicId, int partition) {
        LocalTopic topic = topics.get(topicId);
        return topic == null ? null : topic.leader(partition);
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

    /** An entity starts. Before it reads the metadata, so that no change of it is missed. */
    void started(UUID topicId, int partition, ActorRef<PartitionCommand> actor) {
        // Inside the map's own lock, so that an emptied topic is not taken away between look-up and entry.
        topics.compute(topicId, (id, known) -> {
            LocalTopic topic = known == null ? new LocalTopic() : known;
            topic.started(partition, actor);
            return topic;
        });
    }

    /** An entity found that it has no business here. */
    void gone(UUID topicId, int partition) {
        forget(topicId, partition);
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
    public void failed(TopicPartition partition, String reason) {
        topics.computeIfAbsent(partition.topicId(), id -> new LocalTopic()).failed(partition.partition());
        failureListeners.forEach(listener -> listener.accept(partition, reason));
    }

    @Override
    public void stopped(TopicPartition partition) {
        forget(partition.topicId(), partition.partition());
    }

    /** Whether an actor runs for the partition, in whatever phase. */
    boolean runs(UUID topicId, int partition) {
        LocalTopic topic = topics.get(topicId);
        return topic != null && topic.actor(partition) != null;
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

    /** Each leader of this node, now. */
    public void forEachLeader(LeaderVisitor visitor) {
        topics.values().forEach(topic -> topic.forEachLeader(visitor));
    }

    /** The same for one topic. */
    public void forEachLeader(UUID topicId, LeaderVisitor visitor) {
        LocalTopic topic = topics.get(topicId);
        if (topic != null) {
            topic.forEachLeader(visitor);
        }
    }

    /** Visits a leader and its actor. */
    @FunctionalInterface
    public interface LeaderVisitor {
        void visit(PartitionHandle handle, ActorRef<PartitionCommand> actor);
    }

    /** Completes when partitions 0 to {@code count} - 1 of a topic each lead here or have failed. */
    public CompletionStage<Void> settled(UUID topicId, int count) {
        CompletableFuture<Void> future = new CompletableFuture<>();
        List<CompletableFuture<Void>> done = new ArrayList<>();
        topics.compute(topicId, (id, known) -> {
            LocalTopic topic = known == null ? new LocalTopic() : known;
            done.addAll(topic.whenSettled(count, future));
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
