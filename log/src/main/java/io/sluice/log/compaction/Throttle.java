/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.log.compaction;

import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;

/**
 * Slows a compaction's reading and writing down to {@code log.cleaner.io.max.bytes.per.second}, so that it leaves the disk to appends and
 * reads. Blocks the thread that compacts. Not thread-safe.
 */
public final class Throttle {
    /** As fast as the disk allows. */
    public static final long UNLIMITED = Long.MAX_VALUE;

    private static final long SHORTEST_PAUSE_NS = 1_000_000;

    private final long bytesPerSecond;
    private final LongSupplier nanoTime;
    private long freeAtNs;

    /**
     * @param bytesPerSecond more than 0
     * @param nanoTime a clock that only rises, such as {@code System::nanoTime}
     */
    public Throttle(long bytesPerSecond, LongSupplier nanoTime) {
        if (bytesPerSecond <= 0) {
            throw new IllegalArgumentException(
                    "log.cleaner.io.max.bytes.per.second must be more than 0: " + bytesPerSecond);
        }
        this.bytesPerSecond = bytesPerSecond;
        this.nanoTime = nanoTime;
        this.freeAtNs = nanoTime.getAsLong();
    }

    /** A throttle that lets everything pass. */
    public static Throttle unlimited() {
        return new Throttle(UNLIMITED, () -> 0);
    }

    /** Waits until these bytes fit the rate. */
    void pass(long bytes) {
        if (bytesPerSecond == UNLIMITED) {
            return;
        }
        long now = nanoTime.getAsLong();
        freeAtNs = Math.max(freeAtNs, now) + (long) (bytes * 1e9 / bytesPerSecond);
        while (freeAtNs - now > SHORTEST_PAUSE_NS && !Thread.currentThread().isInterrupted()) {
            LockSupport.parkNanos(this, freeAtNs - now);
            now = nanoTime.getAsLong();
        }
    }
}
