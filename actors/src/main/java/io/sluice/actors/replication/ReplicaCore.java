/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.actors.replication;

import java.util.List;

/**
 * Decides who leads a partition and what is committed, for one replica: message in, effects out, without an actor, a clock, a
 * disk or a network. docs/replication.md has the protocol and why it is safe.
 *
 * <pre>
 *                 campaign              majority of promises           log taken over
 *    WAITING -------------> CANDIDATE ----------------------> CATCHING_UP -----------> LEADER
 *     ^  |  ^                  |  |    the own log is the best                           ^
 *     |  |  |                  |  +------------------------------------------------------+
 *     |  |  +------------------+--- a higher epoch, from everywhere
 *     |  | Leading
 *     |  v
 *    FOLLOWER
 * </pre>
 *
 * <ul>
 *   <li>WAITING: knows no leader; may have promised a candidate. To CANDIDATE by {@link #campaign}, to FOLLOWER by a leader's word.
 *   <li>CANDIDATE: has promised itself and asks the others. To LEADER or CATCHING_UP with a majority.
 *   <li>CATCHING_UP: has won, and makes the best log its own. To LEADER when it has it.
 *   <li>LEADER: owns its epoch. To WAITING by a higher one.
 *   <li>FOLLOWER: fetches, and acknowledges by fetching. To WAITING when its leader is gone, or a candidate asks for its promise.
 * </ul>
 *
 * <p>Besides its role a replica is trusted or suspect (its log or its memory may have lost something): a suspect one counts neither for elections
 * nor for commits until a leader re-admits it.
 *
 * <p><b>Driving it.</b> Perform the effects in order before the next call. Nothing here is repeated by itself: call {@link #retry} after a while as long as
 * {@link #awaitsAnswer}, and when a connection was lost. An idle partition has one fetch parked at the leader for each follower, and no message.
 *
 * <p>This class is not thread-safe: its partition's actor owns it.
 */
public final class ReplicaCore {
    /** Where a replica stands; see the class. */
    public enum Role {
        WAITING,
        FOLLOWER,
        CANDIDATE,
        CATCHING_UP,
        LEADER
    }

    /**
     * Who a replica is.
     *
     * @param self broker id
     * @param session different at every start; the numbers that follow it are the start's own (the clock's milliseconds times 2^20, say)
     * @param set the newest replica set that the metadata tells
     * @param minInsyncReplicas {@code min.insync.replicas}
     */
    public record Identity(int self, long session, ReplicaSet set, int minInsyncReplicas, ReplicaOrigin origin) {}

    /**
     * How far a replica is, as its leader knows from its last fetch.
     *
     * @param offset it has everything below
     * @param acknowledges what it has counts (if it has a vote)
     * @param suspect it has not been re-admitted yet
     */
    public record Progress(int node, long offset, boolean acknowledges, boolean suspect) {}

    private final Replica replica;
    private final Voting voting;

    /** A replica as its store remembers it. Call {@link #start} first. */
    public ReplicaCore(Identity identity, ReplicaState remembered, ReplicaLog log) {
        this(identity, remembered, log, new ReplicaRules());
    }

    ReplicaCore(Identity identity, ReplicaState remembered, ReplicaLog log, ReplicaRules rules) {
        replica = new Replica(identity, remembered, log, rules);
        voting = new Voting(replica);
    }

    public Role role() {
        return replica.role().name();
    }

    /** The newest state, which may be on its way to the disk still. */
    public ReplicaState state() {
        return replica.state();
    }

    public boolean isSuspect() {
        return replica.isSuspect();
    }

    /** Offsets below it are committed. A leader's clients may see it once {@link ReplicaEffect.HighWatermark} was told. */
    public long highWatermark() {
        return replica.highWatermark();
    }

    /** Whom this replica follows; -1 if nobody. */
    public int leader() {
        return replica.role() instanceof FollowerRole follower ? follower.leader() : -1;
    }

