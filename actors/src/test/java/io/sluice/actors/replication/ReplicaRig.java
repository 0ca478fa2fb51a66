/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.actors.replication;

import java.util.List;

/** Broker 1 as a replica, on whose behalf others send. */
final class ReplicaRig {
    static final int FLOOR = 1_000;
    static final ReplicaSet THREE = ReplicaSet.first(List.of(1, 2, 3));

    /** What the replica has in its log. */
    final ListLog log = new ListLog();

    ReplicaCore core(ReplicaSet set, int minInsync, ReplicaState remembered) {
        return core(set, minInsync, remembered, ReplicaOrigin.UNQUESTIONED);
    }

    ReplicaCore core(ReplicaSet set, int minInsync, ReplicaState remembered, ReplicaOrigin origin) {
        return new ReplicaCore(new ReplicaCore.Identity(1, 0, set, minInsync, origin), remembered, log);
    }

    /** Leader of epoch 0 with an empty log, synced. */
    ReplicaCore leader(int minInsync) {
        ReplicaCore core = core(THREE, minInsync, ReplicaState.BLANK);
        core.receive(2, promise(campaign(core, new ReplicaState(0, -1)), -1, 0));
        log.begin(0);
        core.persisted(new ReplicaState(0, 0));
        return core;
    }

    static ReplicaState state(int promised, int synced, int setVersion) {
        return new ReplicaState(promised, synced, setVersion, ReplicaState.NONE, ReplicaState.NONE);
    }

    /** Campaigns, and has the promise to itself written. */
    static ReplicaMessage.Prepare campaign(ReplicaCore core, ReplicaState promised) {
        core.campaign(FLOOR);
        return (ReplicaMessage.Prepare) sent(core.persisted(promised), 2);
    }

    static ReplicaMessage.Promise promise(ReplicaMessage.Prepare prepare, int synced, long logEnd) {
        return new ReplicaMessage.Promise(prepare.epoch(), prepare.number(), 50, synced, logEnd, false);
    }

    static ReplicaMessage.Fetch fetch(long number, long offset, boolean synced, boolean suspect) {
        return new ReplicaMessage.Fetch(
                0, 50, number, ReplicaMessage.Fetch.LEADER, offset, offset == 0 ? -1 : 0, synced, suspect, 0);
    }

    static ReplicaMessage sent(List<ReplicaEffect> effects, int to) {
        return effects.stream()
                .filter(effect -> effect instanceof ReplicaEffect.Send send && send.to() == to)
                .map(effect -> ((ReplicaEffect.Send) effect).message())
                .findFirst()
                .orElseThrow(() -> new AssertionError("nothing is sent to " + to + " by " + effects));
    }
}
