/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.actors.replication;

/** Has won an epoch, and takes over the best log of those who promised before it leads. */
final class CatchUpRole extends ReplicaRole {
    private final int epoch;
    private final ReplicaSet set;
    /** Fetches that have no answer before the log of another replica will do. */
    private static final int UNANSWERED_MAX = 10;

    private final long targetEnd;
    private final Puller puller;
    private int unanswered;

    CatchUpRole(Replica replica, int epoch, ReplicaSet set, int source, ReplicaMessage.Promise promise) {
        super(replica);
        this.epoch = epoch;
        this.set = set;
        this.targetEnd = promise.logEnd();
        this.puller = new Puller(replica, source, epoch, promise.session());
    }

    @Override
    ReplicaCore.Role name() {
        return ReplicaCore.Role.CATCHING_UP;
    }

    @Override
    boolean isActive() {
        return true;
    }

    @Override
    boolean awaitsAnswer() {
        return puller.isOutstanding();
    }

    @Override
    void enter() {
        puller.begin(replica.log.endOffset());
        puller.fetch(false);
    }

    /** A source that does not answer may never come back: with a new candidacy the best log of those who are there is found. */
    @Override
    void retry() {
        unanswered++;
        if (unanswered > UNANSWERED_MAX) {
            replica.stepDown(epoch);
        } else {
            puller.fetch(false);
        }
    }

    @Override
    void gone(int broker) {
        if (broker == puller.source()) {
            replica.stepDown(epoch);
        }
    }

    @Override
    void onAnswer(int from, ReplicaMessage.Answer answer) {
        unanswered = 0;
        if (puller.take(from, answer)) {
            puller.fetch(false);
        }
    }

    @Override
    void appended(long logEnd) {
        if (puller.written() == null) {
            return;
        }
        if (logEnd >= targetEnd) {
            replica.become(new LeaderRole(replica, epoch, set));
        } else {
            puller.fetch(false);
        }
    }

    /** A source that does not remember its promise may have lost more than that: a new candidacy finds out. */
    @Override
    void onRefuse(int from, ReplicaMessage.Refuse refuse) {
        super.onRefuse(from, refuse);
        if (refuse.promised() > epoch || from == puller.source()) {
            replica.stepDown(refuse.promised());
        }
    }
}
