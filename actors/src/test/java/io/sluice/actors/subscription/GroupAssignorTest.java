/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.actors.subscription;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.apache.kafka.clients.consumer.ConsumerPartitionAssignor.Subscription;
import org.apache.kafka.clients.consumer.RangeAssignor;
import org.apache.kafka.clients.consumer.RoundRobinAssignor;
import org.apache.kafka.clients.consumer.internals.AbstractPartitionAssignor;
import org.apache.kafka.common.TopicPartition;

/** Against Kafka's own assignors. */
class GroupAssignorTest {
    private static Map<String, Map<String, List<Integer>>> kafkas(
            AbstractPartitionAssignor assignor, Map<String, Set<String>> members, Map<String, Integer> partitions) {
        Map<String, Subscription> subscriptions = new HashMap<>();
        members.forEach((member, topics) -> subscriptions.put(
                member, new Subscription(topics.stream().sorted().toList())));
        Map<String, Map<String, List<Integer>>> assigned = new TreeMap<>();
        assignor.assign(partitions, subscriptions).forEach((member, list) -> {
            Map<String, List<Integer>> byTopic = new TreeMap<>();
            for (TopicPartition one : list) {
                byTopic.computeIfAbsent(one.topic(), name -> new java.util.ArrayList<>())
                        .add(one.partition());
            }
            assigned.put(member, byTopic);
        });
        return assigned;
    }

    @Property(tries = 200)
    void spreadsAsKafkasConsumersDo(
            @ForAll @IntRange(min = 1, max = 6) int count,
            @ForAll @IntRange(max = 7) int orders,
            @ForAll @IntRange(max = 7) int other,
            @ForAll int wishes) {
        // Given members that want one of the topics, or both
        Map<String, Set<String>> members = new HashMap<>();
        for (int i = 0; i < count; i++) {
            int wish = Math.floorMod(wishes >> (2 * i), 3);
            members.put(
                    "member-" + i,
                    wish == 0 ? Set.of("orders") : wish == 1 ? Set.of("other") : Set.of("orders", "other"));
        }
        Map<String, Integer> partitions = Map.of("orders", orders, "other", other);

        // When, Then
        assertThat(GroupAssignor.RANGE.assign(members, topic -> partitions.getOrDefault(topic, 0)))
                .isEqualTo(kafkas(new RangeAssignor(), members, partitions));
        assertThat(GroupAssignor.ROUND_ROBIN.assign(members, topic -> partitions.getOrDefault(topic, 0)))
                .isEqualTo(kafkas(new RoundRobinAssignor(), members, partitions));
    }
}
