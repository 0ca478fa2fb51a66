/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.actors.subscription;

import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** The control of a member of a group that has more members than its topics have partitions: it waits. */
final class NothingToRead implements SubscriptionControl {
    private final CompletableFuture<Optional<SubscriptionEvent>> end;

    /** @param end completes the stream */
    NothingToRead(CompletableFuture<Optional<SubscriptionEvent>> end) {
        this.end = end;
    }

    @Override
    public CompletionStage<Positions> started() {
        return CompletableFuture.completedStage(Positions.EMPTY);
    }

    @Override
    public void seek(Positions to) {}

    @Override
    public void pause(Set<PartitionName> partitions) {}

    @Override
    public void pause() {}

    @Override
    public void resume(Set<PartitionName> partitions) {}

    @Override
    public void resume() {}

    @Override
    public void stop() {
        end.complete(Optional.empty());
    }

    @Override
    public Positions positions() {
        return Positions.EMPTY;
    }
}
