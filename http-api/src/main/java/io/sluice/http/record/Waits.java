/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.http.record;

import akka.actor.Cancellable;
import akka.actor.typed.ActorSystem;
import io.sluice.actors.partition.PartitionHandle;
import io.sluice.http.route.Peer;
import io.sluice.log.LogView.Bound;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;

/** All reads that wait for data: at most one a connection, so that {@code sluice.http.connections.max} bounds them. Any thread. */
public final class Waits {
    private final ActorSystem<?> system;
    private final Set<DataWait> all = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    public Waits(ActorSystem<?> system) {
        this.system = system;
    }

    /** Completes, on any thread, when there may be something beyond {@code offset}, or after {@code atMost}. */
    CompletionStage<Void> await(PartitionHandle handle, long offset, Bound bound, Duration atMost, Peer peer) {
        DataWait wait = new DataWait(handle);
        all.add(wait);
        Cancellable timer = system.scheduler().scheduleOnce(atMost, wait::end, system.executionContext());
        Runnable forget = peer.onClose(wait::end);
        wait.endWith(timer, () -> {
            forget.run();
            all.remove(wait);
        });
        handle.await(wait, offset, bound);
        if (closed) {
            wait.end();
        }
        return wait.over();
    }

    /** Reads that wait now. */
    public int count() {
        return all.size();
    }

    /** Nobody waits any longer: all are answered with what there is. */
    public void close() {
        closed = true;
        new ArrayList<>(all).forEach(DataWait::end);
    }
}
