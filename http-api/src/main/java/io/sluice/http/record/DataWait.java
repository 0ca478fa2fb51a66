/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.http.record;

import akka.actor.Cancellable;
import io.sluice.actors.partition.DataWaiter;
import io.sluice.actors.partition.PartitionHandle;
import io.sluice.actors.partition.TopicPartition;
import java.util.concurrent.CompletableFuture;

/** One reader that waits at one partition. Completes when there is something, when its time is over, or when it had better stop waiting. */
final class DataWait implements DataWaiter {
    private final CompletableFuture<Void> over = new CompletableFuture<>();
    private final PartitionHandle handle;
    private volatile boolean called;

    DataWait(PartitionHandle handle) {
        this.handle = handle;
    }

    CompletableFuture<Void> over() {
        return over;
    }

    /** On the partition's thread: whoever depends on {@link #over} goes on elsewhere. */
    @Override
    public void dataAvailable(TopicPartition partition) {
        called = true;
        over.complete(null);
    }

    void end() {
        if (over.complete(null) && !called) {
            handle.cancel(this);
        }
    }

    /** Ends, and takes this with it. */
    @SuppressWarnings("FutureReturnValueIgnored") // nothing comes after it
    void endWith(Cancellable timer, Runnable forget) {
        over.whenComplete((nothing, failure) -> {
            timer.cancel();
            forget.run();
        });
    }
}
