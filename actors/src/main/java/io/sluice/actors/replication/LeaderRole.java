/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.actors.replication;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Owns its epoch: answers fetches, commits what a quorum holds, re-admits suspect replicas, changes the replica set. */
final class LeaderRole extends ReplicaRole {
    private static final long NOTHING = -1;

    private final int epoch;
    private final long epochStart;
    private final Map<Integer, Follower> followers = new HashMap<>();
    private final Confirmations confirmations;
    private final Admissions admissions;
    private ReplicaSet set;
    private List<Integer> acknowledging = List.of();
    private long[] held;
    private long logEnd;
    private boolean synced;
    private boolean serving;
    private boolean inForce;
    private boolean setConfirmed = true;
    private long inForceFrom;
    private long epochAsked = NOTHING;

    LeaderRole(Replica replica, int epoch, ReplicaSet set) {
        super(replica);
        this.epoch = epoch;
        this.set = set;
        this.held = new long[set.size()];
        this.logEnd = replica.log.endOffset();
        this.epochStart = logEnd;
        this.inForceFrom = epochStart;
        this.confirmations = new Confirmations(replica, epoch);
        this.admissions = new Admissions(replica, confirmations, epoch);
    }

    @Override
    ReplicaCore.Role name() {
        return ReplicaCore.Role.LEADER;
    }

    @Override
    boolean isActive() {
        return true;
    }

    @Override
    boolean awaitsAnswer() {
        return admissions.areOpen()
                || !setConfirmed
                || epochAsked != NOTHING
                || set.voters().stream().anyMatch(voter -> voter != replica.self && !follows(voter));
    }

    @Override
    void enter() {
        replica.emit(new ReplicaEffect.BecomeLeader(epoch, epochStart));
        // Who promised stands by this epoch, was asked after this replica had started, and has no log that is ahead of
        // this one.
        replica.trustAgain();
        replica.persist(replica.state().withSynced(epoch), this::synced);
        announce();
    }

    /** Whoever waits for news from this leader must look for another. */
    @Override
    void leave() {
        followers.forEach((node, follower) -> {
            if (follower.unpark() != null) {
                replica.refuse(node);
            }
        });
    }

    private void synced() {
        if (replica.role() == this) {
            synced = true;
            advance();
            setChanged();
        }
    }

    private void announce() {
        for (int voter : set.voters()) {
            if (voter != replica.self && !follows(voter)) {
                announce(voter);
            }
        }
    }

    private void announce(int node) {
        replica.send(node, new ReplicaMessage.Leading(epoch, epochStart, set.version()));
    }

    private boolean follows(int node) {
        Follower follower = followers.get(node);
        return follower != null && follower.hasFetched();
    }

    @Override
    void retry() {
        announce();
        if (!setConfirmed || epochAsked != NOTHING || admissions.areOpen()) {
            confirmations.ask(set);
        }
    }

    @Override
    void onSeek(int from, ReplicaMessage.Seek seek) {
        if (seek.promised() > epoch) {
            replica.stepDown(seek.promised());
        } else {
            announce(from);
        }
    }

    @Override
    void onRefuse(int from, ReplicaMessage.Refuse refuse) {
        if (refuse.promised() > epoch) {
            replica.stepDown(refuse.promised());
        }
    }

    @Override
    void onFetch(int from, ReplicaMessage.Fetch fetch) {
        if (fetch.epoch() > epoch) {
            replica.stepDown(fetch.epoch());
            return;
        } else if (fetch.epoch() < epoch) {
            announce(from);
            return;
        }
        Follower follower = followers.computeIfAbsent(from, node -> new Follower());
        if (!follower.begins(fetch)) {
            return;
        }
        ReplicaMessage.Answer mismatch = FetchMatch.mismatch(replica.log, fetch);
        if (mismatch != null) {
            tellAcknowledging(from, false);
            replica.send(from, mismatch);
            return;
        }
        follower.matches(fetch, replica.rules.acknowledges(fetch, epochStart));
        tellAcknowledging(from, follower.acknowledges());
        if (fetch.suspect()) {
            admissions.request(from, follower, set);
        } else {
            admissions.done(from);
        }
        advance();
        answer(from, follower, fetch);
    }

    /** A broker has left the cluster. What it holds it holds. */
    @Override
    void gone(int broker) {
        tellAcknowledging(broker, false);
    }

    private void tellAcknowledging(int node, boolean acknowledges) {
        if (acknowledging.contains(node) != acknowledges) {
            List<Integer> now = new ArrayList<>(acknowledging);
            if (acknowledges) {
                now.add(node);
                Collections.sort(now);
            } else {
                now.remove(Integer.valueOf(node));
            }
            acknowledging = List.copyOf(now);
            replica.emit(new ReplicaEffect.Acknowledging(acknowledging));
        }
    }

