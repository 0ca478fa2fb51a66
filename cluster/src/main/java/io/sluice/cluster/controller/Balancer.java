/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.cluster.controller;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Plans where replicas and leaders go: as even as can be, with as few moves as can be. Pure; knows partitions as lists of brokers, the leader first.
 *
 * <p>Even means, of the brokers that may have replicas: of each topic none has two replicas, or leads two partitions, more than another; and of all topics together the
 * same, as far as that goes without breaking the first. Each move makes something more even, so there is an end to it.
 */
final class Balancer {
    /** What a partition is to be. */
    record Move(int topic, int partition, List<Integer> to) {}

    private static final class Load {
        private final Map<Integer, Integer> replicas = new HashMap<>();
        private final Map<Integer, Integer> leaders = new HashMap<>();

        void count(List<Integer> partition, int by) {
            partition.forEach(broker -> replicas.merge(broker, by, Integer::sum));
            leaders.merge(partition.get(0), by, Integer::sum);
        }

        int replicas(int broker) {
            return replicas.getOrDefault(broker, 0);
        }

        int leaders(int broker) {
            return leaders.getOrDefault(broker, 0);
        }
    }

    private final List<List<List<Integer>>> topics = new ArrayList<>();
    private final List<Set<Integer>> fixed = new ArrayList<>();
    private final List<Load> loads = new ArrayList<>();
    private final Load total = new Load();
    private final Set<Integer> targets;
    private final Map<Long, Move> moves = new TreeMap<>();
    private final int movesMax;

    /**
     * @param targets brokers that may have replicas
     * @param movesMax partitions that may be moved now
     */
    Balancer(Set<Integer> targets, int movesMax) {
        this.targets = targets;
        this.movesMax = movesMax;
    }

    /**
     * The next topic.
     *
     * @param partitions the replicas of each, where they are or shall be
     * @param unmovable partitions that stay as they are
     */
    void add(List<List<Integer>> partitions, Set<Integer> unmovable) {
        Load load = new Load();
        for (List<Integer> partition : partitions) {
            load.count(partition, 1);
            total.count(partition, 1);
        }
        topics.add(new ArrayList<>(partitions));
        fixed.add(unmovable);
        loads.add(load);
    }

    List<Move> moves() {
        return List.copyOf(moves.values());
    }

    /** Moves replicas off these brokers, as far as there are others to take them. */
    void empty(Set<Integer> brokers) {
        for (int t = 0; t < topics.size(); t++) {
            for (int p = 0; p < topics.get(t).size() && hasRoom(); p++) {
                if (isMovable(t, p) && !Collections.disjoint(topics.get(t).get(p), brokers)) {
                    move(t, p, without(t, topics.get(t).get(p), brokers));
                }
            }
        }
    }

    private List<Integer> without(int t, List<Integer> partition, Set<Integer> brokers) {
        List<Integer> next = new ArrayList<>(partition);
        for (int i = 0; i < next.size(); i++) {
            if (brokers.contains(next.get(i))) {
                Integer target = targets.stream()
                        .filter(broker -> !next.contains(broker))
                        .min(byReplicas(t))
                        .orElse(null);
                if (target != null) {
                    next.set(i, target);
                }
            }
        }
        Integer leader =
                next.stream().filter(targets::contains).min(byLeaders(t)).orElse(null);
        if (leader != null && !next.get(0).equals(partition.get(0))) {
            Collections.swap(next, 0, next.indexOf(leader));
        }
        return next;
    }

    /** Gives the partitions of a topic more replicas, up to a factor, as far as there are brokers. */
    void widen(int t, int factor) {
        int size = Math.min(factor, targets.size());
        for (int p = 0; p < topics.get(t).size() && hasRoom(); p++) {
            if (isMovable(t, p) && topics.get(t).get(p).size() < size) {
                List<Integer> next = new ArrayList<>(topics.get(t).get(p));
                targets.stream()
                        .filter(broker -> !next.contains(broker))
                        .sorted(byReplicas(t))
                        .limit(size - next.size())
                        .toList()
                        .forEach(next::add);
                move(t, p, next);
            }
        }
    }

    /** Makes replicas even, then leaders. */
    void even() {
        for (int t = 0; t < topics.size(); t++) {
            while (hasRoom() && evenReplicas(t)) {
                // one move more
            }
        }
        while (hasRoom() && evenAllReplicas()) {
            // one move more
        }
        for (int t = 0; t < topics.size(); t++) {
            while (hasRoom() && evenLeaders(t)) {
                // one move more
            }
        }
        while (hasRoom() && evenAllLeaders()) {
            // one move more
        }
    }

    private boolean evenReplicas(int t) {
        Integer most = targets.stream().max(byReplicas(t)).orElse(null);
        Integer least = targets.stream().min(byReplicas(t)).orElse(null);
        return most != null
                && loads.get(t).replicas(most) - loads.get(t).replicas(least) > 1
                && moveReplica(t, most, least);
    }

    /** Where topics are even, but have their larger shares on the same brokers. */
    private boolean evenAllReplicas() {
        Comparator<Integer> order = Comparator.comparingInt(total::replicas);
        List<Integer> sorted = targets.stream().sorted(order).toList();
        for (int most = sorted.size() - 1; most > 0; most--) {
            for (int least = 0; least < most; least++) {
                int from = sorted.get(most);
                int to = sorted.get(least);
                if (total.replicas(from) - total.replicas(to) < 2) {
                    break;
                }
                for (int t = 0; t < topics.size(); t++) {
                    if (loads.get(t).replicas(from) > loads.get(t).replicas(to) && moveReplica(t, from, to)) {
                        return true;
                    }
                }
            }
        }
        return false;
    }

