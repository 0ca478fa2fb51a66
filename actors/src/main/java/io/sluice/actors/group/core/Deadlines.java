/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.actors.group.core;

import java.util.Comparator;
import java.util.TreeSet;

/**
 * An ordered queue of timers. Moving a timer to a later time, which every heartbeat does, only writes a field: the timer is put
 * at its new place when its old one comes up. This class is not thread-safe.
 */
final class Deadlines {
    private static final long NEVER = Long.MAX_VALUE;

    private final TreeSet<Timer> queue = new TreeSet<>(
            Comparator.comparingLong((Timer timer) -> timer.queuedForMs).thenComparingLong(timer -> timer.number));
    private long nextNumber;

    /** Something that happens at a time, unless it is moved or cancelled. */
    static final class Timer {
        private final LongAction action;
        private final long number;
        private long atMs = NEVER;
        private long queuedForMs = NEVER;

        private Timer(LongAction action, long number) {
            this.action = action;
            this.number = number;
        }

        boolean isSet() {
            return atMs != NEVER;
        }
    }

    /** Called with the time. */
    @FunctionalInterface
    interface LongAction {
        void at(long nowMs);
    }

    /** A timer that is not set yet. */
    Timer timer(LongAction action) {
        return new Timer(action, nextNumber++);
    }

    void set(Timer timer, long atMs) {
        timer.atMs = atMs;
        if (atMs < timer.queuedForMs) {
            enqueue(timer);
        }
    }

    void cancel(Timer timer) {
        if (timer.queuedForMs != NEVER) {
            queue.remove(timer);
        }
        timer.atMs = NEVER;
        timer.queuedForMs = NEVER;
    }

    /** When {@link #advance} must be called next, at the latest; {@link Long#MAX_VALUE} if nothing is set. */
    long nextMs() {
        return queue.isEmpty() ? NEVER : queue.first().queuedForMs;
    }

    /** Runs what is due. */
    void advance(long nowMs) {
        while (!queue.isEmpty() && queue.first().queuedForMs <= nowMs) {
            Timer timer = queue.pollFirst();
            timer.queuedForMs = NEVER;
            if (timer.atMs > nowMs) {
                enqueue(timer);
            } else {
                timer.atMs = NEVER;
                timer.action.at(nowMs);
            }
        }
    }

    private void enqueue(Timer timer) {
        if (timer.queuedForMs != NEVER) {
            queue.remove(timer);
        }
        timer.queuedForMs = timer.atMs;
        queue.add(timer);
    }
}
