/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.kafka.admin;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.actors.group.GroupCoordinators;
import io.sluice.kafka.testing.Cluster;
import io.sluice.kafka.testing.Cluster.Member;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.TopicPartitionInfo;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What nodes do for each other: leaders are even, come back, the brokers' own topics are replicated, and who is cut off says so. */
@Tag("slow")
@Timeout(value = 4, unit = TimeUnit.MINUTES)
class ThreeNodesIT {
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final String OFFSETS = GroupCoordinators.TOPIC;

    @TempDir
    private Path folder;

    private Cluster cluster;

    @AfterEach
    void stop() {
        if (cluster != null) {
            cluster.close();
        }
    }

    /** As the first member of a group does. */
    private void commitSomething() throws Exception {
        try (Admin admin = cluster.admin()) {
            admin.alterConsumerGroupOffsets("g", Map.of(new TopicPartition("orders", 0), new OffsetAndMetadata(0)))
                    .all()
                    .get();
        }
    }

    private static long leads(TopicDescription topic, Member member) {
        return topic.partitions().stream()
                .filter(partition ->
                        partition.leader() != null && partition.leader().id() == member.id())
                .count();
    }

    private void assertLeadersAreEven(TopicDescription topic) {
        List<Long> counts = cluster.members().stream()
                .map(member -> leads(topic, member))
                .sorted()
                .toList();
        assertThat(counts.get(2) - counts.get(0))
                .as("leaders of %s: %s", topic.name(), counts)
                .isLessThanOrEqualTo(1);
    }

    private static void assertReplicas(TopicDescription topic, int count) {
        assertThat(topic.partitions()).extracting(p -> p.replicas().size()).containsOnly(count);
    }

    private static boolean isPreferred(TopicPartitionInfo partition) {
        return partition.leader() != null
                && partition.leader().id() == partition.replicas().get(0).id();
    }

    @Test
    void leadersAreEvenAndComeBackAfterARestart() throws Exception {
        // Given
        cluster = Cluster.start(folder, 3, id -> Map.of("offsets.topic.num.partitions", "7"));
        cluster.topic("orders", 7, 3);
        commitSomething();
        for (String topic : List.of("orders", OFFSETS)) {
            TopicDescription made = cluster.describe(topic);
            assertReplicas(made, 3);
            assertLeadersAreEven(made);
        }
        Member restarted = cluster.member(2);

        // When
        restarted.stop();

        // Then
        Awaitility.await("others lead").atMost(SOON).untilAsserted(() -> assertThat(
                        cluster.describe("orders").partitions())
                .allMatch(partition ->
                        partition.leader() != null && partition.leader().id() != 2));

        // When
        restarted.start();

        // Then
        Awaitility.await("preferred leaders are back").atMost(SOON).untilAsserted(() -> {
            for (String topic : List.of("orders", OFFSETS)) {
                TopicDescription now = cluster.describe(topic);
                assertThat(now.partitions()).allMatch(ThreeNodesIT::isPreferred);
                assertLeadersAreEven(now);
            }
        });
    }

    @Test
    void theOffsetsTopicOfOneBrokerIsReplicatedWhenOthersJoin() throws Exception {
        // Given a broker that begins alone
        cluster = Cluster.start(
                folder, 3, 1, id -> Map.of("offsets.topic.num.partitions", "4", "sluice.cluster.voters", "1"));
        cluster.topic("orders", 3, 1);
        commitSomething();
        assertReplicas(cluster.describe(OFFSETS), 1);

        // When
        cluster.member(2).start();
        cluster.member(3).start();

        // Then
        Awaitility.await("three replicas").atMost(SOON.multipliedBy(2)).untilAsserted(() -> {
            TopicDescription offsets = cluster.describe(OFFSETS);
            assertReplicas(offsets, 3);
            assertThat(offsets.partitions()).allMatch(p -> p.isr().size() == 3);
        });
        Awaitility.await("other topics keep one replica; what moves has two for a moment")
                .atMost(SOON)
                .untilAsserted(() -> assertReplicas(cluster.describe("orders"), 1));
        try (Admin admin = cluster.admin()) {
            assertThat(admin.listConsumerGroupOffsets("g")
                            .partitionsToOffsetAndMetadata()
                            .get())
                    .hasSize(1);
        }
    }

    @Test
    void aNodeWithoutAMajoritySaysSo() throws Exception {
        // Given
        cluster = Cluster.start(folder, 3, id -> Map.of());
        cluster.topic("orders", 6, 3);
        Member left = cluster.member(1);
        assertThat(left.metric("sluice.cluster.brokers")).isEqualTo(3);
        assertThat(left.metric("sluice.cluster.brokers.seen")).isEqualTo(3);
        assertThat(left.metric("sluice.cluster.majority")).isEqualTo(1);
        assertThat(left.metric("sluice.node.ready")).isEqualTo(1);
        assertThat(left.metric("sluice.partitions.leaderless")).isZero();
        Awaitility.await().untilAsserted(() -> assertThat(left.metric("sluice.partitions.under.replicated"))
                .isZero());

        // When
        cluster.member(2).stop();
        Awaitility.await("one is missed").atMost(SOON).untilAsserted(() -> {
            assertThat(left.metric("sluice.cluster.brokers.seen")).isEqualTo(2);
            assertThat(left.metric("sluice.partitions.under.replicated")).isPositive();
            assertThat(left.metric("sluice.partitions.leaderless")).isZero();
        });
        assertThat(left.metric("sluice.cluster.majority")).isEqualTo(1);
        cluster.member(3).stop();

        // Then
        Awaitility.await("two are missed").atMost(SOON).untilAsserted(() -> {
            assertThat(left.metric("sluice.cluster.voters.seen")).isEqualTo(1);
            assertThat(left.metric("sluice.cluster.majority")).isZero();
            assertThat(left.metric("sluice.node.ready")).isZero();
            assertThat(left.metric("sluice.partitions.leaderless")).isPositive();
        });
        assertThat(left.node().health().state()).contains("sees 1 of the voters [1, 2, 3], which is no majority");
    }
}
