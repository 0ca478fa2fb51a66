/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.actors.subscription;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.ToIntFunction;

/**
 * How a leader spreads partitions over the members of its group; the names and the outcome are those of the assignors that Kafka's consumers offer, so
 * that a group may have members of both kinds.
 */
enum GroupAssignor {
    /** Each topic by itself: the first members have one partition more. */
    RANGE("range") {
        @Override
        Map<String, Map<String, List<Integer>>> assign(
                Map<String, Set<String>> members, ToIntFunction<String> partitions) {
            Map<String, Map<String, List<Integer>>> assigned = nothing(members);
            for (String topic : topics(members)) {
                List<String> wanting = wanting(members, topic);
                int count = partitions.applyAsInt(topic);
                int next = 0;
                for (int i = 0; i < wanting.size(); i++) {
                    int share = count / wanting.size() + (i < count % wanting.size() ? 1 : 0);
                    for (int left = share; left > 0; left--) {
                        add(assigned, wanting.get(i), topic, next++);
                    }
                }
            }
            return assigned;
        }
    },

    /** All partitions of all topics in turn. */
    ROUND_ROBIN("roundrobin") {
        @Override
        Map<String, Map<String, List<Integer>>> assign(
                Map<String, Set<String>> members, ToIntFunction<String> partitions) {
            Map<String, Map<String, List<Integer>>> assigned = nothing(members);
            List<String> all = List.copyOf(new TreeSet<>(members.keySet()));
            int turn = 0;
            for (String topic : topics(members)) {
                for (int partition = 0; partition < partitions.applyAsInt(topic); partition++) {
                    while (!members.get(all.get(turn % all.size())).contains(topic)) {
                        turn++;
                    }
                    add(assigned, all.get(turn++ % all.size()), topic, partition);
                }
            }
            return assigned;
        }
    };

    final String protocol;

    GroupAssignor(String protocol) {
        this.protocol = protocol;
    }

    /** Null if it is not known. */
    static GroupAssignor of(String protocol) {
        for (GroupAssignor assignor : values()) {
            if (assignor.protocol.equals(protocol)) {
                return assignor;
            }
        }
        return null;
    }

    /**
     * Partitions by topic for each member.
     *
     * @param members which topics each wants
     * @param partitions how many a topic has; 0 if it is not there
     */
    abstract Map<String, Map<String, List<Integer>>> assign(
            Map<String, Set<String>> members, ToIntFunction<String> partitions);

    private static Map<String, Map<String, List<Integer>>> nothing(Map<String, Set<String>> members) {
        Map<String, Map<String, List<Integer>>> assigned = new TreeMap<>();
        members.keySet().forEach(member -> assigned.put(member, new TreeMap<>()));
        return assigned;
    }

    private static Set<String> topics(Map<String, Set<String>> members) {
        Set<String> topics = new TreeSet<>();
        members.values().forEach(topics::addAll);
        return topics;
    }

    private static List<String> wanting(Map<String, Set<String>> members, String topic) {
        return members.keySet().stream()
                .filter(member -> members.get(member).contains(topic))
                .sorted()
                .toList();
    }

    private static void add(
            Map<String, Map<String, List<Integer>>> assigned, String member, String topic, int partition) {
        assigned.get(member).computeIfAbsent(topic, name -> new ArrayList<>()).add(partition);
    }
}
