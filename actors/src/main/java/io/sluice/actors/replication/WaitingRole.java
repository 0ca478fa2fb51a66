/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.actors.replication;

/**
 * Knows no leader. If it has promised somebody it serves that candidate's catch-up: until it hears of another epoch its log stays as it
 * was promised.
 */
final class WaitingRole extends ReplicaRole {
    private static final int NOBODY = -1;

    private final int candidate;
    private final ReplicaMessage.Prepare promised;
    private int sought = NOBODY;

    WaitingRole(Replica replica) {
        this(replica, NOBODY, null);
    }

    /** Has promised {@code candidate} what it asked for. */
    WaitingRole(Replica replica, int candidate, ReplicaMessage.Prepare promised) {
        super(replica);
        this.candidate = candidate;
        this.promised = promised;
    }

    @Override
    ReplicaCore.Role name() {
        return ReplicaCore.Role.WAITING;
    }

    boolean hasPromised(int node, ReplicaMessage.Prepare prepare) {
        return candidate == node && prepare.equals(promised);
    }

    void seek(int leader) {
        sought = leader;
        replica.send(leader, new ReplicaMessage.Seek(replica.state().promised()));
    }

    /** Nobody is left to answer, or to win: somebody else has to be found. */
    @Override
    void gone(int broker) {
        if (sought == broker || candidate == broker) {
            replica.become(new WaitingRole(replica));
            replica.emit(new ReplicaEffect.LeaderLost(broker));
        }
    }

    @Override
    boolean awaitsAnswer() {
        return sought != NOBODY;
    }

    @Override
    void retry() {
        if (sought != NOBODY) {
            seek(sought);
        }
    }

    /** A replica that has started anew since its promise may have lost what the candidate counts on. */
    @Override
    void onFetch(int from, ReplicaMessage.Fetch fetch) {
        if (from != candidate || fetch.epoch() != promised.epoch() || fetch.source() != replica.session) {
            super.onFetch(from, fetch);
            return;
        }
        ReplicaMessage.Answer mismatch = FetchMatch.mismatch(replica.log, fetch);
        replica.send(from, mismatch != null ? mismatch : FetchMatch.records(replica, fetch, false));
    }
}
