/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.actors.replication.simulation;

import io.sluice.actors.replication.Mistake;
import io.sluice.actors.replication.ReplicaCore;
import io.sluice.actors.replication.ReplicaEffect;
import io.sluice.actors.replication.ReplicaMessage;
import io.sluice.actors.replication.ReplicaOrigin;
import io.sluice.actors.replication.ReplicaSet;
import io.sluice.actors.replication.ReplicaState;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.UUID;

/** A replica with its disk, and the part of an actor: it performs what the core wants done. */
final class SimulatedNode {
    private static final int NUMBERS_A_SESSION = 1 << 20;

    final int id;
    private final Simulation simulation;
    private final boolean original;

    // disk
    ReplicaState onDisk = ReplicaState.BLANK;
    SimulatedLog log = new SimulatedLog();
    private final Deque<ReplicaState> writing = new ArrayDeque<>();
    private int directory;
    private int boot;
    /** Nothing of the log or the state was lost since the node was last known to have it all. */
    boolean whole;

    // process
    ReplicaCore core;
    boolean paused;
    private int starts;
    private List<SimulatedRecord> fetched = List.of();
    private boolean writes;
    private boolean takesOver;
    /** The epoch of a candidacy whose set the metadata has confirmed; -1 without. */
    int confirmedEpoch = -1;
    /** The epoch that it leads, or -1. */
    int leads = -1;

    /** The newest epoch that had committed something when the leader last asked whether its own stands. */
    private int newestWhenAsked;

    /** What the metadata on this node says. */
    ReplicaSet knownSet;

    /** The largest epoch that it has promised to somebody since it was last wiped. */
    private int promisedToOthers = -1;

    /** What it has acknowledged in the epoch {@code acknowledgedIn}. */
    private long acknowledged;

    private int acknowledgedIn = -1;

    SimulatedNode(Simulation simulation, int id, boolean original) {
        this.simulation = simulation;
        this.id = id;
        this.original = original;
        this.whole = original;
    }

    boolean isUp() {
        return core != null;
    }

    boolean runs() {
        return core != null && !paused;
    }

    void start(ReplicaSet set, int minInsyncReplicas, Mistake mistake) {
        starts++;
        knownSet = set;
        ReplicaOrigin origin = new ReplicaOrigin(directoryId(), bootId(), original && directory == 0, false);
        ReplicaCore.Identity identity = new ReplicaCore.Identity(
                id, (long) (starts * 100 + id) * NUMBERS_A_SESSION, set, minInsyncReplicas, origin);
        core = mistake.core(identity, mistake.remembered(onDisk), log);
        fetched = List.of();
        perform(core.start());
    }

    private UUID directoryId() {
        return new UUID(id + 1, directory + 1);
    }

    private UUID bootId() {
        return new UUID(-id - 1, boot + 1);
    }

    // faults

    /** The process is killed; what it wrote stays in the page cache. Some of the states on their way to the disk arrive. */
    void kill(int arrived) {
        for (int i = 0; i < arrived && !writing.isEmpty(); i++) {
            stored(writing.remove());
        }
        writing.clear();
        core = null;
        paused = false;
        writes = false;
        takesOver = false;
        leads = -1;
    }

    void losePower(int arrived, long keptEnd) {
        kill(arrived);
        log.tear(keptEnd);
        acknowledgedIn = -1;
        boot++;
        whole = false;
    }

    void wipe() {
        kill(0);
        log = new SimulatedLog();
        directory++;
        forget();
    }

    /** The state file alone is gone. */
    void wipeState() {
        kill(0);
        forget();
        directory++;
    }

    private void forget() {
        onDisk = ReplicaState.BLANK;
        promisedToOthers = -1;
        acknowledgedIn = -1;
        whole = false;
    }

    void stopCleanly() {
        log.force();
        perform(core.stop());
        kill(writing.size());
        boot++;
    }

    // disk

    boolean isWriting() {
        return !writing.isEmpty();
    }

    void persistOne() {
        ReplicaState state = writing.remove();
        stored(state);
        perform(core.persisted(state));
    }

    private void stored(ReplicaState state) {
        onDisk = state;
        boolean current = state.boot().equals(bootId()) || state.boot().equals(ReplicaState.NONE);
        if (state.directory().equals(directoryId()) && current) {
            whole = true;
        }
    }

