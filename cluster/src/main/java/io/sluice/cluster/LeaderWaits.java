/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.cluster;

import io.sluice.cluster.membership.Leaderships;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

/**
 * Waits for elections that are on their way. A client that is told who has won comes back at once; one that is told nothing waits for its back-off and
 * asks for metadata, which takes many times longer than the election.
 */
final class LeaderWaits {
    private record Key(UUID topicId, int partition) {}

    private final Leaderships leaderships;
    private final Duration max;
    private final Map<Key, CompletableFuture<Void>> waiting = new ConcurrentHashMap<>();

    /** Waits that began; those for one partition at the same time are one. */
    final LongAdder begun = new LongAdder();

    /** Waits at the end of which nobody led. */
    final LongAdder inVain = new LongAdder();

    /** @param max several times what an election takes, and no more than the back-off that it saves */
    LeaderWaits(Leaderships leaderships, Duration max) {
        this.leaderships = leaderships;
        this.max = max;
        leaderships.onChange(this::changed);
    }

    /** Completes when somebody leads the partition, or when it has taken too long. All who wait for one partition share a future. */
    CompletionStage<Void> known(UUID topicId, int partition) {
        Key key = new Key(topicId, partition);
        CompletableFuture<Void> wait = new CompletableFuture<>();
        CompletableFuture<Void> present = waiting.putIfAbsent(key, wait);
        if (present != null) {
            return present;
        }
        begun.increment();
        CompletableFuture<Void> ended = wait.completeOnTimeout(null, max.toMillis(), TimeUnit.MILLISECONDS)
                .whenComplete((done, failure) -> ended(key, wait));
        // It may have been heard of before anybody waited.
        changed(topicId, partition, leaderships.leader(topicId, partition));
        return ended;
    }

    private void ended(Key key, CompletableFuture<Void> wait) {
        waiting.remove(key, wait);
        if (leaderships.leader(key.topicId(), key.partition()).broker() < 0) {
            inVain.increment();
        }
    }

    private void changed(UUID topicId, int partition, Leaderships.Leader leader) {
        if (leader.broker() >= 0) {
            CompletableFuture<Void> wait = waiting.get(new Key(topicId, partition));
            if (wait != null) {
                wait.complete(null);
            }
        }
    }
}
