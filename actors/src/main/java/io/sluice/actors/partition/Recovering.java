/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.actors.partition;

import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.ActorContext;
import io.sluice.log.LogConfig;
import java.io.IOException;
import java.time.Duration;

/** Opens the log. */
final class Recovering extends Phase {
    private static final Duration RETRY_WHEN_DISK_IS_FULL = Duration.ofSeconds(5);

    private LogConfig config;

    Recovering(ActorContext<PartitionCommand> actor, PartitionContext node, PartitionSpec spec) {
        super(actor, node, spec);
        this.config = spec.config();
        actor.getSelf().tell(PartitionEvent.Recover.INSTANCE);
    }

    @Override
    public Behavior<PartitionCommand> onMessage(PartitionCommand message) {
        if (message == PartitionEvent.Recover.INSTANCE) {
            return recover();
        } else if (message instanceof PartitionCommand.Configure configure) {
            config = configure.config();
        } else if (message == PartitionCommand.Stop.INSTANCE) {
            return stopped();
        } else if (message instanceof PartitionCommand.Delete delete) {
            deleteFolderInBackground();
            delete.done().run();
            return stopped();
        }
        return this;
    }

    private Behavior<PartitionCommand> recover() {
        try {
            PartitionStore store = waitForDisk(() -> node.logs().open(spec.folder(), config));
            return new Electing(actor, node, spec, store);
        } catch (DiskFullException full) {
            actor.getLog()
                    .warn("partition {} can't be opened yet, the disk is full: {}", spec.partition(), describe(full));
            actor.scheduleOnce(RETRY_WHEN_DISK_IS_FULL, actor.getSelf(), PartitionEvent.Recover.INSTANCE);
            return this;
        } catch (IOException | RuntimeException failure) {
            return failed(null, null, "opening its log in " + spec.folder(), failure);
        }
    }
}
