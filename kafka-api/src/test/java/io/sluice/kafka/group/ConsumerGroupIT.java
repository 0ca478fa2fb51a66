/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.kafka.group;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;
import org.apache.kafka.clients.consumer.RangeAssignor;
import org.apache.kafka.common.GroupState;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Kafka's own consumers in groups, against a real node. */
class ConsumerGroupIT {
    private static final String TOPIC = "orders";
    private static final String GROUP = "orders-app";
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    Path data;

    private GroupBroker broker;

    @BeforeEach
    void start() throws Exception {
        broker = new GroupBroker(data, Map.of());
    }

    @AfterEach
    void stop() throws Exception {
        broker.close();
    }

    private GroupConsumer consumer(Map<String, String> config) {
        return new GroupConsumer(broker.bootstrap(), GROUP, config, List.of(TOPIC));
    }

    private static Map<String, String> assignor(Class<?> assignor) {
        return Map.of(ConsumerConfig.PARTITION_ASSIGNMENT_STRATEGY_CONFIG, assignor.getName());
    }

    private static void awaitShared(Set<Integer> all, GroupConsumer... consumers) {
        await().atMost(PATIENCE).untilAsserted(() -> {
            int total = 0;
            Set<Integer> covered = new java.util.TreeSet<>();
            for (GroupConsumer consumer : consumers) {
                assertThat(consumer.assigned()).isNotEmpty();
                total += consumer.assigned().size();
                covered.addAll(consumer.assigned());
            }
            assertThat(covered).isEqualTo(all);
            assertThat(total).as("every partition with one consumer").isEqualTo(all.size());
        });
    }

    private static int distinct(GroupConsumer... consumers) {
        Set<String> values = new java.util.HashSet<>();
        for (GroupConsumer consumer : consumers) {
            values.addAll(consumer.values);
        }
        return values.size();
    }

    @ParameterizedTest
    @ValueSource(classes = {RangeAssignor.class, CooperativeStickyAssignor.class})
    void twoConsumersShareATopicAndOneTakesOverWhenTheOtherLeaves(Class<?> assignor) throws Exception {
        // Given
        broker.topic(TOPIC, 4);
        broker.produce(TOPIC, 0, 1_000);
        try (GroupConsumer first = consumer(assignor(assignor))) {
            awaitShared(Set.of(0, 1, 2, 3), first);
            GroupConsumer second = consumer(assignor(assignor));
            awaitShared(Set.of(0, 1, 2, 3), first, second);
            broker.produce(TOPIC, 1_000, 1_000);
            await().atMost(PATIENCE).until(() -> distinct(first, second) == 2_000);

            // When
            second.close();
            awaitShared(Set.of(0, 1, 2, 3), first);
            long expired = broker.expiredSessions();
            broker.produce(TOPIC, 2_000, 500);

            // Then
            await().atMost(PATIENCE).until(() -> distinct(first, second) == 2_500);
            assertThat(expired).as("it has left, not just fallen silent").isZero();
        }
    }

    @Test
    void killedConsumerLosesItsPartitionsAfterItsSession() throws Exception {
        // Given
        broker.topic(TOPIC, 4);
        try (GroupConsumer first = consumer(Map.of())) {
            GroupConsumer second = consumer(Map.of());
            awaitShared(Set.of(0, 1, 2, 3), first, second);

            // When
            second.vanish();

            // Then
            awaitShared(Set.of(0, 1, 2, 3), first);
        }
    }

    /** Kafka's consumer leaves its group by itself then; librdkafka tests the same under the numbers 0091 and 0093. */
    @ParameterizedTest
    @MethodSource("assignorsAndRoundsToTakeAMemberIn")
    void consumerThatDoesNotPollInTimeLeavesAndNobodyRebalancesMoreThanNeeded(Class<?> assignor, int roundsToJoin)
            throws Exception {
        // Given three consumers of which one is slow
        broker.topic(TOPIC, 6);
        Map<String, String> slowConfig = new HashMap<>(assignor(assignor));
        slowConfig.put("max.poll.interval.ms", "1500");
        try (GroupConsumer first = consumer(assignor(assignor));
                GroupConsumer second = consumer(assignor(assignor));
                GroupConsumer slow = consumer(slowConfig)) {
            awaitShared(Set.of(0, 1, 2, 3, 4, 5), first, second, slow);
            awaitQuiet();
            long rebalancesBefore = broker.rebalances();

            // When
            slow.stall();
            awaitShared(Set.of(0, 1, 2, 3, 4, 5), first, second);
            awaitQuiet();
            long rebalancesWithout = broker.rebalances();
            slow.goOn();
            awaitShared(Set.of(0, 1, 2, 3, 4, 5), first, second, slow);
            awaitQuiet();

            // Then
            assertThat(rebalancesWithout - rebalancesBefore)
                    .as("rebalances when it left")
                    .isEqualTo(1);
            assertThat(broker.rebalances() - rebalancesWithout)
                    .as("rebalances when it came back")
                    .isEqualTo(roundsToJoin);
            broker.produce(TOPIC, 0, 600);
            await().atMost(PATIENCE).until(() -> distinct(first, second, slow) == 600);
            assertThat(first.records.get() + second.records.get() + slow.records.get())
                    .as("every record is read once")
                    .isEqualTo(600);
        }
    }

