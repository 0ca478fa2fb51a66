/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.kafka.fetch;

import io.netty.util.internal.PlatformDependent;
import io.sluice.actors.partition.DataWaiter;
import io.sluice.actors.partition.PartitionHandle;
import io.sluice.actors.partition.TopicPartition;
import io.sluice.log.LogView.Bound;
import java.util.HashMap;
import java.util.Map;
import java.util.Queue;

/**
 * Waits at partitions for a session (or for one fetch without a session). It is registered at a partition at most once, and stays so from
 * one fetch to the next: polling partitions where nothing happens costs no message. All but {@link #dataAvailable} under the session's lock.
 */
final class FetchWaits implements DataWaiter {
    private final Queue<TopicPartition> called = PlatformDependent.newMpscQueue();
    private final Map<TopicPartition, FetchPartition> registered = new HashMap<>();
    private volatile FetchCall pending;

    /** On the partition's thread. */
    @Override
    public void dataAvailable(TopicPartition partition) {
        called.add(partition);
        FetchCall call = pending;
        if (call != null) {
            call.wake();
        }
    }

    /** From now on this fetch is woken. Before it looks at the partitions, so that no call is missed. */
    void pending(FetchCall call) {
        pending = call;
    }

    FetchCall pending() {
        return pending;
    }

    /** Takes note of the partitions that have called. */
    void takeCalls() {
        TopicPartition partition = called.poll();
        while (partition != null) {
            FetchPartition fetched = registered.remove(partition);
            if (fetched != null) {
                fetched.unregistered();
            }
            partition = called.poll();
        }
    }

    /** Asks to be called when the partition has something beyond {@code offset}, unless it is asked already. */
    void register(FetchPartition partition, PartitionHandle handle, long offset, Bound bound) {
        if (partition.isRegistered(handle, bound)) {
            return;
        }
        forget(partition);
        partition.registered(handle, offset, bound);
        registered.put(handle.partition(), partition);
        handle.await(this, offset, bound);
    }

    void forget(FetchPartition partition) {
        PartitionHandle handle = partition.registeredAt();
        if (handle != null) {
            partition.unregistered();
            registered.remove(handle.partition());
            handle.cancel(this);
        }
    }
}
