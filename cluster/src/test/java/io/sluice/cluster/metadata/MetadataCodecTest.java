/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.cluster.metadata;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class MetadataCodecTest {
    private static final UUID ID = new UUID(0x0102030405060708L, 0x090a0b0c0d0e0f10L);

    static Stream<MetadataRecord> everyRecord() {
        return Stream.of(
                new MetadataRecord.ClusterCreated("kXb2tV5oQzK0pJ7H1n6v9w", 64),
                new MetadataRecord.BrokerRegistered(1, "höst", 9092, null, 17, ID, MetadataLevels.FIRST),
                new MetadataRecord.BrokerRegistered(2, "", 0, "rack-1", Long.MAX_VALUE, ID, MetadataLevels.FIRST),
                new MetadataRecord.PlacementGroupsSet(List.of(List.of(1, 2), List.of(2, 1), List.of())),
                new MetadataRecord.TopicCreated(
                        ID,
                        "orders",
                        true,
                        List.of(
                                new MetadataImage.PartitionInfo(0, 5, List.of(1)),
                                new MetadataImage.PartitionInfo(1, 6, List.of(1))),
                        Map.of("cleanup.policy", "compact", "retention.ms", "1")),
                new MetadataRecord.PartitionsAdded(ID, List.of(new MetadataImage.PartitionInfo(2, 7, List.of(1)))),
                new MetadataRecord.TopicDeleted(ID),
                new MetadataRecord.ConfigSet(Controller.ResourceType.TOPIC, ID.toString(), Map.of("a", "")),
                new MetadataRecord.ConfigSet(Controller.ResourceType.BROKER, "", Map.of()),
                new MetadataRecord.ConfigSet(Controller.ResourceType.GROUP, "g", Map.of("a", "b")),
                new MetadataRecord.ProducerIdsAllocated(1_000),
                new MetadataRecord.FeatureLevelSet("metadata.version", (short) 25),
                new MetadataRecord.PartitionsChanged(
                        ID,
                        List.of(
                                new MetadataImage.PartitionInfo(2, 7, List.of(1, 2), 5, List.of(3), null),
                                new MetadataImage.PartitionInfo(
                                        3,
                                        64,
                                        List.of(1),
                                        0,
                                        List.of(),
                                        new MetadataImage.Reassignment(List.of(1), List.of(2, 1))))),
                new MetadataRecord.BrokerUnregistered(7));
    }

    @ParameterizedTest
    @MethodSource("everyRecord")
    void isReadAsItWasWritten(MetadataRecord record) {
        // When
        MetadataRecord read = MetadataCodec.decode(ByteBuffer.wrap(MetadataCodec.encode(record)));

        // Then
        assertThat(read).isEqualTo(record);
    }

    @Test
    void everyKindOfRecordIsAmongTheTested() {
        assertThat(everyRecord().map(Object::getClass).distinct())
                .containsExactlyInAnyOrder(MetadataRecord.class.getPermittedSubclasses());
    }

    @Test
    void theBytesStayWhatTheyAre() {
        // Given
        MetadataRecord record = new MetadataRecord.BrokerRegistered(1, "h", 9092, null, 2, ID, MetadataLevels.FIRST);

        // When
        String bytes = HexFormat.of().formatHex(MetadataCodec.encode(record));

        // Then
        assertThat(bytes)
                .isEqualTo("0002" + "01" + "00000001" + "0000000168" + "00002384" + "ffffffff" + "0000000000000002"
                        + "0102030405060708090a0b0c0d0e0f10" + "0001" + "0001");
    }

    @Test
    void aBrokerThatWasRegisteredByAnOlderProgramKnowsTheFirstLevel() {
        // Given
        String bytes = "0002" + "00" + "00000001" + "0000000168" + "00002384" + "ffffffff" + "0000000000000002"
                + "0102030405060708090a0b0c0d0e0f10";

        // When
        MetadataRecord read =
                MetadataCodec.decode(ByteBuffer.wrap(HexFormat.of().parseHex(bytes)));

        // Then
        assertThat(read)
                .isEqualTo(new MetadataRecord.BrokerRegistered(1, "h", 9092, null, 2, ID, MetadataLevels.FIRST));
    }

    @Test
    void theBytesOfAChangedPartitionStayWhatTheyAre() {
        // Given
        MetadataRecord record = new MetadataRecord.PartitionsChanged(
                ID,
                List.of(new MetadataImage.PartitionInfo(
                        3, 64, List.of(1), 2, List.of(5), new MetadataImage.Reassignment(List.of(1), List.of(2)))));

        // When
        String bytes = HexFormat.of().formatHex(MetadataCodec.encode(record));

        // Then
        assertThat(bytes)
                .isEqualTo("000a" + "00" + "0102030405060708090a0b0c0d0e0f10" + "00000001" + "00000003" + "00000040"
                        + "0000000100000001" + "00000002" + "0000000100000005" + "01" + "0000000100000001"
                        + "0000000100000002");
    }

    @Test
    void aNewerVersionIsRefusedByName() {
        // Given
        byte[] bytes = MetadataCodec.encode(new MetadataRecord.ProducerIdsAllocated(1));
        bytes[2] = 3;

        // When, then
        assertThatThrownBy(() -> MetadataCodec.decode(ByteBuffer.wrap(bytes)))
                .isInstanceOf(MetadataFormatException.class)
                .hasMessageContaining("PRODUCER_IDS_ALLOCATED has version 3");
    }

    @Test
    void anUnknownTypeIsRefusedByNumber() {
        assertThatThrownBy(() -> MetadataCodec.decode(ByteBuffer.wrap(new byte[] {0, 99, 0})))
                .isInstanceOf(MetadataFormatException.class)
                .hasMessageContaining("type 99");
    }

    @Property(tries = 500)
    void damageNeverDoesMoreThanRefuse(@ForAll byte[] garbage, @ForAll int seed) {
        // Given
        List<MetadataRecord> records = everyRecord().toList();
        byte[] bytes = MetadataCodec.encode(records.get(Math.floorMod(seed, records.size())));
        for (int i = 0; i < Math.min(garbage.length, 3); i++) {
            bytes[Math.floorMod(seed * (i + 7), bytes.length)] = garbage[i];
        }

        // When, then
        for (ByteBuffer input : List.of(ByteBuffer.wrap(bytes), ByteBuffer.wrap(garbage))) {
            try {
                MetadataCodec.decode(input);
            } catch (MetadataFormatException refused) {
                assertThat(refused).hasMessageNotContaining("null");
            }
        }
    }
}
