/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.cluster.controller;

import io.sluice.cluster.metadata.ClusterImage;
import io.sluice.cluster.metadata.MetadataRecord;
import io.sluice.log.ErrorCode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The placement groups while one request is decided: finds the group for a partition's replicas, and lays one more where none fits. A partition belongs
 * in a group whose list begins with its preferred leader and goes on with its other replicas, for the first live broker of the list is the one that is
 * chosen to lead.
 *
 * <p>The groups that the cluster began with stay, whatever is in their lists; those behind them are laid for replicas in an order that no other has, and used
 * again for others once they are empty.
 */
final class Groups {
    /** {@code sluice.placement.groups} of the start, and so many more at most: each is a shard, and a fail-over takes its time for each. */
    static final int EXTRA_MAX = 192;

    private final ClusterImage image;
    private final List<List<Integer>> lists;
    private Set<Integer> used;
    private boolean changed;

    Groups(ClusterImage image) {
        this.image = image;
        this.lists = new ArrayList<>(image.placementGroups());
    }

    /**
     * The group for these replicas.
     *
     * @param wanted is looked at first
     */
    int of(int wanted, List<Integer> replicas) throws Refusal {
        int found = find(lists, wanted, replicas);
        int group = found == -1 ? lay(replicas) : found;
        used().add(group);
        return group;
    }

    /** The record that makes the groups be what was found, if any had to be laid. */
    Optional<MetadataRecord> change() {
        return changed ? Optional.of(new MetadataRecord.PlacementGroupsSet(List.copyOf(lists))) : Optional.empty();
    }

    /** Groups that hold partitions, or will when partitions have moved. */
    static Set<Integer> used(ClusterImage image) {
        Set<Integer> used = new HashSet<>();
        image.topics().values().forEach(topic -> topic.partitions().forEach(partition -> {
            used.add(partition.group());
            if (partition.reassignment() != null) {
                used.add(find(
                        image.placementGroups(),
                        partition.group(),
                        partition.reassignment().to()));
            }
        }));
        used.remove(-1);
        return used;
    }

    /** A group whose list begins with the replicas; with the first and the others in another order, if there is none in this. Else -1. */
    private static int find(List<List<Integer>> lists, int wanted, List<Integer> replicas) {
        int similar = -1;
        for (int i = 0; i < lists.size(); i++) {
            int group = (wanted + i) % lists.size();
            int fit = fit(lists.get(group), replicas);
            if (fit == 2) {
                return group;
            } else if (fit == 1 && similar == -1) {
                similar = group;
            }
        }
        return similar;
    }

    /** 2 for the replicas in their order, 1 if only the first is at its place, 0 for other brokers. */
    private static int fit(List<Integer> list, List<Integer> replicas) {
        if (list.size() < replicas.size() || !list.get(0).equals(replicas.get(0))) {
            return 0;
        }
        List<Integer> first = list.subList(0, replicas.size());
        if (first.equals(replicas)) {
            return 2;
        }
        return first.containsAll(replicas) ? 1 : 0;
    }

    private int lay(List<Integer> replicas) throws Refusal {
        List<Integer> list = new ArrayList<>(replicas);
        Placement.brokers(image).stream()
                .filter(broker -> !replicas.contains(broker))
                .forEach(list::add);
        changed = true;
        for (int group = image.placementGroupCount(); group < lists.size(); group++) {
            if (!used().contains(group)) {
                lists.set(group, List.copyOf(list));
                return group;
            }
        }
        if (lists.size() >= image.placementGroupCount() + EXTRA_MAX) {
            throw new Refusal(
                    ErrorCode.INVALID_REPLICA_ASSIGNMENT,
                    "No placement group has the brokers " + replicas
                            + " first, and there are as many groups as there may be: " + lists.size() + ".");
        }
        lists.add(List.copyOf(list));
        return lists.size() - 1;
    }

    private Set<Integer> used() {
        if (used == null) {
            used = used(image);
        }
        return used;
    }
}
