/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.actors.subscription;

import io.sluice.actors.partition.DataWaiter;
import io.sluice.actors.partition.TopicPartition;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.function.LongSupplier;

/**
 * Wakes the subscribers of one replica together, so that what is written one record at a time is read, encoded and sent a few records at a time.
 *
 * <p>Whoever waits at the end waits here; the replica knows one waiter for all of them. Those for whom there is something are woken in a <em>round</em>: what they are about to
 * read is read once, then they are told. All of them see the log only up to its end at the last round ({@link #shown}): they read the same records from the same offset on, and so
 * share one encoding of them.
 *
 * <p>Rounds have a pause between them that grows with the number of subscribers who are woken, for so does what a round costs; it is at most {@code sluice.subscription.linger.ms}, and none for a few of them. A record
 * that comes after a longer silence is sent on at once.
 *
 * <pre>
 *  records     |    | | |  ||  |                     |
 *  rounds      |<- linger ->|<- linger ->|           |
 * </pre>
 *
 * <p>Thread-safe. No waiter and no replica is called while the lock is held.
 */
final class Wakeups implements DataWaiter {
    /**
     * The pause for each subscriber: two or three times what it takes to serve it, messages, socket and all. So the rounds of one partition keep at most half a processor busy, however its
     * records come.
     */
    static final long NANOS_PER_SUBSCRIBER = 80_000;

    /** A shorter pause is none: few subscribers are cheap. */
    static final long MIN_LINGER_NANOS = 1_000_000;

    /** The part of those who are not woken any more that a round forgets. */
    private static final int FORGOTTEN_EACH_ROUND = 8;

    private static final long NEVER = -1;

    /** What is waited for. */
    interface Replica {
        /** As far as may be read. */
        long end();

        boolean isClosed();

        /** See {@link io.sluice.actors.partition.PartitionHandle#await}. */
        void await(DataWaiter waiter, long offset);

        void cancel(DataWaiter waiter);

        /** Reads what follows the offset, for others to find it. */
        CompletionStage<?> readAhead(long offset);
    }

    /**
     * When rounds are.
     *
     * @param nanoTime a clock that never goes back
     * @param timer runs a task later, on any thread
     * @param nanosPerSubscriber the pause between rounds, for each who is woken
     * @param maxLingerNanos the longest pause
     */
    record Timing(LongSupplier nanoTime, Timer timer, long nanosPerSubscriber, long maxLingerNanos) {
        /** Rounds follow each other without a pause. */
        static final Timing AT_ONCE = new Timing(System::nanoTime, (nanos, task) -> task.run(), 0, 0);

        /** Runs a task later. */
        @FunctionalInterface
        interface Timer {
            void after(long nanos, Runnable task);
        }
    }

    private final TopicPartition partition;
    private final Replica replica;
    private final Timing timing;

    private final Object lock = new Object();
    private final Map<DataWaiter, Long> waiting = new LinkedHashMap<>();

    /** The replica will call once it has more than {@code askedFrom}. */
    private boolean registered;

    private long askedFrom = NEVER;

    /** A round is to come. */
    private boolean due;

    private long lastRound;

    /** How many are woken in a round, or were lately: those that don't keep up are few only for a moment, those that don't read at all don't count. */
    private volatile int active;

    private volatile long shown = NEVER;
    private volatile boolean ended;

    Wakeups(TopicPartition partition, Replica replica, Timing timing) {
        this.partition = partition;
        this.replica = replica;
        this.timing = timing;
    }

    /** How far subscribers look, where {@code end} is as far as may be read: not beyond the last round, so that all look at the same. */
    long shown(long end) {
        long last = shown;
        return last == NEVER || lingerNanos() == 0 || replica.isClosed() ? end : Math.min(last, end);
    }

    /** Tell the waiter once when there is something at {@code offset}, or the replica closes. */
    void await(DataWaiter waiter, long offset) {
        long end = replica.end();
        boolean register = false;
        long pause = 0;
        synchronized (lock) {
            waiting.put(waiter, offset);
            if (due || registered) {
                return;
            }
            if (offset < end || replica.isClosed()) {
                due = true;
                pause = pauseNanos();
            } else {
                registered = true;
                askedFrom = end;
                register = true;
            }
        }
        if (register) {
            register(end);
        } else {
            roundAfter(pause);
        }
    }

    /** The waiter has left. */
    void forget(DataWaiter waiter) {
        synchronized (lock) {
            waiting.remove(waiter);
        }
    }

    /** All have left. */
    void end() {
        ended = true;
        replica.cancel(this);
    }

    private void register(long end) {
        replica.await(this, end);
        if (ended) {
            replica.cancel(this);
        }
    }

    /** By the replica: there is more than when it was asked. */
    @Override
    public void dataAvailable(TopicPartition of) {
        long pause;
        synchronized (lock) {
            registered = false;
            if (due || waiting.isEmpty()) {
                return;
            }
            due = true;
            pause = pauseNanos();
        }
        roundAfter(pause);
    }

    private long pauseNanos() {
        long linger = replica.isClosed() || shown == NEVER ? 0 : lingerNanos();
        return linger == 0
                ? 0
                : Math.max(0, lastRound + linger - timing.nanoTime().getAsLong());
    }

    private long lingerNanos() {
        long nanos = Math.min(timing.maxLingerNanos(), active * timing.nanosPerSubscriber());
        return nanos < MIN_LINGER_NANOS ? 0 : nanos;
    }

    private void roundAfter(long pause) {
        if (pause == 0) {
            round();
        } else {
            timing.timer().after(pause, this::round);
        }
    }

    private void round() {
        long end = replica.end();
        boolean closed = replica.isClosed();
        List<DataWaiter> ready = new ArrayList<>();
        long from = NEVER;
        boolean register;
        synchronized (lock) {
            due = false;
            lastRound = timing.nanoTime().getAsLong();
            shown = Math.max(shown, end);
            for (Iterator<Map.Entry<DataWaiter, Long>> all = waiting.entrySet().iterator(); all.hasNext(); ) {
                Map.Entry<DataWaiter, Long> next = all.next();
                if (closed || next.getValue() < end) {
                    ready.add(next.getKey());
                    from = Math.max(from, next.getValue());
                    all.remove();
                }
            }
            if (ready.isEmpty() && end <= askedFrom) {
                // The replica called in vain, since too many wait there: so they are told.
                ready.addAll(waiting.keySet());
                waiting.clear();
            }
            active = Math.max(ready.size(), active - (active + FORGOTTEN_EACH_ROUND - 1) / FORGOTTEN_EACH_ROUND);
            register = !waiting.isEmpty() && !registered;
            if (register) {
                registered = true;
                askedFrom = end;
            }
        }
        wake(ready, from, closed);
        if (register) {
            register(end);
        }
    }

    /** @param from where most of them are: who lags behind them reads for itself */
    private void wake(List<DataWaiter> ready, long from, boolean closed) {
        if (ready.size() > 1 && from != NEVER && !closed) {
            replica.readAhead(from).whenComplete((read, failure) -> tell(ready));
        } else {
            tell(ready);
        }
    }

    private void tell(List<DataWaiter> ready) {
        ready.forEach(waiter -> waiter.dataAvailable(partition));
    }
}