    /** A cooperative member gives its partitions back in one rebalance, and another gets them in the next (KIP-429). */
    static Stream<Arguments> assignorsAndRoundsToTakeAMemberIn() {
        return Stream.of(
                Arguments.of(Named.of("eager", RangeAssignor.class), 1),
                Arguments.of(Named.of("cooperative", CooperativeStickyAssignor.class), 2));
    }

    /** Several heartbeats long nothing happens. */
    private void awaitQuiet() {
        await().atMost(PATIENCE)
                .during(Duration.ofSeconds(1))
                .pollInterval(Duration.ofMillis(50))
                .until(new Callable<Boolean>() {
                    private long before = -1;

                    @Override
                    public Boolean call() throws Exception {
                        boolean same = broker.rebalances() == before && isStable();
                        before = broker.rebalances();
                        return same;
                    }
                });
    }

    private boolean isStable() throws Exception {
        return broker.admin
                        .describeConsumerGroups(List.of(GROUP))
                        .all()
                        .get(30, TimeUnit.SECONDS)
                        .get(GROUP)
                        .groupState()
                == GroupState.STABLE;
    }

    @Test
    void staticMemberRestartsWithoutARebalance() throws Exception {
        // Given
        broker.topic(TOPIC, 4);
        try (GroupConsumer first = consumer(Map.of("group.instance.id", "one"))) {
            GroupConsumer second = consumer(Map.of("group.instance.id", "two"));
            awaitShared(Set.of(0, 1, 2, 3), first, second);
            Set<Integer> before = second.assigned();
            int assignmentsOfFirst = first.assignments.get();
            int revocationsOfFirst = first.revocations.get();
            second.close();

            // When
            try (GroupConsumer again = consumer(Map.of("group.instance.id", "two"))) {
                await().atMost(PATIENCE).until(() -> again.assigned().equals(before));
                broker.produce(TOPIC, 0, 200);
                await().atMost(PATIENCE).until(() -> distinct(first, again) == 200);

                // Then
                assertThat(first.assignments).hasValue(assignmentsOfFirst);
                assertThat(first.revocations).hasValue(revocationsOfFirst);
            }
        }
    }

    @Test
    void restartedBrokerKnowsGroupsAndOffsets() throws Exception {
        // Given
        broker.topic(TOPIC, 2);
        broker.produce(TOPIC, 0, 100);
        try (GroupConsumer consumer = consumer(Map.of())) {
            await().atMost(PATIENCE).until(() -> consumer.values.size() == 100);
        }
        long committedBefore = committed();

        // When
        broker.close();
        broker = new GroupBroker(data, Map.of());

        // Then
        assertThat(committedBefore).isEqualTo(100);
        await().atMost(PATIENCE).ignoreExceptions().until(() -> committed() == 100);
        assertThat(broker.admin.listGroups().all().get(30, TimeUnit.SECONDS))
                .singleElement()
                .satisfies(group -> {
                    assertThat(group.groupId()).isEqualTo(GROUP);
                    assertThat(group.protocol()).isEqualTo("consumer");
                    assertThat(group.groupState()).contains(GroupState.EMPTY);
                });
        broker.produce(TOPIC, 100, 10);
        try (GroupConsumer consumer = consumer(Map.of())) {
            await().atMost(PATIENCE).until(() -> consumer.values.size() == 10);
            assertThat(consumer.values).contains("100").doesNotContain("99");
        }
    }

    @Test
    void descriptionTellsMembersAndTheirPartitions() throws Exception {
        // Given
        broker.topic(TOPIC, 4);
        try (GroupConsumer consumer = consumer(Map.of("client.id", "clerk"))) {
            awaitShared(Set.of(0, 1, 2, 3), consumer);

            // When
            var description = broker.admin
                    .describeConsumerGroups(List.of(GROUP))
                    .all()
                    .get(30, TimeUnit.SECONDS)
                    .get(GROUP);

            // Then
            assertThat(description.groupState()).isEqualTo(GroupState.STABLE);
            assertThat(description.partitionAssignor()).isEqualTo("range");
            assertThat(description.coordinator().id()).isEqualTo(broker.node().id());
            assertThat(description.members()).singleElement().satisfies(member -> {
                assertThat(member.consumerId()).startsWith("clerk-");
                assertThat(member.clientId()).isEqualTo("clerk");
                assertThat(member.host()).isEqualTo("/127.0.0.1");
                assertThat(member.assignment().topicPartitions()).hasSize(4);
            });
        }
    }

    private long committed() throws Exception {
        return broker
                .admin
                .listConsumerGroupOffsets(GROUP)
                .partitionsToOffsetAndMetadata()
                .get(30, TimeUnit.SECONDS)
                .values()
                .stream()
                .mapToLong(offset -> offset.offset())
                .sum();
    }
}
