/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.cluster.membership;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Who leads which partition, in the whole cluster, as far as this node has heard: soft state, ordered by the leaders' epochs. Reading takes
 * no lock and no message. Any thread.
 */
public final class Leaderships {
    /**
     * A partition's leader.
     *
     * @param broker -1 if nobody is known to lead
     * @param epoch the newest that was heard of, -1 if none was
     */
    public record Leader(int broker, int epoch) {
        public static final Leader NONE = new Leader(-1, -1);
    }

    /** Is told who leads from now on. Runs on whatever thread heard of it: hand over and return. */
    @FunctionalInterface
    public interface Listener {
        void changed(UUID topicId, int partition, Leader leader);
    }

    /** Visits what one broker leads. */
    @FunctionalInterface
    interface Visitor {
        void visit(UUID topicId, int partition, int epoch);
    }

    /**
     * What two tables are compared by.
     *
     * @param hash of all entries, in no order
     */
    record Digest(int count, long hash) {}

    private final Map<UUID, TopicLeaders> topics = new ConcurrentHashMap<>();
    private final List<Listener> listeners = new CopyOnWriteArrayList<>();

    public Leader leader(UUID topicId, int partition) {
        TopicLeaders topic = topics.get(topicId);
        return topic == null ? Leader.NONE : topic.leader(partition);
    }

    /** Told of every change. */
    public void onChange(Listener listener) {
        listeners.add(listener);
    }

    /** A broker leads from {@code epoch} on; older news than what is known is ignored. */
    public void led(UUID topicId, int partition, int broker, int epoch) {
        if (topic(topicId).led(partition, broker, epoch)) {
            tell(topicId, partition, new Leader(broker, epoch));
        }
    }

    /** A broker leads no longer what it led in {@code epoch}. */
    public void left(UUID topicId, int partition, int broker, int epoch) {
        TopicLeaders topic = topics.get(topicId);
        if (topic != null && topic.left(partition, broker, epoch)) {
            tell(topicId, partition, new Leader(-1, epoch));
        }
    }

    /** The partition can't be led at the moment: who waits for that waits no longer. */
    public void failed(UUID topicId, int partition) {
        topic(topicId).failed(partition);
    }

    /** A topic is deleted. */
    public void forget(UUID topicId) {
        TopicLeaders topic = topics.remove(topicId);
        if (topic != null) {
            topic.deleted();
        }
    }

    /** Completes when partitions 0 to {@code count} - 1 of a topic are led somewhere, or can't be. */
    public CompletionStage<Void> settled(UUID topicId, int count) {
        CompletableFuture<Void> future = topic(topicId).settled(count);
        return future;
    }

    /** A broker is gone: it leads nothing. */
    void gone(int broker) {
        retain(broker, Set.of());
    }

    /** A broker leads nothing but these. */
    void retain(int broker, Set<TopicEntry> led) {
        List<TopicEntry> lost = new ArrayList<>();
        forEachOf(broker, (topicId, partition, epoch) -> {
            TopicEntry entry = new TopicEntry(topicId, partition, epoch);
            if (!led.contains(entry)) {
                lost.add(entry);
            }
        });
        lost.forEach(entry -> left(entry.topicId(), entry.partition(), broker, entry.epoch()));
    }

    /** One leadership, by whomever. */
    record TopicEntry(UUID topicId, int partition, int epoch) {}

    List<TopicEntry> allOf(int broker) {
        List<TopicEntry> all = new ArrayList<>();
        forEachOf(broker, (topicId, partition, epoch) -> all.add(new TopicEntry(topicId, partition, epoch)));
        return all;
    }

    Digest digest(int broker) {
        long[] hash = new long[1];
        int[] count = new int[1];
        forEachOf(broker, (topicId, partition, epoch) -> {
            count[0]++;
            long mixed = topicId.getMostSignificantBits() * 31 + topicId.getLeastSignificantBits();
            mixed = (mixed + partition) * 0x9e3779b97f4a7c15L;
            mixed = (mixed ^ (mixed >>> 32)) + epoch;
            mixed *= 0xc2b2ae3d27d4eb4fL;
            hash[0] += mixed ^ (mixed >>> 29);
        });
        return new Digest(count[0], hash[0]);
    }

    Set<UUID> topics() {
        return new HashSet<>(topics.keySet());
    }

    private void forEachOf(int broker, Visitor visitor) {
        topics.forEach((topicId, topic) -> topic.forEach(visitor, topicId, broker));
    }

    private TopicLeaders topic(UUID topicId) {
        return topics.computeIfAbsent(topicId, id -> new TopicLeaders());
    }

    private void tell(UUID topicId, int partition, Leader leader) {
        listeners.forEach(listener -> listener.changed(topicId, partition, leader));
    }
}