    // what the core wants done

    void receive(Network.Envelope envelope) {
        fetched = envelope.records();
        long end = log.endOffset();
        boolean wonBefore = core.role() == ReplicaCore.Role.CATCHING_UP;
        perform(core.receive(envelope.from(), envelope.message()));
        simulation.census.cuts += log.endOffset() < end ? 1 : 0;
        simulation.census.catchUps += wonBefore && leads >= 0 ? 1 : 0;
    }

    void append() {
        SimulatedRecord record = new SimulatedRecord(leads, log.endOffset(), log.last());
        log.append(record);
        perform(core.appended(log.endOffset()));
    }

    void asks() {
        newestWhenAsked = simulation.oracle.newest();
        perform(core.confirmEpoch());
    }

    void perform(List<ReplicaEffect> effects) {
        for (ReplicaEffect effect : effects) {
            simulation.trace("        %d: %s", id, effect);
            perform(effect);
        }
        if (confirmedEpoch >= 0) {
            int epoch = confirmedEpoch;
            confirmedEpoch = -1;
            perform(core.setConfirmed(epoch));
        }
        if (takesOver) {
            takesOver = false;
            simulation.takeOver(this);
        }
        if (writes) {
            writes = false;
            fetched.stream().filter(record -> record.offset == log.endOffset()).forEach(log::append);
            fetched = List.of();
            perform(core.appended(log.endOffset()));
        }
        if (core != null && whole) {
            Violation.unless(
                    core.state().promised() >= promisedToOthers,
                    "%d has promised epoch %d, and now only knows of %s",
                    id,
                    promisedToOthers,
                    core.state());
            Violation.unless(
                    core.state().promised() != acknowledgedIn || log.endOffset() >= acknowledged,
                    "%d has acknowledged %d in epoch %d, and now only has %s",
                    id,
                    acknowledged,
                    acknowledgedIn,
                    log);
        }
    }

    private void perform(ReplicaEffect effect) {
        if (effect instanceof ReplicaEffect.Persist persist) {
            writing.add(persist.state());
        } else if (effect instanceof ReplicaEffect.Send send) {
            if (send.message() instanceof ReplicaMessage.Promise promise) {
                promisedToOthers = Math.max(promisedToOthers, promise.epoch());
            }
            if (send.message() instanceof ReplicaMessage.Fetch fetch && fetch.synced() && !fetch.suspect()) {
                acknowledged =
                        fetch.epoch() == acknowledgedIn ? Math.max(acknowledged, fetch.offset()) : fetch.offset();
                acknowledgedIn = fetch.epoch();
            }
            simulation.send(this, send);
        } else if (effect instanceof ReplicaEffect.WriteFetched) {
            writes = true;
        } else if (effect instanceof ReplicaEffect.BecomeLeader leader) {
            leads = leader.epoch();
            simulation.census.terms++;
            log.beginEpoch(leader.epoch());
            simulation.oracle.elected(this, leader);
        } else if (effect instanceof ReplicaEffect.EpochStands stands) {
            simulation.census.confirmations++;
            simulation.oracle.stands(stands.epoch(), newestWhenAsked);
        } else if (effect instanceof ReplicaEffect.TakesOver) {
            takesOver = true;
        } else if (effect instanceof ReplicaEffect.StepDown) {
            leads = -1;
        } else if (effect instanceof ReplicaEffect.HighWatermark highWatermark) {
            simulation.oracle.committed(this, highWatermark.offset());
        } else if (effect instanceof ReplicaEffect.UncleanElection unclean) {
            simulation.census.uncleanElections++;
            simulation.oracle.unclean(unclean);
        } else if (effect instanceof ReplicaEffect.ConfirmSet confirm) {
            simulation.confirmSet(this, confirm);
        } else if (effect instanceof ReplicaEffect.Admitted) {
            simulation.census.admissions++;
        } else if (effect instanceof ReplicaEffect.Bootstrap bootstrap) {
            simulation.oracle.bootstrap(bootstrap);
        } else if (effect instanceof ReplicaEffect.SetInForce inForce) {
            simulation.inForce(inForce.set());
        }
    }

    @Override
    public String toString() {
        return id + (core == null ? " down " + onDisk : " " + core.role() + " " + core.state()) + " log " + log
                + (whole ? "" : " not whole") + (paused ? " paused" : "");
    }
}
