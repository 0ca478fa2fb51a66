/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.actors.replication.simulation;

import io.sluice.actors.replication.ReplicaEffect;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Knows what was committed, and who led. */
final class Oracle {
    /** A term: with what log it began, and what its clients saw. */
    private static final class Term {
        final SimulatedRecord last;
        final long start;
        long lowest = Long.MAX_VALUE;
        long highest = -1;

        Term(SimulatedRecord last, long start) {
            this.last = last;
            this.start = start;
        }
    }

    private final boolean mayLose;
    private final TreeMap<Integer, Term> terms = new TreeMap<>();
    private final List<SimulatedRecord> committed = new ArrayList<>();
    private final List<Integer> committedIn = new ArrayList<>();
    private boolean unclean;

    /** @param mayLose more replicas are damaged than the protocol can stand */
    Oracle(boolean mayLose) {
        this.mayLose = mayLose;
    }

    long size() {
        return committed.size();
    }

    void unclean(ReplicaEffect.UncleanElection election) {
        Violation.unless(mayLose, "%s though a majority is whole", election);
        unclean = true;
    }

    void bootstrap(ReplicaEffect.Bootstrap bootstrap) {
        Violation.unless(mayLose, "%s though a majority is whole", bootstrap);
        unclean = true;
    }

    /** The newest epoch whose clients have seen anything; -1 if there is none. */
    int newest() {
        Map.Entry<Integer, Term> last = terms.lastEntry();
        while (last != null && last.getValue().highest < 0) {
            last = terms.lowerEntry(last.getKey());
        }
        return last == null ? -1 : last.getKey();
    }

    /** A leader believes that its epoch was the newest when it asked. */
    void stands(int epoch, int newestWhenAsked) {
        Violation.unless(
                mayLose || newestWhenAsked <= epoch,
                "epoch %d was said to stand, but clients of epoch %d had read",
                epoch,
                newestWhenAsked);
    }

    /** One leader an epoch, and it has everything that was committed before. */
    void elected(SimulatedNode node, ReplicaEffect.BecomeLeader leader) {
        long start = leader.startOffset();
        Violation.unless(start == node.log.endOffset(), "%s starts at %d", node, start);
        if (unclean) {
            rebase(node);
        }
        Term other = terms.put(leader.epoch(), new Term(node.log.last(), start));
        Violation.unless(other == null, "two leaders of epoch %d", leader.epoch());
        for (int i = committed.size() - 1; i >= 0; i--) {
            if (committedIn.get(i) < leader.epoch()) {
                SimulatedRecord record = committed.get(i);
                Violation.unless(
                        node.log.has(record),
                        "committed record %s (by epoch %d) is not in the log of %d, which leads epoch %d",
                        record,
                        committedIn.get(i),
                        node.id,
                        leader.epoch());
                break;
            }
        }
    }

    /** From here on what the unclean leader has is what there is. */
    private void rebase(SimulatedNode node) {
        unclean = false;
        while (!committed.isEmpty() && !node.log.has(committed.get(committed.size() - 1))) {
            committed.remove(committed.size() - 1);
            committedIn.remove(committedIn.size() - 1);
        }
        terms.values().forEach(term -> {
            term.lowest = Long.MAX_VALUE;
            term.highest = -1;
        });
    }

    void committed(SimulatedNode node, long highWatermark) {
        if (node.leads >= 0) {
            committedByLeader(node, highWatermark);
        } else if (!mayLose) {
            Violation.unless(highWatermark <= committed.size(), "%s was told %d", node, highWatermark);
            compare(node, highWatermark);
        }
    }

    private void committedByLeader(SimulatedNode node, long highWatermark) {
        int epoch = node.leads;
        if (unclean) {
            rebase(node);
            terms.tailMap(epoch, false).clear();
        }
        Violation.unless(highWatermark <= node.log.endOffset(), "%s commits up to %d", node, highWatermark);
        compare(node, Math.min(highWatermark, committed.size()));
        long known = committed.size();
        Violation.unless(highWatermark <= known || node.log.startOffset() <= known, "%s hides records", node);
        for (long offset = known; offset < highWatermark; offset++) {
            committed.add(node.log.get(offset));
            committedIn.add(epoch);
        }
        if (highWatermark > known) {
            laterLeadersHave(epoch, committed.get((int) highWatermark - 1));
        }
        showToClients(epoch, highWatermark);
    }

    private void compare(SimulatedNode node, long end) {
        if (end > node.log.startOffset() && end <= node.log.endOffset() && end > 0) {
            SimulatedRecord expected = committed.get((int) end - 1);
            SimulatedRecord actual = node.log.get(end - 1);
            Violation.unless(actual == expected, "%d takes %s for committed, but %s is", node.id, actual, expected);
        }
    }

    private void laterLeadersHave(int epoch, SimulatedRecord record) {
        for (Map.Entry<Integer, Term> later : terms.tailMap(epoch, false).entrySet()) {
            SimulatedRecord last = later.getValue().last;
            SimulatedRecord known = last == null ? null : last.at(record.offset);
            Violation.unless(
                    record.offset < later.getValue().start && (known == null || known == record),
                    "epoch %d commits %s, which epoch %d does not have",
                    epoch,
                    record,
                    later.getKey());
        }
    }

    /** A client goes from leader to leader, never to an older one. */
    private void showToClients(int epoch, long highWatermark) {
        Term term = terms.get(epoch);
        Violation.unless(highWatermark >= term.highest, "the high watermark of epoch %d goes back", epoch);
        term.highest = highWatermark;
        term.lowest = Math.min(term.lowest, highWatermark);
        Map.Entry<Integer, Term> before = terms.lowerEntry(epoch);
        while (before != null && before.getValue().highest < 0) {
            before = terms.lowerEntry(before.getKey());
        }
        Violation.unless(
                before == null || before.getValue().highest <= term.lowest,
                "the high watermark goes back from %d to %d in epoch %d",
                before == null ? 0 : before.getValue().highest,
                term.lowest,
                epoch);
        Map.Entry<Integer, Term> after = terms.higherEntry(epoch);
        while (after != null && after.getValue().lowest == Long.MAX_VALUE) {
            after = terms.higherEntry(after.getKey());
        }
        Violation.unless(
                after == null || after.getValue().lowest >= highWatermark,
                "epoch %d shows %d after a later one has shown less",
                epoch,
                highWatermark);
    }
}
