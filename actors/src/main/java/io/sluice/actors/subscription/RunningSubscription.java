/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.actors.subscription;

import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

/** The control of a subscription: hands everything over to its stream. */
final class RunningSubscription implements SubscriptionControl {
    private final Consumer<Runnable> onStream;
    private final SubscriptionLogic stream;
    private final CompletableFuture<Positions> started = new CompletableFuture<>();
    private volatile DeliveredPositions delivered;

    /** @param onStream runs a task on the stream's thread */
    RunningSubscription(Consumer<Runnable> onStream, SubscriptionLogic stream) {
        this.onStream = onStream;
        this.stream = stream;
    }

    /** Its partitions are known. */
    void deliver(DeliveredPositions positions) {
        delivered = positions;
    }

    void startIsKnown(Positions positions) {
        started.complete(positions);
    }

    void ended(Throwable cause) {
        started.completeExceptionally(cause);
    }

    @Override
    public CompletionStage<Positions> started() {
        return started.minimalCompletionStage();
    }

    @Override
    public void seek(Positions to) {
        onStream.accept(() -> stream.seek(to));
    }

    @Override
    public void pause(Set<PartitionName> partitions) {
        Set<PartitionName> which = Set.copyOf(partitions);
        onStream.accept(() -> stream.pause(which::contains));
    }

    @Override
    public void pause() {
        onStream.accept(stream::pauseAll);
    }

    @Override
    public void resume(Set<PartitionName> partitions) {
        Set<PartitionName> which = Set.copyOf(partitions);
        onStream.accept(() -> stream.resume(which::contains));
    }

    @Override
    public void resume() {
        onStream.accept(stream::resumeAll);
    }

    @Override
    public void stop() {
        onStream.accept(stream::stop);
    }

    @Override
    public Positions positions() {
        DeliveredPositions known = delivered;
        return known == null ? Positions.EMPTY : known.now();
    }
}
