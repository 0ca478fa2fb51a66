/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.actors.dispatch;

/**
 * A thread that may run partitions itself. A hand-over to another thread and back costs two wake-ups, several times what the
 * append of one small record costs; a network thread that has just read such a request runs the partition's mailbox at the end of
 * its round instead, together with all else that the round brought.
 *
 * <p>Nothing changes for the partition: its mailbox is run by one thread at a time, in the order of its messages. If another thread
 * runs it already, that one takes the message too.
 */
public interface PartitionCaller {
    /** Whether this thread lends itself now, see {@link #runHere}; only on this thread. */
    boolean lends();

    /** Only on this thread, and back to false before anything else is done. */
    void lend(boolean lends);

    /**
     * Runs a mailbox soon on this thread, after what it does now; only on this thread.
     *
     * @return false if it can't: then the mailbox runs on the partitions' own threads
     */
    boolean runHere(Runnable mailbox);

    /** Sends with this thread lent if it is such a thread, and the work is small; otherwise just sends. */
    static void send(boolean small, Runnable send) {
        if (small && Thread.currentThread() instanceof PartitionCaller caller) {
            caller.lend(true);
            try {
                send.run();
            } finally {
                caller.lend(false);
            }
        } else {
            send.run();
        }
    }
}