    /** Whether a follower waits for records that does not know the high watermark: {@link #spreadHighWatermark} some time. */
    public boolean hasHighWatermarkToSpread() {
        return replica.role() instanceof LeaderRole leader && leader.hasHighWatermarkToSpread();
    }

    /** The newest set that this replica knows; it may not act on it yet. */
    public ReplicaSet set() {
        return replica.set();
    }

    /** All who have fetched from this leader in its epoch, observers too; nobody if this replica does not lead. */
    public List<Progress> progress() {
        return replica.role() instanceof LeaderRole leader ? leader.progress() : List.of();
    }

    /** Before anything else: what the replica remembers says where its log is from now on. */
    public List<ReplicaEffect> start() {
        if (!replica.state().isBlank()) {
            replica.persist(replica.state(), () -> {});
        }
        return replica.takeEffects();
    }

    /**
     * Sharding has chosen this replica: try to lead. Each candidacy has an epoch of its own.
     *
     * @param uncleanFloor the epoch, or more, if a majority of the replicas has forgotten which ones there were: so that none comes again with
     *     other records. A number that rises with time, seconds for example
     */
    public List<ReplicaEffect> campaign(int uncleanFloor) {
        ReplicaSet set = replica.set();
        if (!set.has(replica.self)) {
            throw new IllegalStateException("broker " + replica.self + " has no vote in " + set);
        }
        if (replica.role().isActive()) {
            replica.stepDown(replica.heard());
        }
        if (set.version() < replica.state().setVersion()) {
            replica.emit(new ReplicaEffect.SetBehind(replica.state().setVersion()));
        } else {
            replica.become(new CandidateRole(replica, replica.heard() + 1, set, uncleanFloor));
        }
        return replica.takeEffects();
    }

    /** Another broker is to lead: stop leading, or trying to. */
    public List<ReplicaEffect> resign() {
        if (replica.role().isActive()) {
            replica.stepDown(replica.heard());
        }
        return replica.takeEffects();
    }

    /**
     * Asks another replica to lead: the first of {@code order} that has all that is committed, if there is one. This one leads on until the
     * other asks for promises, so the partition is without a leader for no longer than an election takes. May be called again.
     *
     * @param order broker ids; others are not asked
     */
    public List<ReplicaEffect> handOver(List<Integer> order) {
        if (replica.role() instanceof LeaderRole leader) {
            leader.handOver(order);
        }
        return replica.takeEffects();
    }

    /**
     * Asks the others whether this leader's epoch is the newest; {@link ReplicaEffect.EpochStands} is the answer, if there is one. Who asks again before
     * that has one answer to both, about the time of the second.
     */
    public List<ReplicaEffect> confirmEpoch() {
        if (replica.role() instanceof LeaderRole leader) {
            leader.confirmEpoch();
        }
        return replica.takeEffects();
    }

    /** Whether this replica follows and has all that it has been told is committed. */
    public boolean isCaughtUp() {
        return replica.role() instanceof FollowerRole follower && follower.isCaughtUp();
    }

    /**
     * Somebody else is said to lead {@code epoch}: ask it. Who leads or tries to goes on until the answer shows a higher epoch; who follows turns away
     * for a newer leader only, since what is said may be old.
     */
    public List<ReplicaEffect> follow(int leader, int epoch) {
        if (leader == replica.self) {
            return List.of();
        } else if (replica.role().isActive()) {
            replica.send(leader, new ReplicaMessage.Seek(replica.state().promised()));
        } else if (replica.role() instanceof FollowerRole follower) {
            if (epoch > follower.epoch()) {
                seek(leader);
                replica.emit(new ReplicaEffect.LeaderLost(follower.leader()));
            }
        } else {
            seek(leader);
        }
        return replica.takeEffects();
    }

    private void seek(int leader) {
        WaitingRole waiting = new WaitingRole(replica);
        replica.become(waiting);
        waiting.seek(leader);
    }

