/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.actors.replication;

import java.util.HashMap;
import java.util.Map;
import java.util.Objects;

/** Who has confirmed a leader's epoch, when (in the leader's numbers), for which version of the set. */
final class Confirmations {
    private record Confirmation(long number, int setVersion, long session, boolean suspect) {}

    private final Replica replica;
    private final int epoch;
    private final Map<Integer, Confirmation> last = new HashMap<>();

    /** In which session a suspect replica was found to know all that it has promised. */
    private final Map<Integer, Long> cleared = new HashMap<>();

    Confirmations(Replica replica, int epoch) {
        this.replica = replica;
        this.epoch = epoch;
    }

    /** Asks all voters; the answers tell about the time after this. */
    long ask(ReplicaSet set) {
        long number = replica.nextNumber();
        for (int voter : set.voters()) {
            if (voter != replica.self) {
                replica.send(voter, new ReplicaMessage.Confirm(epoch, number, set.version()));
            }
        }
        return number;
    }

    void add(int from, ReplicaMessage.Confirmed answer) {
        Confirmation before = last.get(from);
        if (before == null || answer.number() > before.number()) {
            last.put(from, new Confirmation(answer.number(), answer.setVersion(), answer.session(), answer.suspect()));
        }
    }

    /** Whether the epoch stands with a majority of trusted voters, or with all of them, asked at {@code number} or later on behalf of {@code whose}. */
    boolean stands(ReplicaSet set, long number, int whose) {
        int trusted = 0;
        int all = 0;
        for (int voter : set.voters()) {
            if (voter == replica.self) {
                trusted += replica.isSuspect() ? 0 : 1;
                all++;
                continue;
            }
            Confirmation confirmation = last.get(voter);
            boolean confirmed = confirmation != null && confirmation.number() >= number;
            trusted += confirmed && !confirmation.suspect() ? 1 : 0;
            all += confirmed || voter == whose ? 1 : 0;
        }
        return replica.rules.stands(set, trusted, all);
    }

    /**
     * Whether a later epoch may have come and gone unseen: its majority would be among those who have confirmed and whose memory can't be trusted, or who is about
     * to be trusted again.
     */
    boolean mayHideAnEpoch(ReplicaSet set, long number, int whose) {
        int forgetful = 0;
        for (int voter : set.voters()) {
            Confirmation confirmation = last.get(voter);
            boolean suspect = confirmation != null
                    && confirmation.number() >= number
                    && confirmation.suspect()
                    && !Objects.equals(cleared.get(voter), confirmation.session());
            forgetful += suspect || voter == whose ? 1 : 0;
        }
        return forgetful >= set.majority();
    }

    /** The epoch has stood since that session began, in which the replica forgets nothing. */
    void clear(int node, long session) {
        cleared.put(node, session);
    }

    /** Whether a majority of trusted voters helps no set older than this one. */
    boolean areFor(ReplicaSet set) {
        int trusted = 0;
        for (int voter : set.voters()) {
            Confirmation confirmation = last.get(voter);
            boolean self = voter == replica.self && !replica.isSuspect();
            boolean confirmed =
                    confirmation != null && !confirmation.suspect() && confirmation.setVersion() >= set.version();
            trusted += self || confirmed ? 1 : 0;
        }
        return trusted >= set.majority();
    }
}
