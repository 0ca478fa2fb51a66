/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.actors.dispatch;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;

/** Like a network thread: works on tasks in rounds, and runs the mailboxes that it took at the end of each. */
public final class CallerThread extends Thread implements PartitionCaller, AutoCloseable {
    private final BlockingQueue<Runnable> tasks = new LinkedBlockingQueue<>();
    private final Queue<Runnable> mailboxes = new ArrayDeque<>();
    private boolean lends;

    /** Whether it takes mailboxes. */
    public volatile boolean takes = true;

    /** How often it lent itself. */
    public volatile int lent;

    public CallerThread(String name) {
        super(name);
        setDaemon(true);
        start();
    }

    /** Does this on the thread, and then what mailboxes it has taken by that. */
    public CompletableFuture<Void> round(Runnable task) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        tasks.add(() -> {
            task.run();
            for (Runnable mailbox = mailboxes.poll(); mailbox != null; mailbox = mailboxes.poll()) {
                mailbox.run();
            }
            done.complete(null);
        });
        return done;
    }

    @Override
    public void run() {
        try {
            while (!isInterrupted()) {
                tasks.take().run();
            }
        } catch (InterruptedException closed) {
            // the end
        }
    }

    @Override
    public boolean lends() {
        return lends;
    }

    @Override
    @SuppressWarnings("NonAtomicVolatileUpdate") // this thread alone writes it
    public void lend(boolean lendsNow) {
        lends = lendsNow;
        if (lendsNow) {
            lent++;
        }
    }

    @Override
    public boolean runHere(Runnable mailbox) {
        return takes && mailboxes.add(mailbox);
    }

    @Override
    public void close() {
        interrupt();
    }
}
