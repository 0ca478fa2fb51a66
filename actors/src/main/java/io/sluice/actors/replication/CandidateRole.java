/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.actors.replication;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * Asks for promises. With a majority of trusted ones (or everybody's, if too few are to be trusted) it takes the best log among them and
 * leads.
 */
final class CandidateRole extends ReplicaRole {
    private final int epoch;
    private final int uncleanFloor;
    private final ReplicaSet set;
    private final long number;
    private final Map<Integer, ReplicaMessage.Promise> promises = new HashMap<>();
    private final Set<Integer> confirmed = new HashSet<>();
    private long confirmNumber;
    private boolean unclean;

    /** @param uncleanFloor above all epochs that a majority may have forgotten */
    CandidateRole(Replica replica, int epoch, ReplicaSet set, int uncleanFloor) {
        super(replica);
        this.epoch = epoch;
        this.set = set;
        this.uncleanFloor = uncleanFloor;
        this.number = replica.nextNumber();
    }

    @Override
    ReplicaCore.Role name() {
        return ReplicaCore.Role.CANDIDATE;
    }

    @Override
    boolean isActive() {
        return true;
    }

    @Override
    boolean awaitsAnswer() {
        return true;
    }

    @Override
    void enter() {
        // Alone, the own promise decides: promise and sync are one write.
        boolean alone = set.size() == 1 && !replica.isSuspect();
        int syncedBefore = replica.state().synced();
        ReplicaState promised = replica.state().withPromise(epoch, set.version());
        replica.persist(alone ? promised.withSynced(epoch) : promised, () -> promisedItself(syncedBefore));
    }

    private void promisedItself(int synced) {
        if (replica.role() == this) {
            long logEnd = replica.log.endOffset();
            promises.put(
                    replica.self,
                    new ReplicaMessage.Promise(epoch, number, replica.session, synced, logEnd, replica.isSuspect()));
            ask();
            decide();
        }
    }

    @Override
    void retry() {
        if (promises.containsKey(replica.self)) {
            ask();
            if (!confirmed.isEmpty()) {
                askToConfirm();
                confirmedByAll();
            }
        }
    }

    private void ask() {
        for (int voter : set.voters()) {
            if (!promises.containsKey(voter)) {
                replica.send(voter, new ReplicaMessage.Prepare(epoch, number, set.version()));
            }
        }
    }

    @Override
    void onPromise(int from, ReplicaMessage.Promise promise) {
        boolean mine = promise.epoch() == epoch && promise.number() == number;
        if (mine && set.has(from) && !promise.equals(promises.put(from, promise))) {
            decide();
        }
    }

    @Override
    void onRefuse(int from, ReplicaMessage.Refuse refuse) {
        super.onRefuse(from, refuse);
        if (refuse.setVersion() > set.version()) {
            replica.stepDown(refuse.promised());
            replica.emit(new ReplicaEffect.SetBehind(refuse.setVersion()));
        } else if (refuse.promised() >= epoch) {
            replica.stepDown(refuse.promised());
        }
    }

    /** What it has promised binds it still, but its log can't be had. */
    @Override
    void gone(int broker) {
        promises.remove(broker);
        confirmed.remove(broker);
    }

    private void decide() {
        unclean = trusted(promises.keySet()) < set.majority();
        if (!unclean && !replica.rules.confirmsPromises(set.size())) {
            elect();
        } else if (!unclean || (isAnsweredByAll() && epoch >= uncleanFloor)) {
            askToConfirm();
            confirmedByAll();
        } else if (isAnsweredByAll()) {
            replica.become(new CandidateRole(replica, uncleanFloor, set, uncleanFloor));
        }
    }

    private boolean isAnsweredByAll() {
        return promises.size() == set.size();
    }

    private long trusted(Set<Integer> voters) {
        return voters.stream()
                .filter(voter -> replica.rules.promiseCounts(promises.get(voter)))
                .count();
    }

    /** Promises count for good once they are confirmed after there were enough of them. */
    private void askToConfirm() {
        confirmNumber = replica.nextNumber();
        confirmed.clear();
        confirmed.add(replica.self);
        for (Map.Entry<Integer, ReplicaMessage.Promise> entry : promises.entrySet()) {
            if (entry.getKey() != replica.self && (unclean || replica.rules.promiseCounts(entry.getValue()))) {
                replica.send(entry.getKey(), new ReplicaMessage.Confirm(epoch, confirmNumber, set.version()));
            }
        }
    }

    @Override
    void onConfirmed(int from, ReplicaMessage.Confirmed answer) {
        ReplicaMessage.Promise promise = promises.get(from);
        if (answer.epoch() != epoch
                || answer.number() != confirmNumber
                || promise == null
                || promise.session() != answer.session()) {
            return;
        }
        confirmed.add(from);
        confirmedByAll();
        if (!unclean && trusted(confirmed) >= set.majority()) {
            promises.keySet().retainAll(confirmed);
            elect();
        }
    }

    private void confirmedByAll() {
        if (unclean && confirmed.size() == set.size()) {
            replica.emit(new ReplicaEffect.ConfirmSet(epoch, set.version()));
        }
    }

    /** All replicas of the set have answered, and the metadata has no newer set, whose replicas might have lost nothing. */
    void setConfirmed(int confirmedEpoch) {
        if (unclean && confirmedEpoch == epoch && confirmed.size() == set.size()) {
            elect();
        }
    }

    private void elect() {
        int best = -1;
        for (Map.Entry<Integer, ReplicaMessage.Promise> entry : promises.entrySet()) {
            boolean counts = unclean || replica.rules.promiseCounts(entry.getValue());
            if (counts && (best < 0 || isBetter(entry.getKey(), best))) {
                best = entry.getKey();
            }
        }
        long logEnd = promises.get(best).logEnd();
        if (unclean) {
            boolean blank = promises.values().stream().allMatch(promise -> promise.synced() < 0);
            replica.emit(
                    blank
                            ? new ReplicaEffect.Bootstrap(epoch)
                            : new ReplicaEffect.UncleanElection(epoch, best, logEnd));
        }
        replica.become(
                best == replica.self
                        ? new LeaderRole(replica, epoch, set)
                        : new CatchUpRole(replica, epoch, set, best, promises.get(best)));
    }

    /** Of equal logs the own one, which needs no catching up, then that of the lowest id. */
    private boolean isBetter(int one, int other) {
        ReplicaMessage.Promise promise = promises.get(one);
        ReplicaMessage.Promise otherPromise = promises.get(other);
        if (replica.rules.isAhead(promise, otherPromise) || replica.rules.isAhead(otherPromise, promise)) {
            return replica.rules.isAhead(promise, otherPromise);
        }
        return one == replica.self || (other != replica.self && one < other);
    }
}