    /** At once if there is something to tell, else when there is. */
    private void answer(int node, Follower follower, ReplicaMessage.Fetch fetch) {
        boolean admitted = admissions.admits(node, fetch);
        boolean tellsNothing = fetch.synced() && !admitted && fetch.offset() >= logEnd;
        if (tellsNothing) {
            follower.park(fetch);
        } else {
            replica.send(node, FetchMatch.records(replica, fetch, admitted));
        }
    }

    @Override
    void appended(long newLogEnd) {
        logEnd = newLogEnd;
        advance();
        answerParked(false);
    }

    void spreadHighWatermark() {
        answerParked(true);
    }

    private void answerParked(boolean forHighWatermark) {
        followers.forEach((node, follower) -> {
            ReplicaMessage.Fetch parked = follower.parked();
            if (parked != null) {
                boolean news = parked.offset() < logEnd
                        || admissions.admits(node, parked)
                        || (forHighWatermark && parked.highWatermark() < replica.highWatermark());
                if (news) {
                    ReplicaMessage.Fetch fetch = follower.unpark();
                    replica.send(node, FetchMatch.records(replica, fetch, admissions.admits(node, fetch)));
                }
            }
        });
    }

    @Override
    void onConfirmed(int from, ReplicaMessage.Confirmed confirmed) {
        if (confirmed.epoch() == epoch) {
            confirmations.add(from, confirmed);
            admissions.confirm(set);
            answerParked(false);
            tellIfEpochStands();
            putInForce();
        }
    }

    void confirmEpoch() {
        epochAsked = confirmations.ask(set);
        tellIfEpochStands();
    }

    private void tellIfEpochStands() {
        if (epochAsked != NOTHING && confirmations.stands(set, epochAsked, replica.self)) {
            epochAsked = NOTHING;
            replica.emit(new ReplicaEffect.EpochStands(epoch));
        }
    }

    // commit

    void advance() {
        long committed = heldByQuorum();
        if (committed != NOTHING) {
            if (serving) {
                replica.raiseHighWatermark(committed);
            } else {
                serving = true;
                replica.beginServing(committed);
            }
            putInForce();
        }
    }

    private long heldByQuorum() {
        int count = 0;
        for (int voter : set.voters()) {
            held[count++] = heldBy(voter);
        }
        Arrays.sort(held);
        return held[held.length - replica.rules.commitQuorum(set, replica.minInsyncReplicas())];
    }

    private long heldBy(int voter) {
        if (voter == replica.self) {
            return synced ? logEnd : NOTHING;
        }
        Follower follower = followers.get(voter);
        return follower != null && follower.acknowledges() ? follower.offset() : NOTHING;
    }

    // replica set

    /** Acts on the next set, once the present one is in force in this epoch. */
    @Override
    void setChanged() {
        ReplicaSet next = replica.set();
        if (next.version() > set.version() + 1) {
            // Somebody has put the one between in force: there is a leader after this one.
            replica.stepDown(replica.heard());
        } else if (next.version() > set.version() && replica.rules.mayChangeSet(inForce)) {
            if (!next.isNextOf(set)) {
                throw new IllegalArgumentException("from " + set + " to " + next + " is more than one replica");
            }
            inForce = false;
            setConfirmed = false;
            set = next;
            held = new long[set.size()];
            inForceFrom = replica.highWatermark();
            replica.persist(replica.state().withPromise(epoch, set.version()), this::adopted);
        }
    }

    private void adopted() {
        if (replica.role() == this) {
            announce();
            confirmations.ask(set);
            advance();
            putInForce();
        }
    }

    /** No older set can elect or commit any more, and everything that it has committed is held by a quorum of this one. */
    private void putInForce() {
        setConfirmed = setConfirmed || confirmations.areFor(set);
        if (inForce || !setConfirmed || !serving || heldByQuorum() < inForceFrom || !replica.isDurable()) {
            return;
        }
        inForce = true;
        replica.emit(new ReplicaEffect.SetInForce(epoch, set));
        if (!set.has(replica.self)) {
            replica.stepDown(epoch);
        } else {
            setChanged();
        }
    }

    void handOver(List<Integer> order) {
        for (int node : order) {
            Follower follower = followers.get(node);
            if (set.has(node)
                    && follower != null
                    && follower.acknowledges()
                    && follower.offset() >= replica.highWatermark()) {
                replica.send(node, new ReplicaMessage.TakeOver(epoch));
                return;
            }
        }
    }

    // what others may know

    boolean hasHighWatermarkToSpread() {
        for (Follower follower : followers.values()) {
            if (follower.parked() != null && follower.parked().highWatermark() < replica.highWatermark()) {
                return true;
            }
        }
        return false;
    }

    List<ReplicaCore.Progress> progress() {
        return followers.entrySet().stream()
                .map(entry -> entry.getValue().progress(entry.getKey()))
                .toList();
    }
}
