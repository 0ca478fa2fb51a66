/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.kafka.api;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A response whose parts are answered by several partitions, each on its own thread: complete with the last of them. Each part writes
 * only into its own place of the response.
 *
 * @param <R> the response
 */
public final class PartAnswers<R> {
    private final R response;
    private final CompletableFuture<R> done = new CompletableFuture<>();
    private final AtomicInteger open = new AtomicInteger(1);

    public PartAnswers(R response) {
        this.response = response;
    }

    /** One more part is asked. */
    public void expect() {
        open.incrementAndGet();
    }

    /** A part has written its answer. */
    public void answered() {
        if (open.decrementAndGet() == 0) {
            done.complete(response);
        }
    }

    /** All parts are asked. */
    public CompletionStage<R> allAsked() {
        answered();
        return done;
    }
}
