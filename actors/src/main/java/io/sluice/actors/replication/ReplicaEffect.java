/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.actors.replication;

import java.util.List;

/** What {@link ReplicaCore} wants done, in this order, before it is called again. */
public sealed interface ReplicaEffect {
    /**
     * Put the state on disk, then call {@link ReplicaCore#persisted}. It need not be there before the effects that follow: what depends
     * on it comes out of {@code persisted}.
     */
    record Persist(ReplicaState state) implements ReplicaEffect {}

    /** With {@link ReplicaMessage.Records} go records of the own log, from its offset on, as many as the sender likes. */
    record Send(int to, ReplicaMessage message) implements ReplicaEffect {}

    /** Write the records that came with the answer just received, then call {@link ReplicaCore#appended}, also if there were none. */
    record WriteFetched(int from, long number) implements ReplicaEffect {}

    /** This replica leads {@code epoch}, which begins at {@code startOffset}: tell the log's epoch history, then accept appends. */
    record BecomeLeader(int epoch, long startOffset) implements ReplicaEffect {}

    /**
     * Offsets below are committed. A leader's first one says that everything which earlier epochs have committed is below it: a client
     * may read from now on and will never see it go back.
     */
    record HighWatermark(long offset) implements ReplicaEffect {}

    /** This replica follows {@code leader}. */
    record Following(int leader, int epoch, long startOffset) implements ReplicaEffect {}

    /** This replica's leader does not lead any more: find the new one, then {@link ReplicaCore#follow} it. */
    record LeaderLost(int leader) implements ReplicaEffect {}

    /**
     * Epoch {@code heard} is about, or this candidacy can't succeed: stop leading, or stop trying to. Appends that are not written
     * yet must not be written any more.
     */
    record StepDown(int heard) implements ReplicaEffect {}

    /** The leader wants this replica to lead instead: {@link ReplicaCore#campaign}. */
    record TakesOver(int epoch) implements ReplicaEffect {}

    /** This replica can't campaign before it knows version {@code version} of the replica set. */
    record SetBehind(int version) implements ReplicaEffect {}

    /** From now on no older set can elect a leader or commit. The metadata may have the next change; removed replicas may delete their files. */
    record SetInForce(int epoch, ReplicaSet set) implements ReplicaEffect {}

    /**
     * Who acknowledges to this leader now, with a vote or without, sorted, itself not among them: trusted replicas whose log is the leader's and has
     * everything from before its epoch. Told when it changes; a broker that is gone is not among them.
     */
    record Acknowledging(List<Integer> nodes) implements ReplicaEffect {}

    /** When {@link ReplicaCore#confirmEpoch} was called last, no epoch after this leader's had committed anything. */
    record EpochStands(int epoch) implements ReplicaEffect {}

    /** This replica was suspect and is trusted again. */
    record Admitted(int epoch) implements ReplicaEffect {}

    /**
     * Too few replicas of the set can be trusted; all have answered. Ask who keeps the metadata whether {@code version} is the newest, and if so call
     * {@link ReplicaCore#setConfirmed}: with a newer set there may be a majority that has lost nothing.
     */
    record ConfirmSet(int epoch, int version) implements ReplicaEffect {}

    /** No replica remembers anything, and all have answered: a new partition, or one that has lost everything. */
    record Bootstrap(int epoch) implements ReplicaEffect {}

    /**
     * An error for people: too few logs can be trusted, so the best that is left was taken, that of {@code source} (this leader's own, if the others have lost
     * theirs while it led). Records beyond {@code logEnd}
     * may be lost, even if they were acknowledged.
     */
    record UncleanElection(int epoch, int source, long logEnd) implements ReplicaEffect {}
}
