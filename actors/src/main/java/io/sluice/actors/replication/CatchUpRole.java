/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.actors.replication;

/** Has won an epoch, and takes over the best log of those who promised before it leads. */
final class CatchUpRole extends ReplicaRole {
    private final int epoch;
    private final ReplicaSet set;
    private final long targetEnd;
    private final Puller puller;

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

    @Override
    void retry() {
        puller.fetch(false);
    }

    @Override
    void onAnswer(int from, ReplicaMessage.Answer answer) {
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
