/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.actors.partition;

import io.sluice.actors.replication.ReplicaLog;
import io.sluice.log.LogView;

/** The log of a partition whose replica set is its own node: there is no other log that could make it cut its own. */
record SoleReplicaLog(PartitionStore store) implements ReplicaLog {
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
        throw alone("be cut at " + offset);
    }

    @Override
    public void restartAt(long offset) {
        throw alone("begin anew at " + offset);
    }

    @Override
    public void deleteBefore(long offset) {
        throw alone("delete records before " + offset);
    }

    private static IllegalStateException alone(String what) {
        return new IllegalStateException("the only replica's log was told to " + what);
    }
}
