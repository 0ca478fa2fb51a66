/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.kafka.replica;

import io.netty.buffer.ByteBuf;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Counts the records of one connection that were handed out and are not released yet. Beyond its limit the connection is not read; it is
 * read again when half of that is released.
 */
final class HeldRecords {
    private final long maxBytes;
    private final FollowerMetrics metrics;
    private final Runnable resume;
    private final AtomicLong bytes = new AtomicLong();
    private final AtomicBoolean stopped = new AtomicBoolean();

    /** @param resume called from any thread, once for each stop */
    HeldRecords(long maxBytes, FollowerMetrics metrics, Runnable resume) {
        this.maxBytes = maxBytes;
        this.metrics = metrics;
        this.resume = resume;
    }

    /** Records in a frame, which is kept until what this answers is run. */
    Runnable hold(ByteBuf frame, int count) {
        frame.retain();
        bytes.addAndGet(count);
        metrics.held.addAndGet(count);
        AtomicBoolean released = new AtomicBoolean();
        return () -> {
            if (released.compareAndSet(false, true)) {
                frame.release();
                metrics.held.addAndGet(-count);
                bytes.addAndGet(-count);
                resumeIfLow();
            }
        };
    }

    /** Answers true if reading must stop until {@code resume} is called. */
    boolean stopIfFull() {
        if (bytes.get() <= maxBytes) {
            return false;
        }
        metrics.memoryStops.increment();
        stopped.set(true);
        resumeIfLow();
        return true;
    }

    private void resumeIfLow() {
        if (stopped.get() && bytes.get() <= maxBytes / 2 && stopped.compareAndSet(true, false)) {
            resume.run();
        }
    }
}
