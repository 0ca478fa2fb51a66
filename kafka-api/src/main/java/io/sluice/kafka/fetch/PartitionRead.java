/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.kafka.fetch;

import io.sluice.cluster.Node.Leadership;
import io.sluice.log.ErrorCode;
import io.sluice.log.LogSlice;
import io.sluice.log.LogView;
import io.sluice.log.LogView.EpochEnd;

/**
 * What one partition answers to a fetch.
 *
 * @param slice the records; null if there are none. Whoever holds this read releases it once
 * @param diverging where the log of the asker parts from this one; null if it does not
 * @param newLeader named in the response if not null
 * @param preferredReplica the broker that the client had better read from; -1 for this one
 */
record PartitionRead(
        FetchPartition partition,
        ErrorCode error,
        long highWatermark,
        long lastStableOffset,
        long logStartOffset,
        LogSlice slice,
        EpochEnd diverging,
        Leadership newLeader,
        int preferredReplica) {

    private static final long UNKNOWN = -1;
    private static final int HERE = -1;

    static PartitionRead failed(FetchPartition partition, ErrorCode error, Leadership newLeader) {
        return new PartitionRead(partition, error, UNKNOWN, UNKNOWN, UNKNOWN, null, null, newLeader, HERE);
    }

    /** Nothing that the client would have to act on: it asks again, the new leader if there is one. */
    static PartitionRead notYetKnown(FetchPartition partition, boolean leadsNoMore) {
        return failed(partition, leadsNoMore ? ErrorCode.NOT_LEADER_OR_FOLLOWER : ErrorCode.OFFSET_NOT_AVAILABLE, null);
    }

    static PartitionRead of(FetchPartition partition, LogView view, boolean committedOnly, LogSlice slice) {
        return read(partition, view, committedOnly, slice, null, HERE);
    }

    /** Nothing from here: the client reads from another replica. */
    static PartitionRead elsewhere(FetchPartition partition, LogView view, boolean committedOnly, int replica) {
        return read(partition, view, committedOnly, null, null, replica);
    }

    static PartitionRead diverged(FetchPartition partition, LogView view, boolean committedOnly, EpochEnd diverging) {
        return read(partition, view, committedOnly, null, diverging, HERE);
    }

    private static PartitionRead read(
            FetchPartition partition,
            LogView view,
            boolean committedOnly,
            LogSlice slice,
            EpochEnd diverging,
            int preferredReplica) {
        return new PartitionRead(
                partition,
                ErrorCode.NONE,
                view.highWatermark(),
                committedOnly ? view.lastStableOffset() : UNKNOWN,
                view.logStartOffset(),
                slice,
                diverging,
                null,
                preferredReplica);
    }

    int length() {
        return slice == null ? 0 : slice.length();
    }

    /** Whether a client that knows what it was told last must be told this. */
    boolean isNews() {
        return length() > 0
                || error != ErrorCode.NONE
                || diverging != null
                || preferredReplica != HERE
                || highWatermark != partition.sentHighWatermark
                || logStartOffset != partition.sentLogStartOffset;
    }

    /** The client is told. */
    void noteSent() {
        partition.sentHighWatermark = highWatermark;
        partition.sentLogStartOffset = logStartOffset;
    }

    void release() {
        if (slice != null) {
            slice.release();
        }
    }
}
