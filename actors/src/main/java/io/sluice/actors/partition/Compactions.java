/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.actors.partition;

import akka.actor.typed.ActorRef;
import akka.actor.typed.javadsl.ActorContext;
import java.io.IOException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

/**
 * Compaction of one partition: planned here, run on the background executor (which bounds how many run at one time), applied
 * here. At most one at a time.
 */
final class Compactions {
    private final ActorContext<PartitionCommand> actor;
    private final PartitionStore store;
    private final Executor background;
    private final PartitionMeters meters;
    private boolean running;

    Compactions(
            ActorContext<PartitionCommand> actor, PartitionStore store, Executor background, PartitionMeters meters) {
        this.actor = actor;
        this.store = store;
        this.background = background;
        this.meters = meters;
    }

    void startIfDue() throws IOException {
        if (running) {
            return;
        }
        PartitionStore.CompactionRun run = store.planCompaction();
        if (run == null) {
            return;
        }
        running = true;
        ActorRef<PartitionCommand> self = actor.getSelf();
        try {
            background.execute(() -> self.tell(new PartitionEvent.Compacted(run, runCatching(run))));
        } catch (RejectedExecutionException stopping) {
            running = false;
            run.discard();
        }
    }

    /** @return whether the log has changed */
    boolean finish(PartitionEvent.Compacted compacted) throws IOException {
        running = false;
        if (compacted.failure() != null) {
            actor.getLog()
                    .warn(
                            "a compaction of {} failed and is tried again later: {}",
                            actor.getSelf().path().name(),
                            Phase.describe(compacted.failure()));
            compacted.run().discard();
            return false;
        }
        compacted.run().apply();
        meters.compactions.increment();
        return true;
    }

    private static Throwable runCatching(PartitionStore.CompactionRun run) {
        try {
            run.run();
            return null;
        } catch (IOException | RuntimeException | OutOfMemoryError failure) {
            return failure;
        }
    }
}
