/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.cluster.metadata;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class ClusterImageTest {
    private static final UUID ORDERS = new UUID(1, 1);
    private static final UUID USERS = new UUID(2, 2);

    private static MetadataRecord.TopicCreated topic(UUID id, String name) {
        return new MetadataRecord.TopicCreated(
                id, name, false, List.of(new MetadataImage.PartitionInfo(0, 3, List.of(1))), Map.of());
    }

    @Test
    void aNewTopicLeavesTheOldImageAndSharesTheRest() {
        // Given
        ClusterImage before = ClusterImage.EMPTY.with(List.of(topic(ORDERS, "orders")), 1);

        // When
        ClusterImage after = before.with(List.of(topic(USERS, "users")), 2);

        // Then
        assertThat(before.topics()).containsOnlyKeys("orders");
        assertThat(after.topics()).containsOnlyKeys("orders", "users");
        assertThat(after.topic("orders").orElseThrow())
                .isSameAs(before.topic(ORDERS).orElseThrow());
        assertThat(after.brokers()).isSameAs(before.brokers());
        assertThat(after.offset()).isEqualTo(2);
    }

    @Test
    void aTopicMadeAgainUnderItsNameHasNothingOfTheOldOne() {
        // Given
        ClusterImage image = ClusterImage.EMPTY.with(
                List.of(
                        topic(ORDERS, "orders"),
                        new MetadataRecord.ConfigSet(
                                Controller.ResourceType.TOPIC, ORDERS.toString(), Map.of("retention.ms", "5"))),
                2);
        assertThat(image.topic("orders").orElseThrow().configs()).containsEntry("retention.ms", "5");

        // When
        ClusterImage after = image.with(List.of(new MetadataRecord.TopicDeleted(ORDERS), topic(USERS, "orders")), 4);

        // Then
        assertThat(after.topic(ORDERS)).isEmpty();
        assertThat(after.topic("orders").orElseThrow().id()).isEqualTo(USERS);
        assertThat(after.topic("orders").orElseThrow().configs()).isEmpty();
    }

    @Test
    void partitionsAreAddedBehindTheOthers() {
        // Given
        ClusterImage image = ClusterImage.EMPTY.with(List.of(topic(ORDERS, "orders")), 1);

        // When
        ClusterImage after = image.with(
                List.of(new MetadataRecord.PartitionsAdded(
                        ORDERS, List.of(new MetadataImage.PartitionInfo(1, 4, List.of(1))))),
                2);

        // Then
        assertThat(after.topic(ORDERS).orElseThrow().partitions())
                .extracting(MetadataImage.PartitionInfo::partition)
                .containsExactly(0, 1);
        assertThat(image.topic(ORDERS).orElseThrow().partitions()).hasSize(1);
    }

    @Test
    void brokerConfigurationIsOfOneOrOfAll() {
        // When
        ClusterImage image = ClusterImage.EMPTY.with(
                List.of(
                        new MetadataRecord.ConfigSet(Controller.ResourceType.BROKER, "", Map.of("a", "all")),
                        new MetadataRecord.ConfigSet(Controller.ResourceType.BROKER, "1", Map.of("a", "one"))),
                2);

        // Then
        assertThat(image.brokerConfig(null)).containsEntry("a", "all");
        assertThat(image.brokerConfig(1)).containsEntry("a", "one");
        assertThat(image.brokerConfig(2)).isEmpty();
    }

    @Test
    void aChangeOfATopicThatIsNotThereIsRefused() {
        assertThatThrownBy(() -> ClusterImage.EMPTY.with(List.of(new MetadataRecord.TopicDeleted(ORDERS)), 1))
                .isInstanceOf(MetadataFormatException.class)
                .hasMessageContaining(ORDERS.toString());
    }

    @Test
    void aChangedPartitionReplacesTheOneBefore() {
        // Given
        ClusterImage image = ClusterImage.EMPTY.with(List.of(topic(ORDERS, "orders")), 1);
        MetadataImage.PartitionInfo changed = new MetadataImage.PartitionInfo(0, 5, List.of(2, 1), 4, List.of(3), null);

        // When
        ClusterImage after = image.with(List.of(new MetadataRecord.PartitionsChanged(ORDERS, List.of(changed))), 2);

        // Then
        assertThat(after.topic("orders").orElseThrow().partitions()).containsExactly(changed);
        assertThatThrownBy(() -> image.with(
                        List.of(new MetadataRecord.PartitionsChanged(
                                ORDERS, List.of(new MetadataImage.PartitionInfo(1, 0, List.of(1))))),
                        2))
                .isInstanceOf(MetadataFormatException.class)
                .hasMessageContaining("partition 1 of orders");
    }

    @Test
    void anUnregisteredBrokerIsForgotten() {
        // Given
        ClusterImage image = ClusterImage.EMPTY.with(
                List.of(
                        new MetadataRecord.BrokerRegistered(1, "h", 9092, null, 1, USERS, MetadataLevels.FIRST),
                        new MetadataRecord.BrokerRegistered(2, "h", 9093, null, 2, USERS, MetadataLevels.FIRST),
                        new MetadataRecord.ConfigSet(
                                Controller.ResourceType.BROKER, "2", Map.of(MetadataImage.DRAIN, "true")),
                        topic(ORDERS, "orders")),
                4);

        // When
        ClusterImage after = image.with(List.of(new MetadataRecord.BrokerUnregistered(2)), 5);

        // Then
        assertThat(after.brokers()).containsOnlyKeys(1);
        assertThat(image.draining()).containsExactly(2);
        assertThat(image.isYounger(ORDERS, 2, USERS)).isTrue();
        assertThat(after.isYounger(ORDERS, 2, USERS)).isFalse();
    }
}
