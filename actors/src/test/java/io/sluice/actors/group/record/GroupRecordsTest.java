/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.actors.group.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.actors.group.Bytes;
import io.sluice.actors.group.GroupRequest.PartitionKey;
import io.sluice.actors.group.GroupResponse.CommittedOffset;
import io.sluice.actors.group.record.GroupEvent.GroupRemoved;
import io.sluice.actors.group.record.GroupEvent.GroupSaved;
import io.sluice.actors.group.record.GroupEvent.OffsetCommitted;
import io.sluice.actors.group.record.GroupEvent.OffsetRemoved;
import io.sluice.actors.group.record.SavedGroup.SavedMember;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.UUID;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.protocol.Message;
import org.apache.kafka.common.protocol.ObjectSerializationCache;
import org.apache.kafka.coordinator.group.generated.GroupMetadataKey;
import org.apache.kafka.coordinator.group.generated.GroupMetadataValue;
import org.apache.kafka.coordinator.group.generated.GroupMetadataValue.MemberMetadata;
import org.apache.kafka.coordinator.group.generated.OffsetCommitKey;
import org.apache.kafka.coordinator.group.generated.OffsetCommitValue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The bytes are compared with those of Kafka's own generated classes. */
class GroupRecordsTest {
    private static final UUID NO_ID = new UUID(0, 0);
    private static final UUID TOPIC_ID = new UUID(0x0123456789abcdefL, 0xfedcba9876543210L);
    private static final PartitionKey PARTITION = new PartitionKey("bestellungen-ä", 12);
    private static final SavedGroup GROUP = new SavedGroup(
            "consumer",
            7,
            "range",
            "a-1",
            1_700_000_000_000L,
            List.of(
                    new SavedMember("a-1", null, "a", "/127.0.0.1", 300_000, 45_000, bytes(5), bytes(9)),
                    new SavedMember("b-1", "instance", "b", "/10.0.0.1", 1, 2, bytes(0), bytes(300))));

