/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.kafka.replica;

import io.sluice.actors.replication.ReplicaKey;
import io.sluice.actors.replication.ReplicaMessage;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * The replicas of one connection that are far behind their leader, and which of them must wait for the throttle before they ask.
 *
 * <p>A replica counts as far behind once a fetch that did not acknowledge has brought it a good piece of records: the first fetch from a new leader
 * is never held up, for a commit may depend on it.
 */
final class CatchingUp {
    /** What a replica that is nearly there does not get at once. */
    private static final int FAR_BEHIND_BYTES = 64 << 10;

    private final CatchUpThrottle throttle;
    private final int expectedBytes;
    private final FollowerMetrics metrics;
    private final Set<ReplicaKey> behind = new HashSet<>();
    private final Set<ReplicaKey> charged = new HashSet<>();
    private final Set<ReplicaKey> waiting = new LinkedHashSet<>();

    /** @param expectedBytes what a fetch of such a replica brings */
    CatchingUp(CatchUpThrottle throttle, int expectedBytes, FollowerMetrics metrics) {
        this.throttle = throttle;
        this.expectedBytes = expectedBytes;
        this.metrics = metrics;
    }

    /** Neither one that acknowledges, nor one of a replica that is about to lead. */
    private static boolean mayWait(ReplicaMessage.Fetch fetch) {
        return !fetch.synced() && fetch.source() == ReplicaMessage.Fetch.LEADER;
    }

    /** A new fetch: answers true if it must wait. */
    boolean mustWait(ReplicaKey key, ReplicaMessage.Fetch fetch) {
        forgetWait(key);
        if (!mayWait(fetch) || !behind.contains(key)) {
            return false;
        }
        if (waiting.isEmpty() && throttle.tryTake(expectedBytes)) {
            charged.add(key);
            return false;
        }
        metrics.throttled.increment();
        waiting.add(key);
        return true;
    }

    /** The next one that need not wait any more; null if there is none now. */
    ReplicaKey next() {
        if (waiting.isEmpty() || !throttle.tryTake(expectedBytes)) {
            return null;
        }
        ReplicaKey key = waiting.iterator().next();
        waiting.remove(key);
        charged.add(key);
        return key;
    }

    /** Milliseconds after which {@link #next} may have one; -1 if none waits. */
    long delayMs() {
        return waiting.isEmpty() ? -1 : Math.max(1, throttle.delayMs());
    }

    boolean isWaiting(ReplicaKey key) {
        return waiting.contains(key);
    }

    /** What a fetch has brought. */
    void brought(ReplicaKey key, ReplicaMessage.Fetch fetch, int bytes) {
        boolean wasCharged = charged.remove(key);
        boolean isBehind = mayWait(fetch) && bytes >= FAR_BEHIND_BYTES;
        if (isBehind) {
            behind.add(key);
        } else {
            behind.remove(key);
        }
        if (wasCharged || isBehind) {
            throttle.settle(bytes - (wasCharged ? expectedBytes : 0L));
        }
    }

    /** Nothing is fetched any more for this replica. */
    void forget(ReplicaKey key) {
        behind.remove(key);
        forgetWait(key);
    }

    private void forgetWait(ReplicaKey key) {
        waiting.remove(key);
        if (charged.remove(key)) {
            throttle.settle(-(long) expectedBytes);
        }
    }
}
