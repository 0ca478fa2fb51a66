/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.system.workload;

import java.util.concurrent.TimeUnit;

/** A client on a thread of its own. */
abstract class Client {
    private static final long ABANDONED_WITHIN_SECONDS = 20;

    private final String name;
    private final Thread thread;
    private volatile boolean stopping;

    Client(String name) {
        this.name = name;
        this.thread = new Thread(this::run, name);
        thread.setDaemon(true);
        thread.setUncaughtExceptionHandler((interrupted, e) -> {}); // by abandon(); all else is recorded
    }

    /** What it does until {@link #isStopping}. */
    abstract void run();

    void start() {
        thread.start();
    }

    boolean isStopping() {
        return stopping;
    }

    /** Lets it end what it does, and waits. */
    void stop() throws InterruptedException {
        stopping = true;
        thread.join();
    }

    /** Interrupts it, and waits a while. */
    void abandon() {
        stopping = true;
        thread.interrupt();
        try {
            thread.join(TimeUnit.SECONDS.toMillis(ABANDONED_WITHIN_SECONDS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public String toString() {
        return name;
    }
}
