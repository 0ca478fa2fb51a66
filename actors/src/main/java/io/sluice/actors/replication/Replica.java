/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.actors.replication;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/** What all roles of a replica share: its memory, its log, what it wants done. */
final class Replica {
    /** A state that is on its way to the disk, and what waits for it. */
    private record Pending(ReplicaState state, List<Runnable> then) {}

    final int self;
    final long session;
    final ReplicaRules rules;
    final ReplicaLog log;

    private final ReplicaOrigin origin;
    private final Deque<Pending> pending = new ArrayDeque<>();
    private List<ReplicaEffect> effects = new ArrayList<>();
    private ReplicaState state;
    private ReplicaRole role = new WaitingRole(this);
    private ReplicaSet set;
    private boolean suspect;
    private int heard;
    private int minInsyncReplicas;
    private long highWatermark;
    private long lastNumber;

    Replica(ReplicaCore.Identity identity, ReplicaState remembered, ReplicaLog log, ReplicaRules rules) {
        this.self = identity.self();
        this.session = identity.session();
        this.lastNumber = identity.session();
        this.set = identity.set();
        this.minInsyncReplicas = identity.minInsyncReplicas();
        this.origin = identity.origin();
        this.rules = rules;
        this.log = log;
        this.suspect = !rules.trusts(origin, remembered, log.endOffset() == 0);
        // An epoch is only ever written behind all that the epoch's leader had before it.
        int written = log.epochAt(log.endOffset());
        this.state = remembered.withPromise(written, remembered.setVersion()).withSynced(written);
        this.heard = state.promised();
        this.highWatermark = log.startOffset();
    }

    // memory

    ReplicaState state() {
        return state;
    }

    boolean isSuspect() {
        return suspect;
    }

    /** Takes effect with the next state that is persisted. */
    void trustAgain() {
        if (suspect) {
            suspect = false;
            emit(new ReplicaEffect.Admitted(state.promised()));
        }
    }

    /** Remembers {@code next}; {@code then} runs once it is on disk. */
    void persist(ReplicaState next, Runnable then) {
        ReplicaState marked = suspect ? next : next.withMarks(origin.directory(), origin.boot());
        if (!marked.equals(state)) {
            state = marked;
            heard = Math.max(heard, state.promised());
            pending.add(new Pending(marked, new ArrayList<>()));
            emit(new ReplicaEffect.Persist(marked));
        }
        whenDurable(then);
    }

    /** Runs {@code then} once everything that is remembered by now is on disk. */
    void whenDurable(Runnable then) {
        if (pending.isEmpty()) {
            then.run();
        } else {
            pending.getLast().then().add(then);
        }
    }

    /** Each state holds what the ones before it say, so that the last one on disk answers for all of them. */
    void persisted(ReplicaState durable) {
        if (pending.stream().noneMatch(each -> each.state().equals(durable))) {
            return;
        }
        boolean last;
        do {
            Pending done = pending.remove();
            last = done.state().equals(durable);
            done.then().forEach(Runnable::run);
        } while (!last);
    }

    boolean isDurable() {
        return pending.isEmpty();
    }

    void persistAgain() {
        if (!pending.isEmpty()) {
            emit(new ReplicaEffect.Persist(pending.getLast().state()));
        }
    }

    /** The state of a replica that stops with its log forced to disk. */
    void persistStopped() {
        if (!suspect && !state.isBlank()) {
            ReplicaState stopped = state.withMarks(origin.directory(), ReplicaState.NONE);
            emit(new ReplicaEffect.Persist(stopped));
        }
    }

    /** The largest epoch that this replica knows of. */
    int heard() {
        return heard;
    }

    void hear(int epoch) {
        heard = Math.max(heard, epoch);
    }

    ReplicaSet set() {
        return set;
    }

    void know(ReplicaSet next) {
        set = next;
    }

    int minInsyncReplicas() {
        return minInsyncReplicas;
    }

    void requireInsync(int replicas) {
        minInsyncReplicas = replicas;
    }

    // log

    /** Epoch of the last record; -1 without any. */
    int lastEpoch() {
        long end = log.endOffset();
        return end > log.startOffset() ? log.epochAt(end - 1) : -1;
    }

    long highWatermark() {
        return highWatermark;
    }

    void raiseHighWatermark(long offset) {
        if (offset > highWatermark) {
            highWatermark = offset;
            emit(new ReplicaEffect.HighWatermark(offset));
        }
    }

    /** A leader's first: told even if it is the one known before. */
    void beginServing(long offset) {
        highWatermark = Math.max(highWatermark, offset);
        emit(new ReplicaEffect.HighWatermark(highWatermark));
    }

    void truncateTo(long offset) {
        log.truncateTo(offset);
        highWatermark = Math.min(highWatermark, log.endOffset());
    }

    void restartAt(long offset) {
        log.restartAt(offset);
        highWatermark = log.startOffset();
    }

    // role

    ReplicaRole role() {
        return role;
    }

    void become(ReplicaRole next) {
        role.leave();
        role = next;
        next.enter();
    }

    /** Stops leading, campaigning or following for an epoch that was heard of. */
    void stepDown(int epoch) {
        hear(epoch);
        if (role.isActive()) {
            emit(new ReplicaEffect.StepDown(epoch));
        }
        become(new WaitingRole(this));
    }

    // what it wants done

    long nextNumber() {
        return ++lastNumber;
    }

    void send(int to, ReplicaMessage message) {
        emit(new ReplicaEffect.Send(to, message));
    }

    void refuse(int to) {
        send(to, new ReplicaMessage.Refuse(state.promised(), state.setVersion()));
    }

    void emit(ReplicaEffect effect) {
        effects.add(effect);
    }

    List<ReplicaEffect> takeEffects() {
        if (effects.isEmpty()) {
            return List.of();
        }
        List<ReplicaEffect> taken = effects;
        effects = new ArrayList<>();
        return taken;
    }
}
