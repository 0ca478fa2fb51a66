/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.cluster.controller;

import io.sluice.cluster.metadata.ClusterImage;
import io.sluice.cluster.metadata.MetadataImage;
import io.sluice.cluster.metadata.MetadataImage.PartitionInfo;
import io.sluice.log.ErrorCode;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

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
     * The lists for other brokers than before. Groups that hold nothing are laid anew; a group that holds topics keeps its order, for that says where their
     * data is and who leads: it gets new brokers at its end, and loses those that are gone.
     *
     * @param draining brokers that come last in new lists
     */
    static List<List<Integer>> laid(ClusterImage image, Set<Integer> brokers, Set<Integer> draining) {
        List<Integer> last =
                brokers.stream().filter(draining::contains).sorted().toList();
        List<Integer> wanted =
                brokers.stream().filter(broker -> !draining.contains(broker)).toList();
        List<List<Integer>> fresh = groups(image.placementGroupCount(), wanted.isEmpty() ? last : wanted);
        Set<Integer> used = Groups.used(image);
        List<List<Integer>> lists = new ArrayList<>();
        for (int group = 0; group < image.placementGroups().size(); group++) {
            boolean keeps = used.contains(group) || group >= fresh.size();
            List<Integer> list = new ArrayList<>(keeps ? image.placementGroups().get(group) : fresh.get(group));
            list.removeIf(broker -> !brokers.contains(broker));
            brokers.stream().filter(broker -> !list.contains(broker)).sorted().forEach(list::add);
            lists.add(List.copyOf(list));
        }
        return List.copyOf(lists);
    }

    /** Brokers that partitions may be put on: those that are registered, and the founding ones, which are about to be. */
    static Set<Integer> brokers(MetadataImage image) {
        Set<Integer> brokers = new TreeSet<>(image.brokers().keySet());
        image.placementGroups().forEach(brokers::addAll);
        return brokers;
    }

    /**
     * Partitions {@code from} (inclusive) to {@code to} (exclusive).
     *
     * @param live brokers that are in the cluster now
     */
    static List<PartitionInfo> spread(
            ClusterImage image, Groups groups, Set<Integer> live, int startGroup, int from, int to, int replicas)
            throws Refusal {
        List<PartitionInfo> partitions = new ArrayList<>(to - from);
        List<Integer> shared = List.of();
        for (int p = from; p < to; p++) {
            int group = Math.floorMod(startGroup + p, image.placementGroupCount());
            List<Integer> list = image.placementGroups().get(group);
            List<Integer> chosen = first(present(list, replicas, live), replicas, image.draining());
            if (!chosen.equals(list.subList(0, replicas))) {
                group = groups.of(group, chosen);
            }
            shared = chosen.equals(shared) ? shared : List.copyOf(chosen);
            partitions.add(new PartitionInfo(p, group, shared));
        }
        return List.copyOf(partitions);
    }

    /** A list without those who are away; of these only as many as there must be, and in the list's order: they lead again when they are back. */
    private static List<Integer> present(List<Integer> list, int count, Set<Integer> live) {
        long there = list.stream().filter(live::contains).count();
        Set<Integer> needed = list.stream()
                .filter(broker -> !live.contains(broker))
                .limit(Math.max(0, count - there))
                .collect(Collectors.toSet());
        return list.stream()
                .filter(broker -> live.contains(broker) || needed.contains(broker))
                .toList();
    }

    /** The first brokers of a list; draining ones only where there are too few others. */
    private static List<Integer> first(List<Integer> list, int count, Set<Integer> draining) {
        if (draining.isEmpty()) {
            return list.subList(0, count);
        }
        return Stream.concat(
                        list.stream().filter(broker -> !draining.contains(broker)),
                        list.stream().filter(draining::contains))
                .limit(count)
                .toList();
    }

    /** Partitions where the request says on which brokers. */
    static List<PartitionInfo> assigned(
            ClusterImage image, Groups groups, int startGroup, int from, List<List<Integer>> assignments)
            throws Refusal {
        List<PartitionInfo> partitions = new ArrayList<>(assignments.size());
        for (int i = 0; i < assignments.size(); i++) {
            List<Integer> brokers = assignments.get(i);
            check(image, from + i, brokers);
            if (brokers.size() != assignments.get(0).size()) {
                throw refusal("The manual partition assignment includes a partition with " + brokers.size()
                        + " replica(s), but this is not consistent with previous partitions, which have "
                        + assignments.get(0).size() + " replica(s).");
            }
            int group = groups.of(Math.floorMod(startGroup + from + i, image.placementGroupCount()), brokers);
            partitions.add(new PartitionInfo(from + i, group, List.copyOf(brokers)));
        }
        return List.copyOf(partitions);
    }

    /** @throws Refusal unless these brokers can have the partition */
    static void check(ClusterImage image, int partition, List<Integer> brokers) throws Refusal {
        if (brokers.isEmpty()) {
            throw refusal(
                    "The manual partition assignment includes an empty replica list for partition " + partition + ".");
        } else if (brokers.stream().distinct().count() != brokers.size()) {
            throw refusal("The manual partition assignment includes a broker twice for partition " + partition + ".");
        }
        Set<Integer> there = brokers(image);
        for (int broker : brokers) {
            if (!there.contains(broker)) {
                throw refusal("The manual partition assignment includes broker " + broker
                        + ", but no such broker is registered.");
            } else if (image.draining().contains(broker)) {
                throw refusal(
                        "The manual partition assignment includes broker " + broker + ", which is being drained.");
            }
        }
    }

    private static Refusal refusal(String message) {
        return new Refusal(ErrorCode.INVALID_REPLICA_ASSIGNMENT, message);
    }
}
