/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.cluster.controller;

import io.sluice.cluster.metadata.ClusterImage;
import io.sluice.cluster.metadata.MetadataImage;
import io.sluice.cluster.metadata.MetadataImage.PartitionInfo;
import io.sluice.log.ErrorCode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;

/**
 * Where partitions go (D3): partition p of a topic goes to group (start + p) mod groups, and to the first r brokers of that
 * group's list; the lists of the groups are the brokers in turn, each rotated by the group's number, so that leaders spread evenly.
 */
final class Placement {
    private Placement() {}

    /** The broker list of each of {@code count} groups. */
    static List<List<Integer>> groups(int count, List<Integer> brokers) {
        List<Integer> sorted = brokers.stream().sorted().toList();
        List<List<Integer>> rotations = IntStream.range(0, sorted.size())
                .mapToObj(first -> IntStream.range(0, sorted.size())
                        .mapToObj(i -> sorted.get((first + i) % sorted.size()))
                        .toList())
                .toList();
        return IntStream.range(0, count)
                .mapToObj(group -> rotations.get(group % rotations.size()))
                .toList();
    }

    /**
     * The lists when a broker joins. Groups that hold nothing are laid anew over all brokers; a group that holds topics keeps its order, for
     * that says where their data is and who leads, and gets the broker at its end.
     */
    static List<List<Integer>> withBroker(ClusterImage image, int broker) {
        Set<Integer> all = brokers(image);
        all.add(broker);
        Set<Integer> used = new HashSet<>();
        image.topics().values().forEach(topic -> topic.partitions().forEach(partition -> used.add(partition.group())));
        List<List<Integer>> fresh = groups(image.placementGroupCount(), List.copyOf(all));
        List<List<Integer>> lists = new ArrayList<>(fresh);
        for (int group : used) {
            List<Integer> list = new ArrayList<>(image.placementGroups().get(group));
            if (!list.contains(broker)) {
                list.add(broker);
            }
            lists.set(group, List.copyOf(list));
        }
        return List.copyOf(lists);
    }

    /** Brokers that partitions may be put on: those that are registered, and the founding ones, which are about to be. */
    static Set<Integer> brokers(MetadataImage image) {
        Set<Integer> brokers = new TreeSet<>(image.brokers().keySet());
        image.placementGroups().forEach(brokers::addAll);
        return brokers;
    }

    /** Partitions {@code from} (inclusive) to {@code to} (exclusive). */
    static List<PartitionInfo> spread(MetadataImage image, int startGroup, int from, int to, int replicas) {
        List<PartitionInfo> partitions = new ArrayList<>(to - from);
        List<List<Integer>> groups = image.placementGroups();
        List<Integer> shared = List.of();
        for (int p = from; p < to; p++) {
            int group = Math.floorMod(startGroup + p, groups.size());
            List<Integer> chosen = groups.get(group).subList(0, replicas);
            shared = chosen.equals(shared) ? shared : List.copyOf(chosen);
            partitions.add(new PartitionInfo(p, group, shared));
        }
        return List.copyOf(partitions);
    }

    /**
     * Partitions where the request says on which brokers: each goes to a group that has exactly them first, or at least the same first one
     * and the others behind it in another order.
     */
    static List<PartitionInfo> assigned(MetadataImage image, int startGroup, int from, List<List<Integer>> assignments)
            throws Refusal {
        List<PartitionInfo> partitions = new ArrayList<>(assignments.size());
        for (int i = 0; i < assignments.size(); i++) {
            List<Integer> brokers = assignments.get(i);
            check(image, from + i, brokers, assignments.get(0).size());
            int group = groupOf(
                    image,
                    Math.floorMod(startGroup + from + i, image.placementGroups().size()),
                    brokers);
            partitions.add(new PartitionInfo(from + i, group, List.copyOf(brokers)));
        }
        return List.copyOf(partitions);
    }

    private static void check(MetadataImage image, int partition, List<Integer> brokers, int replicas) throws Refusal {
        if (brokers.isEmpty()) {
            throw refusal(
                    "The manual partition assignment includes an empty replica list for partition " + partition + ".");
        } else if (brokers.stream().distinct().count() != brokers.size()) {
            throw refusal("The manual partition assignment includes a broker twice for partition " + partition + ".");
        } else if (brokers.size() != replicas) {
            throw refusal("The manual partition assignment includes a partition with " + brokers.size()
                    + " replica(s), but this is not consistent with previous partitions, which have " + replicas
                    + " replica(s).");
        }
        for (int broker : brokers) {
            if (!brokers(image).contains(broker)) {
                throw refusal("The manual partition assignment includes broker " + broker
                        + ", but no such broker is registered.");
            }
        }
    }

    private static int groupOf(MetadataImage image, int wanted, List<Integer> brokers) throws Refusal {
        int groups = image.placementGroups().size();
        int similar = -1;
        for (int i = 0; i < groups; i++) {
            int group = (wanted + i) % groups;
            List<Integer> list = image.placementGroups().get(group);
            List<Integer> first = list.subList(0, Math.min(list.size(), brokers.size()));
            if (first.equals(brokers)) {
                return group;
            } else if (similar == -1
                    && first.get(0).equals(brokers.get(0))
                    && first.size() == brokers.size()
                    && first.containsAll(brokers)) {
                similar = group;
            }
        }
        if (similar != -1) {
            return similar;
        }
        throw refusal("No placement group has the brokers " + brokers + " first.");
    }

    private static Refusal refusal(String message) {
        return new Refusal(ErrorCode.INVALID_REPLICA_ASSIGNMENT, message);
    }
}
