/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.kafka.server;

import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.FastThreadLocalThread;
import io.sluice.actors.dispatch.PartitionCaller;

/** The thread of an event loop. It runs partitions for small requests, at the end of the round that read them. */
final class NetworkThread extends FastThreadLocalThread implements PartitionCaller {
    /** Makes them, named and numbered, as daemons. */
    static final class Factory extends DefaultThreadFactory {
        Factory(String name) {
            super(name, true);
        }

        @Override
        protected Thread newThread(Runnable task, String name) {
            return new NetworkThread(threadGroup, task, name);
        }
    }

    private LoopContext loop;
    private boolean lends;

    private NetworkThread(ThreadGroup group, Runnable task, String name) {
        super(group, task, name);
    }

    /** The loop that this thread runs; on this thread. */
    void runs(LoopContext context) {
        loop = context;
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
        return loop != null && loop.runLater(mailbox);
    }
}
