/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.kafka.replica;

import io.netty.channel.EventLoop;
import io.netty.util.internal.PlatformDependent;
import java.util.Queue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;

/** What comes from any thread and is to be run on an event loop: in its order, and many for one wake-up of the loop. */
final class LoopTasks {
    private final EventLoop loop;
    private final Runnable afterwards;
    private final Queue<Runnable> tasks = PlatformDependent.newMpscQueue();
    private final AtomicBoolean wakeSent = new AtomicBoolean();
    private final Runnable onWake = this::onWake;

    /** @param afterwards run once behind all that has come with one wake-up */
    LoopTasks(EventLoop loop, Runnable afterwards) {
        this.loop = loop;
        this.afterwards = afterwards;
    }

    /** From any thread. Answers false if the loop has ended: the task is not run. */
    boolean add(Runnable task) {
        tasks.add(task);
        if (!wakeSent.get() && wakeSent.compareAndSet(false, true)) {
            try {
                loop.execute(onWake);
            } catch (RejectedExecutionException ended) {
                wakeSent.set(false);
                return false;
            }
        }
        return true;
    }

    private void onWake() {
        wakeSent.set(false);
        runAll();
        afterwards.run();
    }

    /** Runs at once what has come; on the event loop. */
    void runAll() {
        for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
            task.run();
        }
    }
}
