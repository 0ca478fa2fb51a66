/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.actors.partition;

import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.ActorContext;
import java.io.IOException;

/** Led until now: refuses what is still in the mailbox, then closes the log, or deletes it, and stops. */
final class Resigning extends Phase {
    private final PartitionStore store;
    private final LeadingPartition handle;
    private PartitionCommand.Delete delete;

    /**
     * @param handle closed
     * @param delete null to close the log and keep it
     */
    Resigning(
            ActorContext<PartitionCommand> actor,
            PartitionContext node,
            PartitionSpec spec,
            PartitionStore store,
            LeadingPartition handle,
            PartitionCommand.Delete delete) {
        super(actor, node, spec);
        this.store = store;
        this.handle = handle;
        this.delete = delete;
        actor.getSelf().tell(PartitionEvent.Drained.INSTANCE);
    }

    @Override
    public Behavior<PartitionCommand> onMessage(PartitionCommand message) {
        if (message == PartitionEvent.Drained.INSTANCE) {
            return finish();
        } else if (message instanceof PartitionCommand.Delete alsoDelete) {
            PartitionCommand.Delete before = delete;
            delete = before == null
                    ? alsoDelete
                    : new PartitionCommand.Delete(() -> {
                        before.done().run();
                        alsoDelete.done().run();
                    });
        } else {
            handle.refuse(message);
        }
        return this;
    }

    private Behavior<PartitionCommand> finish() {
        try {
            waitForDisk(() -> {
                if (delete == null) {
                    store.close();
                } else {
                    store.delete();
                    FolderRemoval.removeIfEmpty(spec.folder().getParent());
                }
                return null;
            });
        } catch (IOException | RuntimeException failure) {
            actor.getLog()
                    .warn(
                            "{} the log of {} failed: {}",
                            delete == null ? "closing" : "deleting",
                            spec.partition(),
                            describe(failure));
        }
        if (delete != null) {
            delete.done().run();
        }
        return stopped();
    }
}