    /** A broker has left the cluster, or died: nothing is expected of it any more. */
    public List<ReplicaEffect> gone(int broker) {
        if (leader() == broker) {
            replica.become(new WaitingRole(replica));
            replica.emit(new ReplicaEffect.LeaderLost(broker));
        } else {
            replica.role().gone(broker);
        }
        return replica.takeEffects();
    }

    /** A message from another replica. */
    public List<ReplicaEffect> receive(int from, ReplicaMessage message) {
        ReplicaRole role = replica.role();
        if (message instanceof ReplicaMessage.Fetch fetch) {
            role.onFetch(from, fetch);
        } else if (message instanceof ReplicaMessage.Answer answer) {
            role.onAnswer(from, answer);
        } else if (message instanceof ReplicaMessage.Prepare prepare) {
            voting.onPrepare(from, prepare);
        } else if (message instanceof ReplicaMessage.Promise promise) {
            role.onPromise(from, promise);
        } else if (message instanceof ReplicaMessage.Leading leading) {
            voting.onLeading(from, leading);
        } else if (message instanceof ReplicaMessage.Confirm confirm) {
            voting.onConfirm(from, confirm);
        } else if (message instanceof ReplicaMessage.Confirmed confirmed) {
            role.onConfirmed(from, confirmed);
        } else if (message instanceof ReplicaMessage.TakeOver takeOver) {
            role.onTakeOver(from, takeOver);
        } else if (message instanceof ReplicaMessage.Seek seek) {
            role.onSeek(from, seek);
        } else {
            role.onRefuse(from, (ReplicaMessage.Refuse) message);
        }
        return replica.takeEffects();
    }

    /** The state of a {@link ReplicaEffect.Persist} is on disk, and so are those before it. */
    public List<ReplicaEffect> persisted(ReplicaState durable) {
        replica.persisted(durable);
        return replica.takeEffects();
    }

    /** The own log has grown: a leader's by its producers, another's by what it fetched. */
    public List<ReplicaEffect> appended(long logEnd) {
        replica.role().appended(logEnd);
        return replica.takeEffects();
    }

    /** Whether something is under way that may need {@link #retry}. A follower's fetch may rest at its leader for as long as nothing happens. */
    public boolean awaitsAnswer() {
        return !replica.isDurable() || replica.role().awaitsAnswer();
    }

    /** A message or a write may have got lost: do what has no answer again. */
    public List<ReplicaEffect> retry() {
        replica.persistAgain();
        replica.role().retry();
        return replica.takeEffects();
    }

    /** Tells followers of a high watermark that no record has carried to them; call it some time after the last append. */
    public List<ReplicaEffect> spreadHighWatermark() {
        if (replica.role() instanceof LeaderRole leader) {
            leader.spreadHighWatermark();
        }
        return replica.takeEffects();
    }

    /** The metadata has a newer replica set. */
    public List<ReplicaEffect> changeSet(ReplicaSet next) {
        if (next.version() > replica.set().version()) {
            replica.know(next);
            replica.role().setChanged();
        }
        return replica.takeEffects();
    }

    /** The metadata has no newer set than the one that {@link ReplicaEffect.ConfirmSet} of {@code epoch} has named. */
    public List<ReplicaEffect> setConfirmed(int epoch) {
        if (replica.role() instanceof CandidateRole candidate) {
            candidate.setConfirmed(epoch);
        }
        return replica.takeEffects();
    }

    /** {@code min.insync.replicas} has changed. */
    public List<ReplicaEffect> requireInsync(int replicas) {
        replica.requireInsync(replicas);
        if (replica.role() instanceof LeaderRole leader) {
            leader.advance();
        }
        return replica.takeEffects();
    }

    /** Everything in the log is forced to disk and nothing is written any more: persist that, and the replica will be trusted after a power loss. */
    public List<ReplicaEffect> stop() {
        replica.become(new WaitingRole(replica));
        replica.persistStopped();
        return replica.takeEffects();
    }
}
