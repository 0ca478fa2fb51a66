/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.actors.replication;

import io.sluice.log.LogView;

/**
 * Makes the own log that of another replica, by one fetch after the other: one is outstanding, numbered, and any answer but that to the
 * last one is dropped.
 */
final class Puller {
    private static final long NONE = Long.MIN_VALUE;

    private final Replica replica;
    private final int source;
    private final int epoch;
    private final long sourceSession;
    private long outstanding = NONE;
    private ReplicaMessage.Records writing;

    Puller(Replica replica, int source, int epoch, long sourceSession) {
        this.replica = replica;
        this.source = source;
        this.epoch = epoch;
        this.sourceSession = sourceSession;
    }

    int source() {
        return source;
    }

    /** Keeps the log up to {@code logEnd}. An epoch of its own in which nothing was written must not stay behind what comes now. */
    void begin(long logEnd) {
        replica.truncateTo(logEnd);
    }

    /** Asks for what follows the log's end; an answer to an earlier fetch won't be taken any more. */
    void fetch(boolean synced) {
        writing = null;
        outstanding = replica.nextNumber();
        replica.send(
                source,
                new ReplicaMessage.Fetch(
                        epoch,
                        replica.session,
                        outstanding,
                        sourceSession,
                        replica.log.endOffset(),
                        replica.lastEpoch(),
                        synced,
                        replica.isSuspect(),
                        replica.highWatermark()));
    }

    boolean isOutstanding() {
        return outstanding != NONE;
    }

    /**
     * Takes an answer: has its records written, or cuts the own log.
     *
     * @return whether the log was cut, so that it is time to fetch again
     */
    boolean take(int from, ReplicaMessage.Answer answer) {
        if (from != source
                || answer.epoch() != epoch
                || !isOutstanding()
                || !replica.rules.isAnswerTo(outstanding, answer.number())) {
            return false;
        }
        outstanding = NONE;
        if (answer instanceof ReplicaMessage.Records records) {
            writing = records;
            replica.emit(new ReplicaEffect.WriteFetched(from, records.number()));
            return false;
        } else if (answer instanceof ReplicaMessage.Diverging diverging) {
            cut(diverging);
        } else {
            replica.restartAt(((ReplicaMessage.Restart) answer).logStart());
        }
        return true;
    }

    /**
     * The records are written.
     *
     * @return the answer that brought them; null if none was awaited
     */
    ReplicaMessage.Records written() {
        ReplicaMessage.Records done = writing;
        writing = null;
        if (done != null) {
            long highWatermark = Math.min(done.highWatermark(), replica.log.endOffset());
            replica.raiseHighWatermark(highWatermark);
            if (done.logStart() > replica.log.startOffset()) {
                replica.log.deleteBefore(Math.min(done.logStart(), replica.highWatermark()));
            }
        }
        return done;
    }

    private void cut(ReplicaMessage.Diverging diverging) {
        ReplicaLog log = replica.log;
        LogView.EpochEnd own = log.endOfEpoch(diverging.lastEpoch());
        // Where the source's epoch is unknown here, the older one that is known ends before anything could differ.
        long common = own.leaderEpoch() < 0 ? log.startOffset() : Math.min(own.endOffset(), diverging.endOffset());
        if (common < log.startOffset()) {
            replica.restartAt(diverging.logStart());
        } else {
            replica.truncateTo(common);
        }
    }
}
