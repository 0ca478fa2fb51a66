/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.cluster.sharding;

import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Supplier;

/** Which broker a shard belongs on: the first of its group's list that lives. Pure. */
final class PlacementRule {
    private final List<Integer> voters;
    private final Supplier<List<List<Integer>>> placementGroups;

    /**
     * @param voters brokers that may lead the metadata partition, preferred first
     * @param placementGroups the newest broker lists
     */
    PlacementRule(List<Integer> voters, Supplier<List<List<Integer>>> placementGroups) {
        this.voters = voters;
        this.placementGroups = placementGroups;
    }

    /** Empty if no broker that may have the shard lives. */
    OptionalInt brokerOf(String shard, Set<Integer> alive) {
        return brokersOf(shard).stream()
                .filter(alive::contains)
                .mapToInt(Integer::intValue)
                .findFirst();
    }

    private List<Integer> brokersOf(String shard) {
        if (shard.equals(EntityIds.METADATA_SHARD)) {
            return voters;
        }
        List<List<Integer>> groups = placementGroups.get();
        int group = Integer.parseInt(shard);
        return group < groups.size() ? groups.get(group) : List.of();
    }
}
