/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.kafka.producer;

import io.sluice.cluster.metadata.Controller;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/**
 * Producer ids that nobody else has: taken one by one from a block that the controller gave to this node. What is left of a block when
 * the node stops is never used. Thread-safe.
 */
final class ProducerIds {
    static final int BLOCK = 1_000;

    /** The controller could not be reached: to be asked again. */
    static final long UNAVAILABLE = -1;

    private final Supplier<Controller> controller;
    private final Deque<CompletableFuture<Long>> waiting = new ArrayDeque<>();
    private long next;
    private long end;
    private boolean asking;

    ProducerIds(Supplier<Controller> controller) {
        this.controller = controller;
    }

    /** The next id, or {@link #UNAVAILABLE}. */
    CompletionStage<Long> next() {
        CompletableFuture<Long> answer;
        synchronized (this) {
            if (next < end) {
                return CompletableFuture.completedFuture(next++);
            }
            answer = new CompletableFuture<>();
            waiting.add(answer);
            if (asking) {
                return answer;
            }
            asking = true;
        }
        ask();
        return answer;
    }

    private void ask() {
        controller.get().allocateProducerIds(BLOCK).whenComplete((first, failure) -> {
            received(first == null || failure != null ? UNAVAILABLE : first);
        });
    }

    private void received(long first) {
        Deque<CompletableFuture<Long>> served = new ArrayDeque<>();
        Deque<Long> ids = new ArrayDeque<>();
        boolean more;
        synchronized (this) {
            if (first >= 0) {
                next = first;
                end = first + BLOCK;
            }
            while (!waiting.isEmpty() && (first < 0 || next < end)) {
                served.add(waiting.remove());
                ids.add(first < 0 ? UNAVAILABLE : next++);
            }
            more = !waiting.isEmpty();
            asking = more;
        }
        while (!served.isEmpty()) {
            served.remove().complete(ids.remove());
        }
        if (more) {
            ask();
        }
    }
}
