/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.actors.replication;

/** Follows the leader of an epoch that it has promised. */
final class FollowerRole extends ReplicaRole {
    private final int leader;
    private final int epoch;
    private final long epochStart;
    private final Puller puller;

    FollowerRole(Replica replica, int leader, ReplicaMessage.Leading leading) {
        super(replica);
        this.leader = leader;
        this.epoch = leading.epoch();
        this.epochStart = leading.startOffset();
        this.puller = new Puller(replica, leader, epoch, ReplicaMessage.Fetch.LEADER);
    }

    @Override
    ReplicaCore.Role name() {
        return ReplicaCore.Role.FOLLOWER;
    }

    int leader() {
        return leader;
    }

    int epoch() {
        return epoch;
    }

    @Override
    void enter() {
        replica.emit(new ReplicaEffect.Following(leader, epoch, epochStart));
        long kept = replica.rules.keptOnFollowing(replica.log.endOffset(), replica.highWatermark());
        puller.begin(kept);
        replica.persist(replica.state().withPromise(epoch, replica.state().setVersion()), this::fetch);
    }

    @Override
    void retry() {
        replica.whenDurable(this::fetch);
    }

    @Override
    void onAnswer(int from, ReplicaMessage.Answer answer) {
        if (puller.take(from, answer)) {
            replica.whenDurable(this::fetch);
        }
    }

    @Override
    void appended(long logEnd) {
        ReplicaMessage.Records records = puller.written();
        if (records == null) {
            return;
        }
        if (records.admitted()) {
            replica.trustAgain();
        }
        ReplicaState state = replica.state();
        boolean synced = replica.rules.isSynced(logEnd, epochStart);
        replica.persist(synced ? state.withSynced(epoch) : state, this::fetch);
    }

    /** Whatever the leader can't do any more: at worst it leads still, and is found again. */
    @Override
    void onRefuse(int from, ReplicaMessage.Refuse refuse) {
        super.onRefuse(from, refuse);
        if (from == leader) {
            replica.become(new WaitingRole(replica));
            replica.emit(new ReplicaEffect.LeaderLost(leader));
        }
    }

    @Override
    void onTakeOver(int from, ReplicaMessage.TakeOver takeOver) {
        if (from == leader && takeOver.epoch() == epoch && replica.set().has(replica.self) && !replica.isSuspect()) {
            replica.emit(new ReplicaEffect.TakesOver(epoch));
        }
    }

    boolean isCaughtUp() {
        return replica.state().synced() == epoch && replica.log.endOffset() >= replica.highWatermark();
    }

    private void fetch() {
        if (replica.role() == this) {
            puller.fetch(replica.state().synced() == epoch);
        }
    }
}
