/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.actors.replication;

import io.sluice.log.LogView;
import io.sluice.log.epoch.LeaderEpochHistory;

/** A log without records: offsets and epochs alone. */
final class ListLog implements ReplicaLog {
    private LeaderEpochHistory epochs = LeaderEpochHistory.EMPTY;
    private long start;
    private long end;

    void begin(int epoch) {
        epochs = epochs.assign(epoch, end);
    }

    void grow(int epoch, int records) {
        begin(epoch);
        end += records;
    }

    @Override
    public long startOffset() {
        return start;
    }

    @Override
    public long endOffset() {
        return end;
    }

    @Override
    public int epochAt(long offset) {
        return epochs.epochAt(offset);
    }

    @Override
    public LogView.EpochEnd endOfEpoch(int epoch) {
        return epochs.endOfEpoch(epoch, end);
    }

    @Override
    public void truncateTo(long offset) {
        end = offset;
        epochs = epochs.truncateFromEnd(offset);
    }

    @Override
    public void restartAt(long offset) {
        start = offset;
        end = offset;
        epochs = LeaderEpochHistory.EMPTY;
    }

    @Override
    public void deleteBefore(long offset) {
        start = Math.max(start, offset);
        epochs = epochs.truncateFromStart(start);
    }
}
