/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.kafka.replica;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.FastThreadLocalThread;
import io.sluice.actors.dispatch.PartitionCaller;
import java.util.concurrent.RejectedExecutionException;

/**
 * The thread that records of other brokers arrive on. It runs partitions for small work, behind what it has just read: the replica writes, and its
 * next fetch leaves, without a wake-up of another thread.
 */
final class FetchThread extends FastThreadLocalThread implements PartitionCaller {
    /** Makes them, named and numbered, as daemons. */
    static final class Factory extends DefaultThreadFactory {
        Factory(String name) {
            super(name, true);
        }

        @Override
        protected Thread newThread(Runnable task, String name) {
            return new FetchThread(threadGroup, task, name);
        }
    }

    private EventLoop loop;
    private boolean lends;

    private FetchThread(ThreadGroup group, Runnable task, String name) {
        super(group, task, name);
    }

    /** The loop that this thread runs; on this thread. */
    void runs(EventLoop eventLoop) {
        loop = eventLoop;
    }

    @Override
    public boolean lends() {
        return lends;
    }

    @Override
    public void lend(boolean lendsNow) {
        lends = lendsNow;
    }

    @Override
    public boolean runHere(Runnable mailbox) {
        if (loop == null) {
            return false;
        }
        try {
            loop.execute(mailbox);
            return true;
        } catch (RejectedExecutionException closing) {
            return false;
        }
    }
}
