/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.cluster;

import io.sluice.cluster.membership.Leaderships;
import io.sluice.cluster.metadata.ClusterImage;
import io.sluice.log.ErrorCode;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.Supplier;

/**
 * Elections of preferred leaders that somebody waits for. Leadership goes back to a preferred broker by itself once that has caught up; asking for it makes it
 * happen now.
 */
final class Elections {
    private record Waiting(UUID topicId, int partition, int preferred, CompletableFuture<ErrorCode> done) {}

    private final Leaderships leaderships;
    private final Supplier<ClusterImage> images;
    private final BiConsumer<UUID, Integer> claim;
    private final List<Waiting> waiting = new CopyOnWriteArrayList<>();

    /** @param claim has sharding see to it that a partition's preferred leader leads */
    Elections(Leaderships leaderships, Supplier<ClusterImage> images, BiConsumer<UUID, Integer> claim) {
        this.leaderships = leaderships;
        this.images = images;
        this.claim = claim;
        leaderships.onChange(this::changed);
    }

    /** Completes with {@code NONE} when the preferred broker leads, else when the time is over. */
    CompletionStage<ErrorCode> elect(UUID topicId, int partition, int timeoutMs) {
        int preferred = images.get()
                .topic(topicId)
                .filter(topic ->
                        partition >= 0 && partition < topic.partitions().size())
                .map(topic -> topic.partitions().get(partition).replicas().get(0))
                .orElse(-1);
        if (preferred == -1) {
            return CompletableFuture.completedFuture(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
        }
        Waiting one = new Waiting(topicId, partition, preferred, new CompletableFuture<>());
        waiting.add(one);
        one.done()
                .completeOnTimeout(
                        ErrorCode.PREFERRED_LEADER_NOT_AVAILABLE, Math.max(1, timeoutMs), TimeUnit.MILLISECONDS);
        CompletionStage<ErrorCode> done = one.done().whenComplete((error, failure) -> waiting.remove(one));
        claim.accept(topicId, partition);
        changed(topicId, partition, leaderships.leader(topicId, partition));
        return done;
    }

    private void changed(UUID topicId, int partition, Leaderships.Leader leader) {
        for (Waiting one : waiting) {
            if (one.topicId().equals(topicId) && one.partition() == partition && one.preferred() == leader.broker()) {
                one.done().complete(ErrorCode.NONE);
            }
        }
    }
}
