/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.actors.partition;

import io.sluice.log.LogConfig;

/** Follows a leader on another broker: can be read up to the high watermark that the leader has told. */
final class Following implements Term {
    private final PartitionContext node;
    private final PartitionStore store;
    private final ReadablePartition handle;
    private final Readers readers;

    Following(PartitionContext node, PartitionStore store, ReadablePartition handle) {
        this.node = node;
        this.store = store;
        this.handle = handle;
        this.readers = new Readers(handle, node);
        node.observer().follows(handle);
    }

    @Override
    public void onMessage(PartitionCommand message) {
        if (!readers.onMessage(message)) {
            handle.refuse(message);
        }
    }

    @Override
    public void highWatermark(long offset) {
        store.advanceHighWatermark(offset);
        logChanged();
    }

    @Override
    public void settle() {}

    @Override
    public void logChanged() {
        readers.publish(store.view());
    }

    @Override
    public void configure(LogConfig config) {}

    @Override
    public void end(Throwable failure) {
        handle.close();
        node.observer().unfollows(handle);
        readers.end();
    }
}
