/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.actors.partition;

import io.sluice.actors.replication.ReplicaLog;
import io.sluice.log.LogView;
import java.io.IOException;
import java.io.UncheckedIOException;

/** A partition's log as its replica core reads and cuts it. */
record StoredReplicaLog(PartitionStore store) implements ReplicaLog {
    @FunctionalInterface
    private interface Change {
        void make() throws IOException;
    }

    @Override
    public long startOffset() {
        return store.view().logStartOffset();
    }

    @Override
    public long endOffset() {
        return store.view().logEndOffset();
    }

    @Override
    public int epochAt(long offset) {
        return store.view().epochAt(offset);
    }

    @Override
    public LogView.EpochEnd endOfEpoch(int epoch) {
        return store.view().endOfEpoch(epoch);
    }

    @Override
    public void truncateTo(long offset) {
        make(() -> store.truncateTo(offset));
    }

    @Override
    public void restartAt(long offset) {
        make(() -> store.restartAt(offset, -1));
    }

    @Override
    public void deleteBefore(long offset) {
        make(() -> {
            store.advanceHighWatermark(offset);
            store.deleteRecordsBefore(offset);
        });
    }

    private static void make(Change change) {
        try {
            change.make();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
