/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.actors.replication;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Decides who leads a partition and what is committed, for one replica: message in, effects out, without an actor, a clock, a
 * disk or a network.
 *
 * <pre>
 *            campaign                 majority of promises
 *   BLANK ----------+---> CANDIDATE -----------------------> LEADER
 *   FOLLOWER -------+         |                                 |
 *      ^                      | a higher epoch                  | a higher epoch
 *      +----------------------+---------------------------------+
 * </pre>
 *
 * <ul>
 *   <li>BLANK: has never promised anything. Goes to CANDIDATE by {@link #campaign}, to FOLLOWER by a Prepare.
 *   <li>FOLLOWER: has promised somebody. Goes to CANDIDATE by {@link #campaign}.
 *   <li>CANDIDATE: has promised itself and asks the others. Goes to LEADER with a majority, to FOLLOWER by a higher epoch.
 *   <li>LEADER: owns its epoch. Goes to FOLLOWER by a higher epoch.
 * </ul>
 *
 * <p>A candidate's epoch is one above everything it has promised, so each start of a partition has an epoch of its own. The high
 * watermark is the largest offset that w replicas with {@code synced} = epoch hold, w = max(majority, {@code min.insync.replicas}).
 *
 * <p>This class is not thread-safe: its partition's actor owns it.
 */
public final class ReplicaCore {
    /** Where a replica stands; see the class. */
    public enum Role {
        BLANK,
        FOLLOWER,
        CANDIDATE,
        LEADER
    }

    private final int self;
    private final int[] replicas;
    private final int majority;
    private final int commitQuorum;
    private final Map<Integer, ReplicaMessage.Promise> promises = new HashMap<>();
    private final long[] held;

    private Role role;
    private ReplicaState state;
    private ReplicaState persisting;
    private int candidateEpoch;
    private long epochStart;
    private long logEnd;
    private long highWatermark;

    /**
     * A replica as its store remembers it.
     *
     * @param self broker id of this replica
     * @param replicas broker ids of all of them
     * @param minInsyncReplicas {@code min.insync.replicas}
     */
    public ReplicaCore(int self, List<Integer> replicas, int minInsyncReplicas, ReplicaState remembered) {
        if (!replicas.contains(self)) {
            throw new IllegalArgumentException("broker " + self + " is not among the replicas " + replicas);
        }
        this.self = self;
        this.replicas = replicas.stream().mapToInt(Integer::intValue).toArray();
        this.majority = replicas.size() / 2 + 1;
        this.commitQuorum = Math.min(replicas.size(), Math.max(majority, minInsyncReplicas));
        this.held = new long[this.replicas.length];
        this.state = remembered;
        this.role = remembered.promised() < 0 ? Role.BLANK : Role.FOLLOWER;
    }

    public Role role() {
        return role;
    }

    public ReplicaState state() {
        return state;
    }

    /** Offsets below it are committed. */
    public long highWatermark() {
        return highWatermark;
    }

    /**
     * Sharding has chosen this replica: try to lead.
     *
     * @param currentLogEnd the end of its own log
     */
    public List<ReplicaEffect> campaign(long currentLogEnd) {
        logEnd = currentLogEnd;
        candidateEpoch = state.promised() + 1;
        role = Role.CANDIDATE;
        promises.clear();
        // Alone, the own promise decides: promise and sync are one write.
        int synced = majority == 1 ? candidateEpoch : state.synced();
        return List.of(persist(new ReplicaState(candidateEpoch, synced)));
    }

    /** The state of the last {@link ReplicaEffect.Persist} is on disk. */
    public List<ReplicaEffect> persisted(ReplicaState durable) {
        if (!durable.equals(persisting)) {
            return List.of();
        }
        int syncedBefore = state.synced();
        state = durable;
        persisting = null;
        if (role != Role.CANDIDATE || durable.promised() != candidateEpoch) {
            return List.of();
        }
        List<ReplicaEffect> effects = new ArrayList<>();
        promises.put(self, new ReplicaMessage.Promise(candidateEpoch, syncedBefore, logEnd));
        for (int replica : replicas) {
            if (replica != self) {
                effects.add(new ReplicaEffect.Send(replica, new ReplicaMessage.Prepare(candidateEpoch)));
            }
        }
        electIfMajority(effects);
        return effects;
    }

    /** A message from another replica. */
    public List<ReplicaEffect> receive(int from, ReplicaMessage message) {
        if (message instanceof ReplicaMessage.Fetch fetch) {
            return onFetch(from, fetch);
        } else if (message instanceof ReplicaMessage.Prepare prepare) {
            return onPrepare(from, prepare);
        } else if (message instanceof ReplicaMessage.Promise promise) {
            return onPromise(from, promise);
        } else {
            return onRefuse((ReplicaMessage.Refuse) message);
        }
    }

    /**
     * The leader's own log has grown.
     *
     * @return the high watermark
     */
    public long appended(long newLogEnd) {
        logEnd = newLogEnd;
        hold(self, newLogEnd);
        return advance();
    }

    private List<ReplicaEffect> onPrepare(int from, ReplicaMessage.Prepare prepare) {
        if (prepare.epoch() <= promisedOrPromising()) {
            return List.of(new ReplicaEffect.Send(from, new ReplicaMessage.Refuse(promisedOrPromising())));
        }
        List<ReplicaEffect> effects = new ArrayList<>();
        if (role == Role.LEADER || role == Role.CANDIDATE) {
            effects.add(new ReplicaEffect.StepDown(prepare.epoch()));
        }
        role = Role.FOLLOWER;
        effects.add(persist(new ReplicaState(prepare.epoch(), state.synced())));
        effects.add(new ReplicaEffect.Send(from, new ReplicaMessage.Promise(prepare.epoch(), state.synced(), logEnd)));
        return effects;
    }

    private List<ReplicaEffect> onPromise(int from, ReplicaMessage.Promise promise) {
        if (role != Role.CANDIDATE || promise.epoch() != candidateEpoch || !isReplica(from)) {
            return List.of();
        }
        promises.put(from, promise);
        List<ReplicaEffect> effects = new ArrayList<>();
        electIfMajority(effects);
        return effects;
    }

    private List<ReplicaEffect> onRefuse(ReplicaMessage.Refuse refuse) {
        if (refuse.promised() < promisedOrPromising() || role == Role.FOLLOWER || role == Role.BLANK) {
            return List.of();
        }
        if (role == Role.LEADER && refuse.promised() == state.promised()) {
            return List.of();
        }
        role = Role.FOLLOWER;
        return List.of(new ReplicaEffect.StepDown(refuse.promised()));
    }

    private List<ReplicaEffect> onFetch(int from, ReplicaMessage.Fetch fetch) {
        if (role == Role.LEADER && fetch.epoch() == state.promised() && fetch.offset() >= epochStart) {
            hold(from, fetch.offset());
            advance();
        }
        return List.of();
    }

    private void electIfMajority(List<ReplicaEffect> effects) {
        if (promises.size() < majority || !promises.containsKey(self)) {
            return;
        }
        int best = self;
        for (Map.Entry<Integer, ReplicaMessage.Promise> entry : promises.entrySet()) {
            if (isAhead(entry.getValue(), promises.get(best))) {
                best = entry.getKey();
            }
        }
        if (best != self) {
            effects.add(new ReplicaEffect.CatchUp(
                    candidateEpoch, best, promises.get(best).logEnd()));
            return;
        }
        role = Role.LEADER;
        epochStart = logEnd;
        Arrays.fill(held, -1);
        if (majority > 1) {
            effects.add(persist(new ReplicaState(candidateEpoch, candidateEpoch)));
        }
        effects.add(new ReplicaEffect.Lead(candidateEpoch));
    }

    private static boolean isAhead(ReplicaMessage.Promise one, ReplicaMessage.Promise other) {
        return one.synced() != other.synced() ? one.synced() > other.synced() : one.logEnd() > other.logEnd();
    }

    private ReplicaEffect persist(ReplicaState next) {
        persisting = next;
        return new ReplicaEffect.Persist(next);
    }

    private int promisedOrPromising() {
        return persisting == null ? state.promised() : Math.max(state.promised(), persisting.promised());
    }

    private boolean isReplica(int broker) {
        return indexOf(broker) >= 0;
    }

    private int indexOf(int broker) {
        for (int i = 0; i < replicas.length; i++) {
            if (replicas[i] == broker) {
                return i;
            }
        }
        return -1;
    }

    private void hold(int broker, long offset) {
        int index = indexOf(broker);
        if (index >= 0 && offset > held[index]) {
            held[index] = offset;
        }
    }

    private long advance() {
        long committed = committedByQuorum();
        if (committed > highWatermark) {
            highWatermark = committed;
        }
        return highWatermark;
    }

    private long committedByQuorum() {
        if (held.length == 1) {
            return held[0];
        }
        long[] sorted = held.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length - commitQuorum];
    }
}
