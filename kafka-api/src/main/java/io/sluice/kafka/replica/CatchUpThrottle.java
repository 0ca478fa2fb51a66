/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.kafka.replica;

import java.util.function.LongSupplier;

/**
 * Bounds what replicas that catch up fetch, all of them together: {@code follower.replication.throttled.rate}. Each takes what it expects to
 * get before it asks, and settles when it knows; whoever finds that more was taken than the rate allows waits until that is paid off.
 *
 * <p>This class is thread-safe.
 */
final class CatchUpThrottle {
    /** No rate. */
    static final long UNLIMITED = Long.MAX_VALUE;

    private static final double NANOS = 1e9;

    private final LongSupplier bytesPerSecond;
    private final LongSupplier nanoTime;
    private long rate = UNLIMITED;
    private double owedBytes;
    private long paidAtNanos;

    /** @param bytesPerSecond asked every time, so that a change acts at once */
    CatchUpThrottle(LongSupplier bytesPerSecond, LongSupplier nanoTime) {
        this.bytesPerSecond = bytesPerSecond;
        this.nanoTime = nanoTime;
    }

    /** Answers true and counts {@code bytes}, if nothing is owed. */
    synchronized boolean tryTake(long bytes) {
        pay();
        if (rate != UNLIMITED && owedBytes > 0) {
            return false;
        }
        settle(bytes);
        return true;
    }

    /** Corrects what was counted by so many bytes; negative if fewer have come than was expected. */
    synchronized void settle(long bytes) {
        pay();
        owedBytes = rate == UNLIMITED ? 0 : Math.max(0, owedBytes + bytes);
    }

    /** When it is worth to try again. */
    synchronized long delayMs() {
        pay();
        return rate == UNLIMITED ? 0 : (long) Math.ceil(owedBytes * 1_000 / rate);
    }

    private void pay() {
        long now = nanoTime.getAsLong();
        rate = Math.max(1, bytesPerSecond.getAsLong());
        if (rate == UNLIMITED) {
            owedBytes = 0;
        } else {
            owedBytes = Math.max(0, owedBytes - (now - paidAtNanos) / NANOS * rate);
        }
        paidAtNanos = now;
    }
}