    private static Bytes bytes(int length) {
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            bytes[i] = (byte) i;
        }
        return Bytes.of(bytes);
    }

    private static ByteBuffer kafka(int prefix, Message message, int version) {
        ObjectSerializationCache cache = new ObjectSerializationCache();
        ByteBuffer out = ByteBuffer.allocate(2 + message.size(cache, (short) version));
        out.putShort((short) prefix);
        message.write(new ByteBufferAccessor(out), cache, (short) version);
        return out.flip();
    }

    private static ByteBuffer key(GroupEvent event) {
        return ByteBuffer.wrap(GroupRecords.key(event));
    }

    private static ByteBuffer value(GroupEvent event) {
        byte[] value = GroupRecords.value(event);
        return value == null ? null : ByteBuffer.wrap(value);
    }

    private static ByteBuffer kafkaOffsetKey() {
        return kafka(
                1,
                new OffsetCommitKey().setGroup("g").setTopic(PARTITION.topic()).setPartition(PARTITION.partition()),
                0);
    }

    private static OffsetCommitValue kafkaOffset() {
        return new OffsetCommitValue().setOffset(1L << 40).setMetadata("meta ü").setCommitTimestamp(99);
    }

    private static GroupMetadataValue kafkaGroup(int version) {
        GroupMetadataValue value = new GroupMetadataValue()
                .setProtocolType(GROUP.protocolType())
                .setGeneration(GROUP.generation())
                .setProtocol(GROUP.protocol())
                .setLeader(GROUP.leader())
                .setCurrentStateTimestamp(version >= 2 ? GROUP.stateTimeMs() : -1);
        for (SavedMember member : GROUP.members()) {
            value.members()
                    .add(new MemberMetadata()
                            .setMemberId(member.memberId())
                            .setGroupInstanceId(version >= 3 ? member.instanceId() : null)
                            .setClientId(member.clientId())
                            .setClientHost(member.clientHost())
                            .setRebalanceTimeout(version >= 1 ? member.rebalanceTimeoutMs() : -1)
                            .setSessionTimeout(member.sessionTimeoutMs())
                            .setSubscription(member.subscription().array())
                            .setAssignment(member.assignment().array()));
        }
        return value;
    }

    @Test
    void committedOffsetIsWrittenAsKafkaWritesIt() {
        // Given
        OffsetCommitted event =
                new OffsetCommitted("g", PARTITION, new CommittedOffset(1L << 40, 5, "meta ü", 99, -1, TOPIC_ID));

        // When
        ByteBuffer key = key(event);
        ByteBuffer value = value(event);

        // Then
        Uuid id = new Uuid(TOPIC_ID.getMostSignificantBits(), TOPIC_ID.getLeastSignificantBits());
        assertThat(key).isEqualTo(kafkaOffsetKey());
        assertThat(value).isEqualTo(kafka(4, kafkaOffset().setLeaderEpoch(5).setTopicId(id), 4));
        assertThat(GroupRecords.read(key, value)).isEqualTo(event);
    }

    @Test
    void committedOffsetWithoutTopicIdOrWithExpiryIsWrittenAsKafkaWritesIt() {
        // Given
        OffsetCommitted plain =
                new OffsetCommitted("g", PARTITION, new CommittedOffset(1L << 40, -1, "meta ü", 99, -1, NO_ID));
        OffsetCommitted expiring =
                new OffsetCommitted("g", PARTITION, new CommittedOffset(1L << 40, -1, "meta ü", 99, 123, NO_ID));

        // When
        ByteBuffer plainValue = value(plain);
        ByteBuffer expiringValue = value(expiring);

        // Then
        assertThat(plainValue).isEqualTo(kafka(4, kafkaOffset(), 4));
        assertThat(expiringValue).isEqualTo(kafka(1, kafkaOffset().setExpireTimestamp(123), 1));
        assertThat(GroupRecords.read(key(plain), plainValue)).isEqualTo(plain);
        assertThat(GroupRecords.read(key(expiring), expiringValue)).isEqualTo(expiring);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 4})
    void committedOffsetIsReadInEveryVersion(int version) {
        // Given
        OffsetCommitValue value = kafkaOffset();
        if (version >= 3) {
            value.setLeaderEpoch(6);
        }

        // When
        GroupEvent event = GroupRecords.read(kafkaOffsetKey(), kafka(version, value, version));

        // Then
        assertThat(event)
                .isEqualTo(new OffsetCommitted(
                        "g", PARTITION, new CommittedOffset(1L << 40, version >= 3 ? 6 : -1, "meta ü", 99, -1, NO_ID)));
    }

    @Test
    void groupIsWrittenAsKafkaWritesIt() {
        // Given
        GroupSaved event = new GroupSaved("gruppe-ß", GROUP);
        GroupSaved empty = new GroupSaved("gruppe-ß", new SavedGroup("", 0, null, null, -1, List.of()));

        // When
        ByteBuffer key = key(event);
        ByteBuffer value = value(event);

        // Then
        assertThat(key).isEqualTo(kafka(2, new GroupMetadataKey().setGroup("gruppe-ß"), 0));
        assertThat(value).isEqualTo(kafka(3, kafkaGroup(3), 3));
        assertThat(value(empty))
                .isEqualTo(kafka(
                        3,
                        new GroupMetadataValue()
                                .setProtocolType("")
                                .setProtocol(null)
                                .setLeader(null),
                        3));
        assertThat(GroupRecords.read(key, value)).isEqualTo(event);
        assertThat(GroupRecords.read(key, value(empty))).isEqualTo(empty);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 4})
    void groupIsReadInEveryVersion(int version) {
        // When
        GroupEvent event = GroupRecords.read(
                kafka(2, new GroupMetadataKey().setGroup("g"), 0), kafka(version, kafkaGroup(version), version));

        // Then
        SavedGroup read = ((GroupSaved) event).group();
        assertThat(read.generation()).isEqualTo(7);
        assertThat(read.stateTimeMs()).isEqualTo(version >= 2 ? GROUP.stateTimeMs() : -1);
        for (int i = 0; i < 2; i++) {
            SavedMember wanted = GROUP.members().get(i);
            SavedMember member = read.members().get(i);
            assertThat(member.memberId()).isEqualTo(wanted.memberId());
            assertThat(member.instanceId()).isEqualTo(version >= 3 ? wanted.instanceId() : null);
            assertThat(member.rebalanceTimeoutMs())
                    .isEqualTo(version >= 1 ? wanted.rebalanceTimeoutMs() : wanted.sessionTimeoutMs());
            assertThat(member.subscription()).isEqualTo(wanted.subscription());
            assertThat(member.assignment()).isEqualTo(wanted.assignment());
        }
    }

    @Test
    void tombstonesRemove() {
        // Given
        OffsetRemoved offset = new OffsetRemoved("g", PARTITION);
        GroupRemoved group = new GroupRemoved("g");

        // When
        GroupEvent readOffset = GroupRecords.read(key(offset), value(offset));
        GroupEvent readGroup = GroupRecords.read(key(group), value(group));

        // Then
        assertThat(readOffset).isEqualTo(offset);
        assertThat(readGroup).isEqualTo(group);
    }

    @ParameterizedTest
    @ValueSource(ints = {3, 8, 15, 99})
    void keysOfOtherProtocolsAreLeftAlone(int type) {
        // Given
        ByteBuffer key = ByteBuffer.allocate(10).putShort(0, (short) type);

        // When
        GroupEvent event = GroupRecords.read(key, ByteBuffer.allocate(4));

        // Then
        assertThat(event).isNull();
    }

    @Test
    void valuesOfLaterVersionsAreLeftAlone() {
        // Given
        ByteBuffer value = ByteBuffer.allocate(10).putShort(0, (short) 5);

        // When
        GroupEvent offset = GroupRecords.read(kafkaOffsetKey(), value);
        GroupEvent group = GroupRecords.read(key(new GroupRemoved("g")), value);

        // Then
        assertThat(offset).isNull();
        assertThat(group).isNull();
    }

    @Test
    void everyCutRecordIsFoundOut() {
        // Given
        GroupSaved saved = new GroupSaved("g", GROUP);
        byte[] whole = GroupRecords.value(saved);

        for (int length = 0; length < whole.length; length++) {
            ByteBuffer cut = ByteBuffer.wrap(whole, 0, length);

            // When, Then
            assertThatThrownBy(() -> GroupRecords.read(key(saved), cut))
                    .as("cut after " + length)
                    .isInstanceOf(MalformedRecordException.class);
        }
    }
}
