/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.actors.replication;

import io.sluice.log.LogView;

/** Compares the end of a follower's log with the log that it fetches from. */
final class FetchMatch {
    private FetchMatch() {}

    /** How the logs part; null if all that the fetching replica has is in this log too. */
    static ReplicaMessage.Answer mismatch(ReplicaLog log, ReplicaMessage.Fetch fetch) {
        long start = log.startOffset();
        if (fetch.offset() < start) {
            return restart(fetch, start);
        }
        if (fetch.lastEpoch() < 0) {
            // An empty log starts where everything before is committed and deleted.
            return fetch.offset() <= log.endOffset() ? null : restart(fetch, start);
        }
        int first = log.epochAt(start);
        if (first < 0 || fetch.lastEpoch() < first) {
            return restart(fetch, start);
        }
        LogView.EpochEnd end = log.endOfEpoch(fetch.lastEpoch());
        if (end.leaderEpoch() == fetch.lastEpoch() && fetch.offset() <= end.endOffset()) {
            return null;
        }
        return new ReplicaMessage.Diverging(fetch.epoch(), fetch.number(), end.leaderEpoch(), end.endOffset(), start);
    }

    /** The answer to a fetch that matches. */
    static ReplicaMessage.Records records(Replica replica, ReplicaMessage.Fetch fetch, boolean admitted) {
        return new ReplicaMessage.Records(
                fetch.epoch(),
                fetch.number(),
                fetch.offset(),
                replica.highWatermark(),
                replica.log.startOffset(),
                admitted);
    }

    private static ReplicaMessage.Restart restart(ReplicaMessage.Fetch fetch, long logStart) {
        return new ReplicaMessage.Restart(fetch.epoch(), fetch.number(), logStart);
    }
}
