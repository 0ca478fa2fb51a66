/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.actors.subscription;

import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** The control of a subscription that is a member of a group: of what it reads in the generation that it is in. */
final class GroupControl implements SubscriptionControl {
    private final Consumer<Runnable> onStream;
    private final GroupMemberLogic stream;
    private final CompletableFuture<Positions> started = new CompletableFuture<>();
    private final Queue<AskedCommit> commits = new ConcurrentLinkedQueue<>();
    private volatile SubscriptionControl current;
    private volatile Consumer<CompletionStage<Positions>> reassigned = none -> {};
    /** By the stream's thread only. */
    private boolean assigned;

    /** What the subscriber wants committed. */
    record AskedCommit(Positions positions, CompletableFuture<Void> done) {}

    /** @param onStream runs a task on the stream's thread */
    GroupControl(Consumer<Runnable> onStream, GroupMemberLogic stream) {
        this.onStream = onStream;
        this.stream = stream;
    }

    /** On the stream's thread, before anything is read: what is read in a generation begins. */
    void reading(int generation, SubscriptionControl control) {
        if (assigned) {
            reassigned.accept(control.started());
        }
        assigned = true;
        onStream.accept(() -> stream.reading(generation, control));
    }

    /** By the stream. */
    void use(SubscriptionControl control) {
        current = control;
    }

    void startIsKnown(Positions positions) {
        started.complete(positions);
    }

    /** By the stream: the oldest that it does not know; null if there is none. */
    AskedCommit nextCommit() {
        return commits.poll();
    }

    void ended(Throwable cause) {
        started.completeExceptionally(cause);
    }

    @Override
    public CompletionStage<Positions> started() {
        return started.minimalCompletionStage();
    }

    @Override
    public void onReassigned(Consumer<CompletionStage<Positions>> listener) {
        reassigned = listener;
    }

    @Override
    public void seek(Positions to) {
        onStream.accept(() -> stream.onCurrent(control -> control.seek(to)));
    }

    @Override
    public void pause(Set<PartitionName> partitions) {
        Set<PartitionName> which = Set.copyOf(partitions);
        onStream.accept(() -> stream.onCurrent(control -> control.pause(which)));
    }

    @Override
    public void pause() {
        onStream.accept(() -> stream.pause(true));
    }

    @Override
    public void resume(Set<PartitionName> partitions) {
        Set<PartitionName> which = Set.copyOf(partitions);
        onStream.accept(() -> stream.onCurrent(control -> control.resume(which)));
    }

    @Override
    public void resume() {
        onStream.accept(() -> stream.pause(false));
    }

    @Override
    public void stop() {
        onStream.accept(stream::stop);
    }

    @Override
    public Positions positions() {
        SubscriptionControl control = current;
        return control == null ? Positions.EMPTY : control.positions();
    }

    @Override
    public CompletionStage<Void> commit(Positions positions) {
        // A stream that has ended does not answer.
        CompletableFuture<Void> committed = new CompletableFuture<Void>()
                .orTimeout(2L * SubscriptionSettings.GROUP_TIMEOUT_MS, TimeUnit.MILLISECONDS);
        // Kept here, for a stream that ends before it takes the task still commits.
        commits.add(new AskedCommit(positions, committed));
        onStream.accept(stream::commitAsked);
        return committed.minimalCompletionStage();
    }
}
