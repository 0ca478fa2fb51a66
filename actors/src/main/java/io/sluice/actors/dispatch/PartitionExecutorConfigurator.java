/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.actors.dispatch;

import akka.dispatch.DispatcherPrerequisites;
import akka.dispatch.ExecutorServiceConfigurator;
import akka.dispatch.ExecutorServiceFactory;
import akka.dispatch.ForkJoinExecutorConfigurator;
import com.typesafe.config.Config;
import java.util.List;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;

/**
 * The executor of the partitions' dispatcher: a fork-join pool (section {@code fork-join-executor}, as Akka has it), but a mailbox
 * that gets work from a {@link PartitionCaller} that lends itself runs there.
 */
public final class PartitionExecutorConfigurator extends ExecutorServiceConfigurator {
    private final ForkJoinExecutorConfigurator pool;

    /** Called by Akka, which finds this class by its name in the configuration. */
    public PartitionExecutorConfigurator(Config config, DispatcherPrerequisites prerequisites) {
        super(config, prerequisites);
        pool = new ForkJoinExecutorConfigurator(config.getConfig("fork-join-executor"), prerequisites);
    }

    @Override
    public ExecutorServiceFactory createExecutorServiceFactory(String id, ThreadFactory threadFactory) {
        ExecutorServiceFactory factory = pool.createExecutorServiceFactory(id, threadFactory);
        return () -> new CallerOrPool(factory.createExecutorService());
    }

    private static final class CallerOrPool extends AbstractExecutorService {
        private final ExecutorService pool;

        CallerOrPool(ExecutorService pool) {
            this.pool = pool;
        }

        @Override
        public void execute(Runnable mailbox) {
            boolean taken = Thread.currentThread() instanceof PartitionCaller caller
                    && caller.lends()
                    && caller.runHere(mailbox);
            if (!taken) {
                pool.execute(mailbox);
            }
        }

        @Override
        public void shutdown() {
            pool.shutdown();
        }

        @Override
        public List<Runnable> shutdownNow() {
            return pool.shutdownNow();
        }

        @Override
        public boolean isShutdown() {
            return pool.isShutdown();
        }

        @Override
        public boolean isTerminated() {
            return pool.isTerminated();
        }

        @Override
        public boolean awaitTermination(long timeout, TimeUnit unit) throws InterruptedException {
            return pool.awaitTermination(timeout, unit);
        }
    }
}
