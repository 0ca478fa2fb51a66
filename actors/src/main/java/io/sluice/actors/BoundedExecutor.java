/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.actors;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs at most so many tasks of its own at one time on an executor that others use too; the rest waits in order. */
public final class BoundedExecutor implements Executor {
    private static final Logger LOG = LoggerFactory.getLogger(BoundedExecutor.class);

    private final Executor executor;
    private final int atOneTime;
    private final Queue<Runnable> waiting = new ArrayDeque<>();
    private int running;

    public BoundedExecutor(Executor executor, int atOneTime) {
        this.executor = executor;
        this.atOneTime = atOneTime;
    }

    @Override
    public void execute(Runnable task) {
        synchronized (waiting) {
            if (running == atOneTime) {
                waiting.add(task);
                return;
            }
            running++;
        }
        try {
            executor.execute(() -> runAndNext(task));
        } catch (RejectedExecutionException stopping) {
            synchronized (waiting) {
                running--;
            }
            throw stopping;
        }
    }

    private void runAndNext(Runnable first) {
        Runnable task = first;
        while (task != null) {
            try {
                task.run();
            } catch (RuntimeException failed) {
                LOG.error("a background task failed", failed);
            }
            synchronized (waiting) {
                task = waiting.poll();
                if (task == null) {
                    running--;
                }
            }
        }
    }
}
