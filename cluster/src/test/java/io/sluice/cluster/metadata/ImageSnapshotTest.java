/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.cluster.metadata;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.log.LogCorruptException;
import io.sluice.log.format.CheckedFormat;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class ImageSnapshotTest {
    private static final int HEADER_BYTES = 12;

    @Property(tries = 500)
    void anImageIsTheSameBehindItsSnapshot(@ForAll long seed) throws Exception {
        // Given
        RandomImages life = new RandomImages(seed);
        ClusterImage image = life.after(1 + new Random(seed).nextInt(40));

        // When
        ImageSnapshot read = ImageSnapshot.decode(new ImageSnapshot(image, 7).encode(), "it");

        // Then
        assertThat(read.epoch()).isEqualTo(7);
        assertSame(life, image, read.image());
    }

    @Property(tries = 200)
    void whatComesAfterMakesNoDifference(@ForAll long seed) throws Exception {
        // Given: two lives that are one up to the snapshot
        RandomImages life = new RandomImages(seed);
        RandomImages twin = new RandomImages(seed);
        life.after(20);
        ImageSnapshot snapshot = ImageSnapshot.decode(new ImageSnapshot(twin.after(20), 0).encode(), "it");

        // When
        RandomImages later = new RandomImages(seed + 1);
        List<MetadataRecord> records = later.after(10).records();
        ClusterImage image = life.after(0).with(records, 10_000);

        // Then
        assertSame(life, image, snapshot.image().with(records, 10_000));
    }

    private static void assertSame(RandomImages life, ClusterImage expected, ClusterImage actual) {
        assertThat(actual.offset()).isEqualTo(expected.offset());
        assertThat(actual.clusterId()).isEqualTo(expected.clusterId());
        assertThat(actual.placementGroupCount()).isEqualTo(expected.placementGroupCount());
        assertThat(actual.placementGroups()).isEqualTo(expected.placementGroups());
        assertThat(actual.brokers()).isEqualTo(expected.brokers());
        assertThat(actual.topics()).isEqualTo(expected.topics());
        assertThat(actual.features()).isEqualTo(expected.features());
        assertThat(actual.nextProducerId()).isEqualTo(expected.nextProducerId());
        for (int broker = 0; broker < 5; broker++) {
            assertThat(actual.brokerConfig(broker)).isEqualTo(expected.brokerConfig(broker));
            assertThat(actual.levels(broker)).isEqualTo(expected.levels(broker));
        }
        assertThat(actual.brokerConfig(null)).isEqualTo(expected.brokerConfig(null));
        for (UUID topic : life.everyTopic()) {
            assertThat(actual.topic(topic)).isEqualTo(expected.topic(topic));
            for (int broker = 0; broker < 5; broker++) {
                for (UUID directory : life.everyDirectory(broker)) {
                    assertThat(actual.isYounger(topic, broker, directory))
                            .as("topic %s is younger than directory %s of broker %d", topic, directory, broker)
                            .isEqualTo(expected.isYounger(topic, broker, directory));
                }
            }
        }
        assertThat(actual.records()).isEqualTo(expected.records());
    }

    @Property(tries = 300)
    void aSnapshotWithAnyByteWrongOrMissingIsNone(@ForAll long seed) {
        // Given
        Random random = new Random(seed);
        ByteBuffer whole = new ImageSnapshot(new RandomImages(seed).after(10), 1).encode();
        byte[] bytes = new byte[whole.remaining()];
        whole.get(bytes);

        // When
        ByteBuffer damaged;
        if (random.nextBoolean()) {
            damaged = ByteBuffer.wrap(bytes, 0, random.nextInt(bytes.length));
        } else {
            // Bytes 6 and 7 are reserved.
            int at = random.nextInt(bytes.length - 2);
            bytes[at < 6 ? at : at + 2] ^= (byte) (1 << random.nextInt(8));
            damaged = ByteBuffer.wrap(bytes);
        }

        // Then
        assertThatThrownBy(() -> ImageSnapshot.decode(damaged, "it")).isInstanceOf(LogCorruptException.class);
    }

    @Test
    void aWholeSnapshotOfANewerProgramIsRefusedAndNotTakenForADamagedOne() {
        // Given: one record, of a type that is not known
        CheckedFormat format = new CheckedFormat("metadata snapshot", 0x534C4D49, (short) 1);
        ByteBuffer content = format.seal(format.begin(HEADER_BYTES + 11)
                .putLong(5)
                .putInt(2)
                .putInt(1)
                .putInt(3)
                .putShort((short) 4_711)
                .put((byte) 0));

        // Then
        assertThatThrownBy(() -> ImageSnapshot.decode(content, "the file"))
                .isInstanceOf(MetadataFormatException.class)
                .hasMessage(
                        "the file: record 0: metadata record type 4711 is not known to this version of the program: start a newer one");
    }

    @Test
    void theBytesStayWhatTheyAre() {
        // Given
        ClusterImage image = ClusterImage.EMPTY.with(List.of(new MetadataRecord.FeatureLevelSet("f", (short) 3)), 258);

        // Then
        assertThat(java.util.HexFormat.of()
                        .formatHex(new ImageSnapshot(image, 9).encode().array()))
                .startsWith("534c4d4900010000")
                .endsWith("0000000000000102" + "00000009" + "00000001" + "0000000a" + "000900" + "00000001" + "66"
                        + "0003");
    }
}
