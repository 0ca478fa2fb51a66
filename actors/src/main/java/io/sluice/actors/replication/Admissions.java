/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.actors.replication;

import java.util.HashMap;
import java.util.Map;

/**
 * Re-admits suspect replicas. One that lost its state may have promised a higher epoch to somebody; so the leader first makes sure, after the replica has
 * asked, that a majority of trusted replicas still stands by its epoch. One that lost records must have them again; so it must then reach what was the log's
 * end at that moment.
 */
final class Admissions {
    private static final long UNKNOWN = Long.MAX_VALUE;

    private static final class Admission {
        final long session;
        final long asked;
        long from = UNKNOWN;

        Admission(long session, long asked) {
            this.session = session;
            this.asked = asked;
        }
    }

    private final Replica replica;
    private final Confirmations confirmations;
    private final int epoch;
    private final Map<Integer, Admission> admissions = new HashMap<>();

    Admissions(Replica replica, Confirmations confirmations, int epoch) {
        this.replica = replica;
        this.epoch = epoch;
        this.confirmations = confirmations;
    }

    /** A suspect replica has fetched. */
    void request(int node, Follower follower, ReplicaSet set) {
        Admission admission = admissions.get(node);
        if (admission == null || admission.session != follower.session()) {
            admissions.put(node, new Admission(follower.session(), confirmations.ask(set)));
        }
        confirm(set);
    }

    /** An answer has come, or an append. */
    void confirm(ReplicaSet set) {
        admissions.forEach((node, admission) -> {
            if (admission.from == UNKNOWN && confirmations.stands(set, admission.asked, node)) {
                admission.from = replica.log.endOffset();
                if (confirmations.mayHideAnEpoch(set, admission.asked, node)) {
                    replica.emit(new ReplicaEffect.UncleanElection(epoch, replica.self, admission.from));
                }
                confirmations.clear(node, admission.session);
            }
        });
    }

    /** Whether the replica that sent the fetch may be trusted again. */
    boolean admits(int node, ReplicaMessage.Fetch fetch) {
        Admission admission = admissions.get(node);
        return admission != null
                && fetch.suspect()
                && fetch.synced()
                && admission.session == fetch.session()
                && fetch.offset() >= admission.from;
    }

    boolean areOpen() {
        return admissions.values().stream().anyMatch(admission -> admission.from == UNKNOWN);
    }

    /** Has a trusted fetch, so it needs no admission any more. */
    void done(int node) {
        admissions.remove(node);
    }
}
