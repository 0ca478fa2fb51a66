/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.actors.replication.simulation;

import io.sluice.actors.replication.ReplicaCore;
import java.util.Comparator;
import java.util.List;

/**
 * After the trouble: everybody runs, every message arrives. Somebody is told to lead, as sharding would, and within a bounded number of rounds the
 * partition must commit a new record, all logs must be equal, nobody suspect, and then nobody may say anything any more.
 */
final class Peace {
    private static final int ROUNDS_MAX = 12;
    private static final int MESSAGES_A_ROUND_MAX = 4_000;

    private final Simulation simulation;
    private final List<SimulatedNode> nodes;
    private final Network network;

    Peace(Simulation simulation, List<SimulatedNode> nodes, Network network) {
        this.simulation = simulation;
        this.nodes = nodes;
        this.network = network;
    }

    void mustServe() {
        simulation.trace("----- peace");
        network.healForGood();
        nodes.forEach(node -> node.paused = false);
        nodes.forEach(simulation::startIfDown);
        // Connections broke while there was trouble, and whoever used one knows.
        nodes.forEach(simulation::retry);
        int appendedIn = -1;
        for (int round = 0; round < ROUNDS_MAX; round++) {
            nodes.forEach(simulation::learnSet);
            settle();
            SimulatedNode leader = leader();
            if (leader == null) {
                simulation.campaign(proposed());
            } else {
                if (appendedIn != leader.leads) {
                    appendedIn = leader.leads;
                    leader.append();
                }
                nodes.forEach(node -> simulation.follow(node, leader));
                settle();
                simulation.spread(leader);
            }
            settle();
            if (leader != null && isDone(leader, appendedIn)) {
                nodes.forEach(Peace::mustNotWait);
                return;
            }
            nodes.stream().filter(node -> node.core.awaitsAnswer()).forEach(simulation::retry);
        }
        throw new Violation(
                "after the faults have ended the partition does not serve again:\n" + simulation.describe());
    }

    private SimulatedNode leader() {
        return nodes.stream()
                .filter(simulation::leads)
                .max(Comparator.comparing(node -> node.leads))
                .orElse(null);
    }

    private SimulatedNode proposed() {
        List<Integer> voters = simulation.newest().voters();
        return nodes.get(voters.get(simulation.random(voters.size())));
    }

    private boolean isDone(SimulatedNode leader, int appendedIn) {
        long end = leader.log.endOffset();
        return leader.leads == appendedIn
                && simulation.oracle.size() == end
                && simulation.inForce() == simulation.newest().version()
                && nodes.stream()
                        .allMatch(node -> node.log.endOffset() == end
                                && (end == node.log.startOffset() || node.log.last() == leader.log.last())
                                && node.core.highWatermark() == end
                                && !node.core.isSuspect());
    }

    private static void mustNotWait(SimulatedNode node) {
        boolean leads = node.core.role() == ReplicaCore.Role.LEADER;
        boolean follows = node.core.role() == ReplicaCore.Role.FOLLOWER;
        Violation.unless(leads || follows, "%s does nothing", node);
        Violation.unless(!node.core.awaitsAnswer(), "%s is not at rest", node);
    }

    /** Everything that is under way arrives. It must come to an end: an idle partition costs no message. */
    private void settle() {
        for (int i = 0; i < MESSAGES_A_ROUND_MAX; i++) {
            boolean idle = network.isEmpty();
            if (!idle) {
                simulation.deliver(network.takeOldest());
            }
            for (SimulatedNode node : nodes) {
                if (node.isWriting()) {
                    node.persistOne();
                    idle = false;
                }
            }
            if (idle) {
                return;
            }
        }
        throw new Violation("the replicas never come to rest:\n" + simulation.describe());
    }
}
