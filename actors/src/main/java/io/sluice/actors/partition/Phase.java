/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.actors.partition;

import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.AbstractOnMessageBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import io.sluice.actors.replication.ReplicaKey;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.RejectedExecutionException;

/** What the phases of a partition have in common. */
abstract class Phase extends AbstractOnMessageBehavior<PartitionCommand> {
    /** A task that may wait for the disk. */
    @FunctionalInterface
    interface DiskTask<T> {
        T run() throws IOException;
    }

    final ActorContext<PartitionCommand> actor;
    final PartitionContext node;
    final PartitionSpec spec;

    Phase(ActorContext<PartitionCommand> actor, PartitionContext node, PartitionSpec spec) {
        super(actor);
        this.actor = actor;
        this.node = node;
        this.spec = spec;
    }

    /** Stops the actor. */
    final Behavior<PartitionCommand> stopped() {
        node.observer().stopped(spec.partition());
        return Behaviors.stopped();
    }

    /**
     * The partition goes offline: one line in the log that says which and why.
     *
     * @param store null if it could not be opened
     * @param handle closed; null if it never led
     */
    final Behavior<PartitionCommand> failed(
            PartitionStore store, ReadablePartition handle, String doing, Throwable cause) {
        String reason = doing + " failed: " + describe(cause);
        actor.getLog().error("partition {} is offline until the node starts again: {}", spec.partition(), reason);
        actor.getLog().debug("why {} is offline", spec.partition(), cause);
        if (store != null) {
            closeAfterFailure(store);
        }
        node.meters().offline.incrementAndGet();
        node.observer().failed(spec.partition(), reason);
        return new Failed(actor, node, spec, handle);
    }

    /** What others wait for though nothing can be done for them: answers it, or gives back what came with it. */
    static void dismiss(PartitionCommand message) {
        if (message instanceof PartitionCommand.FetchAnswered fetched) {
            fetched.release().run();
        }
    }

    /** Runs something that may wait for the disk, so that the dispatcher may put another thread in this one's place meanwhile. */
    static <T> T waitForDisk(DiskTask<T> task) throws IOException {
        DiskWait<T> wait = new DiskWait<>(task);
        try {
            ForkJoinPool.managedBlock(wait);
        } catch (RejectedExecutionException noSpareThread) {
            wait.block(); // without a spare thread, then
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            wait.block();
        }
        if (wait.failure != null) {
            throw wait.failure;
        }
        return wait.result;
    }

    /** A compaction has ended that nobody wants any more. */
    final void discard(PartitionStore.CompactionRun run) {
        try {
            run.discard();
        } catch (RuntimeException failure) {
            actor.getLog().debug("what a compaction of {} wrote is left for the next start", spec.partition(), failure);
        }
    }

    /** Deletes what is left of a partition; on a background thread. */
    /** Deletes a log that is not open, see {@link Replication#forgetLog}. */
    final void delete(PartitionCommand.Delete delete) {
        if (!delete.topicGone()) {
            ReplicaKey key =
                    new ReplicaKey(spec.partition().topicId(), spec.partition().partition());
            node.states().put(key, node.states().get(key).withoutLog(), failure -> {});
        }
        deleteFolderInBackground();
    }

    final void deleteFolderInBackground() {
        Path folder = spec.folder();
        org.slf4j.Logger log = actor.getLog();
        try {
            node.background().execute(() -> {
                try {
                    FolderRemoval.remove(folder);
                } catch (IOException stays) {
                    log.warn(
                            "folder {}, which is not needed any more, could not be removed: {}",
                            folder,
                            describe(stays));
                }
            });
        } catch (RejectedExecutionException stopping) {
            log.info("folder {} is removed at the next start", folder);
        }
    }

    static String describe(Throwable cause) {
        return cause.getMessage() == null
                ? cause.toString()
                : cause.getClass().getSimpleName() + ": " + cause.getMessage();
    }

    private void closeAfterFailure(PartitionStore store) {
        try {
            store.close();
        } catch (IOException | RuntimeException alsoFailed) {
            actor.getLog().debug("closing {} after a failure failed too", spec.partition(), alsoFailed);
        }
    }

    private static final class DiskWait<T> implements ForkJoinPool.ManagedBlocker {
        private final DiskTask<T> task;
        private boolean done;
        private T result;
        private IOException failure;

        DiskWait(DiskTask<T> task) {
            this.task = task;
        }

        @Override
        public boolean block() {
            if (!done) {
                done = true;
                try {
                    result = task.run();
                } catch (IOException failed) {
                    failure = failed;
                }
            }
            return true;
        }

        @Override
        public boolean isReleasable() {
            return done;
        }
    }
}
