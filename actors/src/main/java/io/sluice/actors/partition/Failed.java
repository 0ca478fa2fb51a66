/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.actors.partition;

import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.ActorContext;

/** Offline: its log could not be read or written. Stays so that nothing starts it again over a log that can't be trusted. */
final class Failed extends Phase {
    private final ReadablePartition handle;

    /** @param handle closed; null if it never led */
    Failed(ActorContext<PartitionCommand> actor, PartitionContext node, PartitionSpec spec, ReadablePartition handle) {
        super(actor, node, spec);
        this.handle = handle;
    }

    @Override
    public Behavior<PartitionCommand> onMessage(PartitionCommand message) {
        if (message == PartitionCommand.Stop.INSTANCE) {
            node.meters().offline.decrementAndGet();
            return stopped();
        } else if (message instanceof PartitionCommand.Delete delete) {
            node.meters().offline.decrementAndGet();
            delete(delete);
            delete.done().run();
            return stopped();
        } else if (message instanceof PartitionEvent.Compacted compacted) {
            discard(compacted.run());
        } else {
            dismiss(message);
            if (handle != null) {
                handle.refuse(message);
            }
        }
        return this;
    }
}
