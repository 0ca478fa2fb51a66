/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.client;

import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Runs one piece of work again each time that it is asked to, never twice at one time, on threads of an executor; what was asked for while it ran is one
 * more run. Held until {@link #begin}.
 */
final class SerialLoop {
    private final Executor executor;
    private final Runnable work;
    private final AtomicInteger asked = new AtomicInteger(1);

    /** @param work must not throw */
    SerialLoop(Executor executor, Runnable work) {
        this.executor = executor;
        this.work = work;
    }

    /** Once. */
    void begin() {
        executor.execute(this::run);
    }

    /** From any thread. */
    void wake() {
        if (asked.getAndIncrement() == 0) {
            executor.execute(this::run);
        }
    }

    private void run() {
        int seen = asked.get();
        do {
            work.run();
            seen = asked.addAndGet(-seen);
        } while (seen != 0);
    }
}
