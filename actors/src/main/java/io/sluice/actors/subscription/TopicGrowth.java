/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.actors.subscription;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Tells subscriptions to whole topics when theirs has got more partitions. Costs nothing while topics stay as they are, however many subscriptions there are.
 *
 * <p>Thread-safe: one lock, held for look-ups only.
 */
final class TopicGrowth {
    /** Who reads all of a topic, and with how many partitions it was seen last. */
    private static final class Watched {
        private final Set<Runnable> watchers = new HashSet<>();
        private int partitions;
    }

    private final PartitionDirectory directory;
    private final Map<String, Watched> topics = new HashMap<>();

    TopicGrowth(PartitionDirectory directory) {
        this.directory = directory;
        directory.onTopicsChange(this::changed);
    }

    /**
     * Calls {@code grown}, on any thread, whenever the topic has got more partitions than it had.
     *
     * @param partitions that the subscription knows of
     */
    void watch(String topic, int partitions, Runnable grown) {
        synchronized (topics) {
            Watched watched = topics.computeIfAbsent(topic, name -> new Watched());
            watched.watchers.add(grown);
            watched.partitions = Math.max(watched.partitions, partitions);
        }
        if (partitionsOf(topic) > partitions) {
            grown.run();
        }
    }

    void forget(String topic, Runnable grown) {
        synchronized (topics) {
            Watched watched = topics.get(topic);
            if (watched != null && watched.watchers.remove(grown) && watched.watchers.isEmpty()) {
                topics.remove(topic);
            }
        }
    }

    private int partitionsOf(String topic) {
        PartitionDirectory.Topic now = directory.topic(topic);
        return now == null ? 0 : now.partitions();
    }

    private void changed() {
        Map<String, List<Runnable>> told = new HashMap<>();
        synchronized (topics) {
            topics.forEach((topic, watched) -> {
                int now = partitionsOf(topic);
                if (now > watched.partitions) {
                    told.put(topic, List.copyOf(watched.watchers));
                }
                watched.partitions = now;
            });
        }
        told.values().forEach(watchers -> watchers.forEach(Runnable::run));
    }
}
