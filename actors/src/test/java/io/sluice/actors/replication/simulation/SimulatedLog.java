/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.actors.replication.simulation;

import io.sluice.actors.replication.ReplicaLog;
import io.sluice.log.LogView;
import io.sluice.log.epoch.LeaderEpochHistory;
import java.util.ArrayList;
import java.util.List;

/** A log in memory, with the epoch history of the real one. Its tail is gone after a power loss as far as it was not forced. */
final class SimulatedLog implements ReplicaLog {
    private final List<SimulatedRecord> records = new ArrayList<>();
    private LeaderEpochHistory epochs = LeaderEpochHistory.EMPTY;
    private long start;
    private long forced;
    private SimulatedRecord last;

    @Override
    public long startOffset() {
        return start;
    }

    @Override
    public long endOffset() {
        return start + records.size();
    }

    @Override
    public int epochAt(long offset) {
        return epochs.epochAt(offset);
    }

    @Override
    public LogView.EpochEnd endOfEpoch(int epoch) {
        return epochs.endOfEpoch(epoch, endOffset());
    }

    @Override
    public void truncateTo(long offset) {
        Violation.unless(offset >= start && offset <= endOffset(), "cut at %d of %s", offset, this);
        if (offset < endOffset()) {
            last = get(offset).before;
        }
        records.subList((int) (offset - start), records.size()).clear();
        epochs = epochs.truncateFromEnd(offset);
        forced = Math.min(forced, offset);
    }

    @Override
    public void restartAt(long offset) {
        records.clear();
        last = null;
        epochs = LeaderEpochHistory.EMPTY;
        start = offset;
        forced = offset;
    }

    @Override
    public void deleteBefore(long offset) {
        Violation.unless(offset <= endOffset(), "delete before %d of %s", offset, this);
        if (offset > start) {
            records.subList(0, (int) (offset - start)).clear();
            start = offset;
            forced = Math.max(forced, offset);
            epochs = epochs.truncateFromStart(offset);
        }
    }

    void beginEpoch(int epoch) {
        epochs = epochs.assign(epoch, endOffset());
    }

    void append(SimulatedRecord record) {
        Violation.unless(record.offset == endOffset(), "%s appended to %s", record, this);
        Violation.unless(
                records.isEmpty() || record.before == null || record.before == last(),
                "logs do not match: %s comes after %s in one log, after %s in another",
                record,
                record.before,
                last);
        records.add(record);
        last = record;
        epochs = epochs.assign(record.epoch, record.offset);
    }

    /** The last record ever, even if it is deleted by now; null if that is not known. */
    SimulatedRecord last() {
        return last;
    }

    SimulatedRecord get(long offset) {
        return records.get((int) (offset - start));
    }

    boolean has(SimulatedRecord record) {
        return record.offset < start || (record.offset < endOffset() && get(record.offset) == record);
    }

    List<SimulatedRecord> from(long offset, int atMost) {
        if (offset < start || offset >= endOffset()) {
            return List.of();
        }
        int first = (int) (offset - start);
        return new ArrayList<>(records.subList(first, Math.min(records.size(), first + atMost)));
    }

    void force() {
        forced = endOffset();
    }

    long forced() {
        return forced;
    }

    /** The power is gone and comes back. */
    void tear(long end) {
        truncateTo(Math.max(end, forced));
    }

    @Override
    public String toString() {
        return "[" + start + ".." + endOffset() + ") " + epochs;
    }
}
