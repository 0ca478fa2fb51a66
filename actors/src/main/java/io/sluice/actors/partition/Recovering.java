/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.actors.partition;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.ActorContext;
import io.sluice.log.LogConfig;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.RejectedExecutionException;

/** Opens the log: on a background thread, since after an unclean stop there may be much to read. */
final class Recovering extends Phase {
    private static final Duration RETRY_WHEN_DISK_IS_FULL = Duration.ofSeconds(5);

    private final Deque<PartitionCommand> later = new ArrayDeque<>();
    private LogConfig config;
    private boolean stop;
    private PartitionCommand.Delete delete;

    Recovering(ActorContext<PartitionCommand> actor, PartitionContext node, PartitionSpec spec) {
        super(actor, node, spec);
        this.config = spec.config();
        open();
    }

    @Override
    public Behavior<PartitionCommand> onMessage(PartitionCommand message) {
        if (message instanceof PartitionEvent.Opened opened) {
            return onOpened(opened);
        } else if (message == PartitionEvent.Recover.INSTANCE) {
            if (stop || delete != null) {
                return end(null);
            }
            open();
        } else if (message instanceof PartitionCommand.Configure configure) {
            config = configure.config();
        } else if (message == PartitionCommand.Stop.INSTANCE) {
            stop = true;
        } else if (message instanceof PartitionCommand.Delete toDelete) {
            delete = toDelete.after(delete);
        } else if (message instanceof PartitionCommand.Campaign
                || message instanceof PartitionCommand.Withdraw
                || message instanceof PartitionCommand.LeaderKnown
                || message instanceof PartitionCommand.ChangeSet) {
            later.add(message);
        } else {
            dismiss(message);
        }
        return this;
    }

    private void open() {
        LogConfig opening = config;
        ActorRef<PartitionCommand> self = actor.getSelf();
        PartitionStore.Opener logs = node.logs();
        try {
            node.background().execute(() -> {
                try {
                    self.tell(new PartitionEvent.Opened(
                            SnapshottedStore.over(logs.open(spec.folder(), opening), spec.snapshots()), null));
                } catch (IOException | RuntimeException failure) {
                    self.tell(new PartitionEvent.Opened(null, failure));
                }
            });
        } catch (RejectedExecutionException stopping) {
            stop = true;
            self.tell(PartitionEvent.Recover.INSTANCE);
        }
    }

    private Behavior<PartitionCommand> onOpened(PartitionEvent.Opened opened) {
        if (stop || delete != null) {
            return end(opened.store());
        } else if (opened.store() != null) {
            opened.store().configure(config);
            return replicating(opened.store());
        } else if (opened.failure() instanceof DiskFullException full) {
            actor.getLog()
                    .warn("partition {} can't be opened yet, the disk is full: {}", spec.partition(), describe(full));
            actor.scheduleOnce(RETRY_WHEN_DISK_IS_FULL, actor.getSelf(), PartitionEvent.Recover.INSTANCE);
            return this;
        }
        later.forEach(Phase::dismiss);
        return failed(null, null, "opening its log in " + spec.folder(), opened.failure());
    }

    private Behavior<PartitionCommand> replicating(PartitionStore store) {
        try {
            Behavior<PartitionCommand> next = new Replicating(actor, node, spec, store);
            later.forEach(actor.getSelf()::tell);
            return next;
        } catch (IOException | RuntimeException failure) {
            return failed(store, null, "its log", failure);
        }
    }

    private Behavior<PartitionCommand> end(PartitionStore store) {
        later.forEach(Phase::dismiss);
        if (store != null) {
            return new Resigning(actor, node, spec, store, null, null, delete);
        }
        if (delete != null) {
            delete(delete);
            delete.done().run();
        }
        return stopped();
    }
}
