/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.actors.partition;

import io.sluice.log.LogView;

/** Publishes what may be read, and wakes who waits for it. */
final class Readers {
    private final ReadablePartition handle;
    private final PartitionContext node;
    private final Waiters waiters;
    private LogView view;
    private int counted;

    Readers(ReadablePartition handle, PartitionContext node) {
        this.handle = handle;
        this.node = node;
        this.waiters = new Waiters(handle.partition(), node.limits().partitionWaiters());
        this.view = handle.view();
    }

    LogView view() {
        return view;
    }

    void publish(LogView newView) {
        view = newView;
        handle.publish(newView);
        if (waiters.size() > 0) {
            waiters.wake(newView);
            count();
        }
    }

    /** @return whether the message was for readers */
    boolean onMessage(PartitionCommand message) {
        if (message instanceof PartitionCommand.Await await) {
            onAwait(await);
        } else if (message instanceof PartitionCommand.Cancel cancel) {
            waiters.remove(cancel.waiter());
            count();
        } else {
            return false;
        }
        return true;
    }

    private void onAwait(PartitionCommand.Await await) {
        if (Waiters.boundOf(view, await.bound()) > await.offset()) {
            await.waiter().dataAvailable(handle.partition());
        } else if (waiters.add(await.waiter(), await.offset(), await.bound())) {
            count();
        } else {
            node.meters().waiterRefusals.increment();
            await.waiter().dataAvailable(handle.partition());
        }
    }

    /** Everybody is woken: there is nothing more to wait for. */
    void end() {
        waiters.wakeAll();
        count();
    }

    private void count() {
        int now = waiters.size();
        if (now != counted) {
            node.meters().waiters.addAndGet(now - counted);
            counted = now;
        }
    }
}
