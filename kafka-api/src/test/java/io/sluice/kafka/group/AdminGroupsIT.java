/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.kafka.group;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.ConsumerGroupDescription;
import org.apache.kafka.clients.admin.ListGroupsOptions;
import org.apache.kafka.clients.admin.MemberToRemove;
import org.apache.kafka.clients.admin.RemoveMembersFromConsumerGroupOptions;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.GroupState;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import org.apache.kafka.common.errors.GroupNotEmptyException;
import org.apache.kafka.common.errors.GroupSubscribedToTopicException;
import org.apache.kafka.common.errors.OffsetMetadataTooLarge;
import org.apache.kafka.common.errors.UnknownMemberIdException;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.coordinator.group.generated.GroupMetadataValue;
import org.apache.kafka.coordinator.group.generated.OffsetCommitKey;
import org.apache.kafka.coordinator.group.generated.OffsetCommitValue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What administrators and their tools do with groups, through Kafka's admin client. */
class AdminGroupsIT {
    private static final String TOPIC = "orders";
    private static final TopicPartition ORDERS_0 = new TopicPartition(TOPIC, 0);
    private static final String GROUP = "orders-app";
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    Path data;

    private GroupBroker broker;

    @BeforeEach
    void start() throws Exception {
        broker = new GroupBroker(data, Map.of("offset.metadata.max.bytes", "100"));
        broker.topic(TOPIC, 2);
    }

    @AfterEach
    void stop() throws Exception {
        broker.close();
    }

    private Map<TopicPartition, OffsetAndMetadata> offsets() throws Exception {
        Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>(broker.admin
                .listConsumerGroupOffsets(GROUP)
                .partitionsToOffsetAndMetadata()
                .get(30, TimeUnit.SECONDS));
        offsets.values().removeIf(offset -> offset == null);
        return offsets;
    }

    private void alter(long offset) throws Exception {
        broker.admin
                .alterConsumerGroupOffsets(GROUP, Map.of(ORDERS_0, new OffsetAndMetadata(offset, "by hand")))
                .all()
                .get(30, TimeUnit.SECONDS);
    }

    private ConsumerGroupDescription description() throws Exception {
        return broker.admin
                .describeConsumerGroups(List.of(GROUP))
                .all()
                .get(30, TimeUnit.SECONDS)
                .get(GROUP);
    }

    private GroupConsumer activeConsumer() {
        GroupConsumer consumer =
                new GroupConsumer(broker.bootstrap(), GROUP, Map.of("enable.auto.commit", "false"), List.of(TOPIC));
        await().atMost(PATIENCE).until(() -> consumer.assigned().equals(Set.of(0, 1)));
        return consumer;
    }

    @Test
    void offsetsAreSetAndReadAndConsumersBeginThere() throws Exception {
        // Given
        broker.produce(TOPIC, 0, 50);

        // When
        alter(0);
        broker.admin
                .alterConsumerGroupOffsets(GROUP, Map.of(new TopicPartition(TOPIC, 1), new OffsetAndMetadata(0, "")))
                .all()
                .get(30, TimeUnit.SECONDS);

        // Then
        assertThat(offsets().get(ORDERS_0).metadata()).isEqualTo("by hand");
        try (GroupConsumer consumer =
                new GroupConsumer(broker.bootstrap(), GROUP, Map.of("auto.offset.reset", "none"), List.of(TOPIC))) {
            await().atMost(PATIENCE).until(() -> consumer.values.size() == 50);
        }
    }

    @Test
    void offsetsOfAnActiveGroupCannotBeSetFromOutside() throws Exception {
        // Given
        try (GroupConsumer consumer = activeConsumer()) {
            // When, Then
            assertThatThrownBy(() -> alter(3)).hasCauseInstanceOf(UnknownMemberIdException.class);
            assertThat(consumer.assigned()).isNotEmpty();
        }
    }

    @Test
    void tooLongMetadataIsRefused() {
        assertThatThrownBy(() -> broker.admin
                        .alterConsumerGroupOffsets(GROUP, Map.of(ORDERS_0, new OffsetAndMetadata(1, "x".repeat(101))))
                        .all()
                        .get(30, TimeUnit.SECONDS))
                .hasCauseInstanceOf(OffsetMetadataTooLarge.class);
    }

