/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.cluster.membership;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * Which of several nodes that wait begins the cluster. A voter may as soon as a majority of the voters support it; each supports one at a
 * time, the first by number of those that it hears once it hears a majority, and changes its mind only after a while, with a pause in between. So no two nodes
 * begin clusters at the same time, no node does alone, and it does not matter which of the voters are there.
 *
 * <p>Pure: time is given. This class is not thread-safe.
 */
final class FormationRule {
    /** Whoever was not heard for so long is not there. */
    private static final long HEARD_MS = 1_500;

    /** A support is kept for so long. */
    private static final long SUPPORT_MS = 6_000;

    /** Between two supports there is none for so long: who has begun on the strength of the first has been heard of by then. */
    private static final long GAP_MS = 3_000;

    private record Heard(long atMs, int supports) {}

    private final int self;
    private final List<Integer> voters;
    private final Map<Integer, Heard> heard = new HashMap<>();
    private int supported = -1;
    private long supportedAtMs;
    private long freeAtMs;

    FormationRule(int self, List<Integer> voters) {
        this.self = self;
        this.voters = List.copyOf(voters);
    }

    /** Another node waits too. */
    void waits(int broker, int supports, long nowMs) {
        heard.put(broker, new Heard(nowMs, supports));
    }

    /** Another node is there; whom it supports it has not said. */
    void isThere(int broker, long nowMs) {
        Heard before = heard.get(broker);
        heard.put(broker, new Heard(nowMs, before == null ? -1 : before.supports()));
    }

    /** Whom this node supports; -1 if it has not decided. */
    int supports(long nowMs) {
        if (supported != -1 && nowMs - supportedAtMs < SUPPORT_MS) {
            return supported;
        }
        int first = first(nowMs);
        if (supported != -1 && first != supported) {
            supported = -1;
            freeAtMs = nowMs + GAP_MS;
        }
        if (nowMs >= freeAtMs) {
            supported = first;
            supportedAtMs = nowMs;
        }
        return supported;
    }

    /** The first voter of those that are there, if they are a majority; else -1. */
    private int first(long nowMs) {
        TreeSet<Integer> there = new TreeSet<>();
        for (int voter : voters) {
            if (voter == self || isHeard(voter, nowMs)) {
                there.add(voter);
            }
        }
        return there.size() >= majority() ? there.first() : -1;
    }

    /** Whether this node is to begin the cluster. */
    boolean mayForm(long nowMs) {
        if (!voters.contains(self) || supports(nowMs) != self) {
            return false;
        }
        long supporters = 1
                + voters.stream()
                        .filter(voter -> voter != self
                                && isHeard(voter, nowMs)
                                && heard.get(voter).supports() == self)
                        .count();
        return supporters >= majority();
    }

    private boolean isHeard(int voter, long nowMs) {
        Heard last = heard.get(voter);
        return last != null && nowMs - last.atMs() < HEARD_MS;
    }

    private int majority() {
        return voters.size() / 2 + 1;
    }
}
