/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.actors.replication;

import java.util.List;

/**
 * The replicas that elect and commit, as the metadata has them.
 *
 * @param version rises by one with every change; each change adds or removes one replica
 * @param voters broker ids, the preferred leader first. Whoever else follows has no vote
 */
public record ReplicaSet(int version, List<Integer> voters) {
    public ReplicaSet {
        voters = List.copyOf(voters);
        if (voters.isEmpty() || voters.stream().distinct().count() != voters.size()) {
            throw new IllegalArgumentException("a replica set of " + voters);
        }
    }

    /** The first set of a partition. */
    public static ReplicaSet first(List<Integer> voters) {
        return new ReplicaSet(0, voters);
    }

    int size() {
        return voters.size();
    }

    int majority() {
        return voters.size() / 2 + 1;
    }

    boolean has(int node) {
        return voters.contains(node);
    }

    /** Whether majorities of both sets always share a replica and nothing lies between them. */
    boolean isNextOf(ReplicaSet before) {
        long added = voters.stream().filter(node -> !before.has(node)).count();
        long removed = before.voters.stream().filter(node -> !has(node)).count();
        return version == before.version + 1 && added + removed <= 1;
    }
}
