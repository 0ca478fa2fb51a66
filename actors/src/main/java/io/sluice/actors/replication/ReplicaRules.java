/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.actors.replication;

/**
 * The decisions that safety rests on, each by itself: what counts, what is ahead, what is cut. They have no state.
 * <p>docs/replication.md has the argument; a test replaces them one by one by plausible mistakes and shows that the simulation finds each.
 */
class ReplicaRules {
    /** With this many replicas a candidate itself is always among those whom a leader must ask before it re-admits a replica. */
    private static final int SMALL_SET = 3;

    /** Whether a starting replica's log and promises are whole. */
    boolean trusts(ReplicaOrigin origin, ReplicaState remembered, boolean logIsEmpty) {
        return origin.vouchesFor(remembered, logIsEmpty);
    }

    /** A promise counts unless its giver may have forgotten an earlier one, or records. */
    boolean promiseCounts(ReplicaMessage.Promise promise) {
        return !promise.suspect();
    }

    /** {@code synced} first: a short log of a later epoch is complete where a long one of an older epoch may not be. */
    boolean isAhead(ReplicaMessage.Promise one, ReplicaMessage.Promise other) {
        return one.synced() != other.synced() ? one.synced() > other.synced() : one.logEnd() > other.logEnd();
    }

    /**
     * Whether promises must be confirmed once there is a majority of them. Else a replica that promised, lost its disk and was
     * re-admitted by the old leader could count on both sides.
     */
    boolean confirmsPromises(int voters) {
        return voters > SMALL_SET;
    }

    /** Before a follower has all from before the epoch, what it holds says nothing about older epochs' records. */
    boolean acknowledges(ReplicaMessage.Fetch fetch, long epochStart) {
        return fetch.synced() && !fetch.suspect() && fetch.offset() >= epochStart;
    }

    /** How many replicas must hold a record before it is committed. */
    int commitQuorum(ReplicaSet set, int minInsyncReplicas) {
        return Math.min(set.size(), Math.max(set.majority(), minInsyncReplicas));
    }

    /** Only the answer to the last fetch is about the log as it is now. */
    boolean isAnswerTo(long outstanding, long number) {
        return outstanding == number;
    }

    /** What a replica keeps when it begins to follow: everything, until the leader says where the logs part. */
    long keptOnFollowing(long logEnd, long highWatermark) {
        return logEnd;
    }

    /** Whether a follower's log, matching the leader's up to its end, is complete for the epoch. */
    boolean isSynced(long logEnd, long epochStart) {
        return logEnd >= epochStart;
    }

    /** A replica that has acted on a replica set helps no candidate of an older one. */
    boolean mayHelp(int setVersion, int actedOn) {
        return setVersion >= actedOn;
    }

    /** One change at a time: else two sets could be in use that share no replica. */
    boolean mayChangeSet(boolean presentOneInForce) {
        return presentOneInForce;
    }

    /**
     * Whether a leader's epoch stands, so that it may re-admit a replica.
     *
     * @param trusted voters that are trusted and have confirmed since the replica has asked, the leader included
     * @param all voters that have confirmed, suspect or not, the leader and the replica included
     */
    boolean stands(ReplicaSet set, int trusted, int all) {
        return trusted >= set.majority() || all == set.size();
    }
}
