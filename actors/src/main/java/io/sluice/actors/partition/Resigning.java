/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.actors.partition;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.ActorContext;
import java.io.IOException;
import java.util.concurrent.RejectedExecutionException;

/**
 * Ends: refuses what is still in the mailbox, then has the log closed, or deleted, on a background thread (a clean close
 * forces), and stops.
 */
final class Resigning extends Phase {
    private final PartitionStore store;
    private final Replication replication;
    private final ReadablePartition handle;
    private PartitionCommand.Delete delete;
    private boolean deleted;
    private boolean forgotten;

    /**
     * @param replication ended; null if it never began
     * @param handle closed; null if it never led or followed
     * @param delete null to close the log and keep it
     */
    Resigning(
            ActorContext<PartitionCommand> actor,
            PartitionContext node,
            PartitionSpec spec,
            PartitionStore store,
            Replication replication,
            ReadablePartition handle,
            PartitionCommand.Delete delete) {
        super(actor, node, spec);
        this.store = store;
        this.replication = replication;
        this.handle = handle;
        this.delete = delete;
        actor.getSelf().tell(PartitionEvent.Drained.INSTANCE);
    }

    @Override
    public Behavior<PartitionCommand> onMessage(PartitionCommand message) {
        if (message == PartitionEvent.Drained.INSTANCE) {
            close();
        } else if (message instanceof PartitionEvent.Closed closed) {
            return onClosed(closed);
        } else if (message instanceof PartitionCommand.Delete alsoDelete) {
            delete = alsoDelete.after(delete);
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

    private void close() {
        ActorRef<PartitionCommand> self = actor.getSelf();
        if (delete != null && !delete.topicGone() && replication != null && !forgotten) {
            forgotten = true;
            replication.forgetLog(() -> self.tell(PartitionEvent.Drained.INSTANCE));
            return;
        }
        deleted = delete != null;
        boolean deleting = deleted;
        try {
            node.background().execute(() -> self.tell(new PartitionEvent.Closed(closeOrDelete(deleting))));
        } catch (RejectedExecutionException stopping) {
            self.tell(new PartitionEvent.Closed(closeOrDelete(deleting)));
        }
    }

    private Throwable closeOrDelete(boolean deleting) {
        try {
            if (deleting) {
                store.delete();
                FolderRemoval.removeIfEmpty(spec.folder().getParent());
            } else {
                store.close();
            }
            return null;
        } catch (IOException | RuntimeException failure) {
            return failure;
        }
    }

    private Behavior<PartitionCommand> onClosed(PartitionEvent.Closed closed) {
        if (closed.failure() != null) {
            actor.getLog()
                    .warn(
                            "{} the log of {} failed: {}",
                            deleted ? "deleting" : "closing",
                            spec.partition(),
                            describe(closed.failure()));
        }
        if (delete == null && closed.failure() == null && replication != null) {
            replication.remember();
        }
        if (delete != null) {
            if (!deleted) {
                if (!delete.topicGone() && replication != null) {
                    replication.forgetLog(() -> {});
                }
                deleteFolderInBackground();
            }
            delete.done().run();
        }
        return stopped();
    }
}
