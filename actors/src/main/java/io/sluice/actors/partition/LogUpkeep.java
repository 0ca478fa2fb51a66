/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.actors.partition;

import akka.actor.typed.javadsl.ActorContext;
import io.sluice.log.LogConfig;
import java.io.IOException;
import java.time.Duration;

/** What a log needs whoever writes it: retention, compaction, forcing, its configuration. */
final class LogUpkeep {
    private final ActorContext<PartitionCommand> actor;
    private final PartitionSpec spec;
    private final PartitionStore store;
    private final Forcing forcing;
    private final Compactions compactions;

    LogUpkeep(ActorContext<PartitionCommand> actor, PartitionContext node, PartitionSpec spec, PartitionStore store) {
        this.actor = actor;
        this.spec = spec;
        this.store = store;
        this.forcing = new Forcing(spec.config());
        this.compactions = new Compactions(actor, store, node.compactions(), node.meters());
    }

    /** Whether a write forces now and then. */
    boolean writesForce() {
        return forcing.writesForce();
    }

    /** Whether something here may wait for the disk. */
    boolean mayWaitForDisk() {
        return forcing.isOn();
    }

    void configure(LogConfig config) throws IOException {
        store.configure(config);
        forcing.configure(config);
        if (store.view().logEndOffset() > store.view().logStartOffset()) {
            written();
        }
        maintain();
    }

    /** Something was written: it may have to be forced some time. */
    void written() {
        long dueMs = forcing.written();
        if (dueMs >= 0) {
            actor.scheduleOnce(Duration.ofMillis(dueMs), actor.getSelf(), PartitionEvent.ForceDue.INSTANCE);
        }
    }

    /** @return whether the message was for it */
    boolean onMessage(PartitionCommand message) throws IOException {
        if (message == PartitionCommand.Maintain.INSTANCE) {
            maintain();
        } else if (message == PartitionCommand.Compact.INSTANCE) {
            compactions.startIfDue();
        } else if (message instanceof PartitionEvent.Compacted compacted) {
            compactions.finish(compacted);
        } else if (message == PartitionEvent.ForceDue.INSTANCE) {
            force();
        } else {
            return false;
        }
        return true;
    }

    private void maintain() throws IOException {
        try {
            store.maintain();
        } catch (DiskFullException full) {
            actor.getLog().warn("{}: maintenance waits for room on the disk", spec.partition());
        }
    }

    private void force() throws IOException {
        forcing.timerIsOver();
        Phase.waitForDisk(() -> {
            store.force();
            return null;
        });
    }
}