    /** Leadership goes along where that helps. */
    private boolean moveReplica(int t, int from, int to) {
        boolean leads = loads.get(t).leaders(from) > loads.get(t).leaders(to);
        int chosen = -1;
        for (int p = 0; p < topics.get(t).size(); p++) {
            List<Integer> partition = topics.get(t).get(p);
            if (isMovable(t, p) && partition.contains(from) && !partition.contains(to)) {
                chosen = p;
                if ((partition.get(0) == from) == leads) {
                    break;
                }
            }
        }
        if (chosen == -1) {
            return false;
        }
        List<Integer> next = new ArrayList<>(topics.get(t).get(chosen));
        next.set(next.indexOf(from), to);
        move(t, chosen, next);
        return true;
    }

    private boolean evenLeaders(int t) {
        List<Integer> sorted = targets.stream().sorted(byLeaders(t)).toList();
        for (int most = sorted.size() - 1; most > 0; most--) {
            for (int least = 0; least < most; least++) {
                int from = sorted.get(most);
                int to = sorted.get(least);
                if (loads.get(t).leaders(from) - loads.get(t).leaders(to) < 2) {
                    break;
                }
                Map<Integer, Integer> leaders = path(t, from, to);
                if (!leaders.isEmpty()) {
                    leaders.forEach((partition, leader) -> passLeadership(t, partition, leader));
                    return true;
                }
            }
        }
        return false;
    }

    private void passLeadership(int t, int p, int leader) {
        List<Integer> order = new ArrayList<>(topics.get(t).get(p));
        Collections.swap(order, 0, order.indexOf(leader));
        move(t, p, order);
    }

    /**
     * Partitions with new leaders, so that {@code from} leads one less and {@code to} one more, and those in between as many as before; as few as
     * possible, none if there is no way.
     */
    private Map<Integer, Integer> path(int t, int from, int to) {
        Map<Integer, Integer> by = new HashMap<>();
        Map<Integer, Integer> before = new HashMap<>();
        ArrayDeque<Integer> reached = new ArrayDeque<>(List.of(from));
        Set<Integer> seen = new HashSet<>(Set.of(from));
        while (!reached.isEmpty() && !seen.contains(to)) {
            int leader = reached.poll();
            for (int p = 0; p < topics.get(t).size(); p++) {
                List<Integer> partition = topics.get(t).get(p);
                if (isMovable(t, p) && partition.get(0) == leader) {
                    for (int other : partition) {
                        if (targets.contains(other) && seen.add(other)) {
                            by.put(other, p);
                            before.put(other, leader);
                            reached.add(other);
                        }
                    }
                }
            }
        }
        Map<Integer, Integer> leaders = new TreeMap<>();
        for (int broker = to; broker != from && by.containsKey(broker); broker = before.get(broker)) {
            leaders.put(by.get(broker), broker);
        }
        return leaders;
    }

    private boolean evenAllLeaders() {
        List<Integer> sorted =
                targets.stream().sorted(Comparator.comparingInt(total::leaders)).toList();
        for (int most = sorted.size() - 1; most > 0; most--) {
            for (int least = 0; least < most; least++) {
                int from = sorted.get(most);
                int to = sorted.get(least);
                if (total.leaders(from) - total.leaders(to) < 2) {
                    break;
                }
                for (int t = 0; t < topics.size(); t++) {
                    if (loads.get(t).leaders(from) > loads.get(t).leaders(to) && leadInstead(t, from, to)) {
                        return true;
                    }
                }
            }
        }
        return false;
    }

    private boolean leadInstead(int t, int from, int to) {
        for (int p = 0; p < topics.get(t).size(); p++) {
            List<Integer> partition = topics.get(t).get(p);
            if (isMovable(t, p) && partition.get(0) == from && partition.contains(to)) {
                passLeadership(t, p, to);
                return true;
            }
        }
        return false;
    }

    private boolean hasRoom() {
        return moves.size() < movesMax;
    }

    private boolean isMovable(int t, int p) {
        return !fixed.get(t).contains(p);
    }

    private void move(int t, int p, List<Integer> to) {
        List<Integer> from = topics.get(t).get(p);
        if (from.equals(to)) {
            return;
        }
        loads.get(t).count(from, -1);
        total.count(from, -1);
        loads.get(t).count(to, 1);
        total.count(to, 1);
        topics.get(t).set(p, to);
        moves.put(((long) t << Integer.SIZE) | p, new Move(t, p, List.copyOf(to)));
    }

    private Comparator<Integer> byReplicas(int t) {
        return Comparator.<Integer>comparingInt(broker -> loads.get(t).replicas(broker))
                .thenComparingInt(total::replicas)
                .thenComparingInt(broker -> broker);
    }

    private Comparator<Integer> byLeaders(int t) {
        return Comparator.<Integer>comparingInt(broker -> loads.get(t).leaders(broker))
                .thenComparingInt(total::leaders)
                .thenComparingInt(broker -> broker);
    }
}