    @Test
    void activeGroupIsNotDeletedAndItsTopicsOffsetsStay() throws Exception {
        // Given
        alter(1);
        try (GroupConsumer consumer = activeConsumer()) {
            // When, Then
            assertThatThrownBy(() -> broker.admin
                            .deleteConsumerGroups(List.of(GROUP))
                            .all()
                            .get(30, TimeUnit.SECONDS))
                    .hasCauseInstanceOf(GroupNotEmptyException.class);
            assertThatThrownBy(() -> broker.admin
                            .deleteConsumerGroupOffsets(GROUP, Set.of(ORDERS_0))
                            .all()
                            .get(30, TimeUnit.SECONDS))
                    .hasCauseInstanceOf(GroupSubscribedToTopicException.class);
            assertThat(consumer.assigned()).isNotEmpty();
        }
        await().atMost(PATIENCE).until(() -> description().groupState() == GroupState.EMPTY);
        broker.admin.deleteConsumerGroupOffsets(GROUP, Set.of(ORDERS_0)).all().get(30, TimeUnit.SECONDS);
        assertThat(offsets()).isEmpty();
        broker.admin.deleteConsumerGroups(List.of(GROUP)).all().get(30, TimeUnit.SECONDS);
        assertThatThrownBy(this::description).hasCauseInstanceOf(GroupIdNotFoundException.class);
    }

    @Test
    void membersAreRemovedByTheAdministrator() throws Exception {
        // Given
        GroupConsumer consumer =
                new GroupConsumer(broker.bootstrap(), GROUP, Map.of("group.instance.id", "one"), List.of(TOPIC));
        await().atMost(PATIENCE).until(() -> consumer.assigned().equals(Set.of(0, 1)));
        consumer.close();
        GroupState afterClose = description().groupState();

        // When
        broker.admin
                .removeMembersFromConsumerGroup(
                        GROUP, new RemoveMembersFromConsumerGroupOptions(List.of(new MemberToRemove("one"))))
                .all()
                .get(30, TimeUnit.SECONDS);

        // Then
        assertThat(afterClose).as("a static member stays").isEqualTo(GroupState.STABLE);
        assertThat(description().groupState()).isEqualTo(GroupState.EMPTY);
    }

    @Test
    void groupsAreListedByStateAndType() throws Exception {
        // Given
        alter(1);
        broker.admin
                .alterConsumerGroupOffsets("another", Map.of(ORDERS_0, new OffsetAndMetadata(1)))
                .all()
                .get(30, TimeUnit.SECONDS);

        // When
        var all = broker.admin.listGroups().all().get(30, TimeUnit.SECONDS);
        var stable = broker.admin
                .listGroups(new ListGroupsOptions().inGroupStates(Set.of(GroupState.STABLE)))
                .all()
                .get(30, TimeUnit.SECONDS);

        // Then
        assertThat(all).extracting(group -> group.groupId()).containsExactlyInAnyOrder(GROUP, "another");
        assertThat(stable).isEmpty();
    }

    @Test
    void offsetsGoWithTheirTopicAndANewTopicOfTheSameNameBeginsAfresh() throws Exception {
        // Given
        broker.produce(TOPIC, 0, 10);
        alter(5);

        // When
        broker.admin.deleteTopics(List.of(TOPIC)).all().get(30, TimeUnit.SECONDS);
        broker.topic(TOPIC, 2);

        // Then
        await().atMost(PATIENCE).ignoreExceptions().until(() -> offsets().isEmpty());
        broker.produce(TOPIC, 100, 4);
        try (GroupConsumer consumer = new GroupConsumer(broker.bootstrap(), GROUP, Map.of(), List.of(TOPIC))) {
            await().atMost(PATIENCE).until(() -> consumer.values.size() == 4);
        }
    }

    /** Lag tools read the topic itself. */
    @Test
    void recordsOfTheOffsetsTopicAreKafkas() throws Exception {
        // Given
        try (GroupConsumer consumer = activeConsumer()) {
            assertThat(consumer.assigned()).hasSize(2);
        }
        alter(7);

        // When
        List<ConsumerRecord<byte[], byte[]>> records = readOffsetsTopic();

        // Then
        List<Long> offsets = new ArrayList<>();
        List<Integer> members = new ArrayList<>();
        for (ConsumerRecord<byte[], byte[]> each : records) {
            ByteBuffer key = ByteBuffer.wrap(each.key());
            ByteBuffer value = ByteBuffer.wrap(each.value());
            short type = key.getShort();
            short version = value.getShort();
            if (type == 1) {
                assertThat(new OffsetCommitKey(new ByteBufferAccessor(key), (short) 0).topic())
                        .isEqualTo(TOPIC);
                offsets.add(new OffsetCommitValue(new ByteBufferAccessor(value), version).offset());
            } else {
                members.add(new GroupMetadataValue(new ByteBufferAccessor(value), version)
                        .members()
                        .size());
            }
        }
        assertThat(offsets).containsExactly(7L);
        assertThat(members).contains(1).endsWith(0);
    }

    private List<ConsumerRecord<byte[], byte[]>> readOffsetsTopic() {
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", broker.bootstrap(), "exclude.internal.topics", "false"),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer())) {
            List<TopicPartition> partitions = consumer.partitionsFor("__consumer_offsets").stream()
                    .map(info -> new TopicPartition(info.topic(), info.partition()))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            while (partitions.stream().anyMatch(each -> consumer.position(each) < ends.get(each))) {
                consumer.poll(Duration.ofMillis(200)).forEach(records::add);
            }
            return records;
        }
    }
}
