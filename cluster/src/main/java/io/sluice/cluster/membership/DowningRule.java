/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.cluster.membership;

import io.sluice.cluster.membership.GoneVotes.Process;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * Who is declared dead: whomever a majority of the voters sees no more; and a node that sees no majority of them stops itself, for the others
 * go on without it. Two nodes that decide differently for a moment do no harm: replicas decide who leads by epochs and majorities.
 *
 * <ul>
 *   <li>A vote counts only from a voter that this node itself sees: one that it can't hear can't have taken its vote back either.
 *   <li>A voter that was never there, or has left by itself, is not lost: a cluster that starts or is stopped node by node stops
 *       nobody. It is lost when it is a member and is not seen.
 * </ul>
 *
 * <p>Pure: time is given. This class is not thread-safe.
 */
final class DowningRule {
    private final int self;
    private final Set<Integer> voters;
    private final long graceMs;
    private final Map<Integer, Set<Process>> votes = new HashMap<>();
    private long lostSinceMs = -1;

    /** @param graceMs without a majority for so long, this node stops itself */
    DowningRule(int self, Collection<Integer> voters, long graceMs) {
        this.self = self;
        this.voters = Set.copyOf(voters);
        this.graceMs = graceMs;
    }

    int self() {
        return self;
    }

    boolean isVoter() {
        return voters.contains(self);
    }

    int majority() {
        return voters.size() / 2 + 1;
    }

    /** What another voter sees. */
    void voted(int voter, Set<Process> gone) {
        if (voters.contains(voter) && voter != self) {
            votes.put(voter, Set.copyOf(gone));
        }
    }

    /**
     * Those who are to be declared dead.
     *
     * @param members without those that are declared dead already
     * @param gone those of them whom this node sees no more
     */
    Set<Process> dead(Set<Process> members, Set<Process> gone) {
        Map<Process, Integer> count = new HashMap<>();
        if (isVoter()) {
            gone.forEach(process -> count.merge(process, 1, Integer::sum));
        }
        for (Process member : members) {
            if (!gone.contains(member)) {
                votes.getOrDefault(member.broker(), Set.of()).forEach(process -> count.merge(process, 1, Integer::sum));
            }
        }
        Set<Process> dead = new HashSet<>();
        for (Process member : members) {
            if (member.broker() != self && count.getOrDefault(member, 0) >= majority()) {
                dead.add(member);
            }
        }
        return dead;
    }

    /** How many of the voters this node sees, itself included. */
    int votersSeen(Set<Process> members, Set<Process> gone) {
        int seen = isVoter() ? 1 : 0;
        for (Process member : members) {
            if (member.broker() != self && voters.contains(member.broker()) && !gone.contains(member)) {
                seen++;
            }
        }
        return seen;
    }

    /** Whether this node has been without a majority for too long. */
    boolean isCutOff(Set<Process> members, Set<Process> gone, long nowMs) {
        boolean lost = gone.stream().anyMatch(process -> members.contains(process) && voters.contains(process.broker()))
                && votersSeen(members, gone) < majority();
        if (!lost) {
            lostSinceMs = -1;
            return false;
        }
        lostSinceMs = lostSinceMs < 0 ? nowMs : lostSinceMs;
        return nowMs - lostSinceMs >= graceMs;
    }
}
