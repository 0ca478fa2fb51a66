/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.log.dump;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.log.AppendOrigin;
import io.sluice.log.LogConfig;
import io.sluice.log.LogContext;
import io.sluice.log.LogCorruptException;
import io.sluice.log.PartitionLog;
import io.sluice.log.batch.BatchBuilder;
import io.sluice.log.batch.Compression;
import io.sluice.log.dump.SegmentEntry.BatchEntry;
import io.sluice.log.dump.SegmentEntry.DamageEntry;
import io.sluice.log.epoch.LeaderEpochHistory;
import io.sluice.log.file.NioLogFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LogDumpTest {
    private static final int BATCHES = 200;

    @TempDir
    Path folder;

    private final LogDump dump = new LogDump(new NioLogFiles(), 1 << 20);
    private Path segment;

    @BeforeEach
    void write() throws IOException {
        try (PartitionLog log = PartitionLog.open(
                LogContext.of(new NioLogFiles(), InstantSource.system()), folder, LogConfig.DEFAULTS)) {
            log.beginEpoch(4);
            for (int i = 0; i < BATCHES; i++) {
                log.prepare(
                        BatchBuilder.create()
                                .compression(Compression.ofId(i % 5))
                                .producer(77, (short) 2, 2 * i)
                                .add(1_000 + i, bytes("k" + i), bytes("v".repeat(100)))
                                .add(1_001 + i, bytes("k" + i), null)
                                .build(),
                        AppendOrigin.CLIENT,
                        4);
                log.write();
            }
        }
        segment = folder.resolve("00000000000000000000.log");
    }

    @Test
    void showsEveryBatchAndRecord() throws IOException {
        // When
        List<SegmentEntry> entries = entries(true);

        // Then
        assertThat(entries).hasSize(BATCHES);
        for (int i = 0; i < BATCHES; i++) {
            BatchEntry batch = (BatchEntry) entries.get(i);
            assertThat(batch.baseOffset()).isEqualTo(2L * i);
            assertThat(batch.lastOffset()).isEqualTo(2L * i + 1);
            assertThat(batch.codec()).isEqualTo(Compression.ofId(i % 5));
            assertThat(batch.producerId()).isEqualTo(77);
            assertThat(batch.baseSequence()).isEqualTo(2 * i);
            assertThat(batch.leaderEpoch()).isEqualTo(4);
            assertThat(batch.maxTimestampMs()).isEqualTo(1_001 + i);
            assertThat(batch.deleteHorizonMs()).isEqualTo(-1);
            assertThat(batch.fault()).isNull();
            assertThat(batch.records()).hasSize(2);
            assertThat(StandardCharsets.UTF_8
                            .decode(batch.records().get(0).key().duplicate())
                            .toString())
                    .isEqualTo("k" + i);
            assertThat(batch.records().get(1).value()).isNull();
        }
        assertThat(Files.size(segment))
                .isEqualTo(entries.stream()
                        .mapToLong(entry -> ((BatchEntry) entry).sizeBytes())
                        .sum());
    }

    @Test
    void goesOnBehindADamagedBatch() throws IOException {
        // Given
        BatchEntry hurt = (BatchEntry) entries(false).get(7);
        byte[] bytes = Files.readAllBytes(segment);
        bytes[(int) hurt.position() + 70] ^= 4;
        Files.write(segment, bytes);

        // When
        List<SegmentEntry> entries = entries(false);

        // Then
        assertThat(entries).hasSize(BATCHES);
        assertThat(entries.get(7)).isInstanceOfSatisfying(DamageEntry.class, damage -> {
            assertThat(damage.position()).isEqualTo(hurt.position());
            assertThat(damage.lengthBytes()).isEqualTo(hurt.sizeBytes());
            assertThat(damage.cause()).contains("CRC");
            assertThat(damage.atTheEnd()).isFalse();
        });
        assertThat(entries.get(8)).isInstanceOf(BatchEntry.class);
    }

    @Test
    void goesOnBehindADamagedLength() throws IOException {
        // Given
        BatchEntry hurt = (BatchEntry) entries(false).get(7);
        byte[] bytes = Files.readAllBytes(segment);
        bytes[(int) hurt.position() + 8] = 0x7f;
        Files.write(segment, bytes);

        // When
        List<SegmentEntry> entries = entries(false);

        // Then
        assertThat(entries).hasSize(BATCHES);
        assertThat(entries.get(7)).isInstanceOf(DamageEntry.class);
    }

    @Test
    void namesATornEnd() throws IOException {
        // Given
        byte[] bytes = Files.readAllBytes(segment);
        byte[] torn = java.util.Arrays.copyOf(bytes, bytes.length - 10);
        Files.write(segment, torn);

        // When
        List<SegmentEntry> entries = entries(false);

        // Then
        assertThat(entries).hasSize(BATCHES);
        assertThat(entries.get(BATCHES - 1))
                .isInstanceOfSatisfying(DamageEntry.class, damage -> assertThat(damage.atTheEnd())
                        .isTrue());
    }

    @Test
    void aFileThatIsNoSegmentIsOneDamage() throws IOException {
        // Given
        Files.write(
                segment,
                "this is no log, only some text of more than sixty-one bytes, the size of a header"
                        .getBytes(StandardCharsets.UTF_8));

        // When
        List<SegmentEntry> entries = entries(false);

        // Then
        assertThat(entries).hasSize(1).first().isInstanceOf(DamageEntry.class);
    }

    @Test
    void showsTheSmallFiles() throws IOException {
        // Given
        Path index = folder.resolve("00000000000000000000.index");
        Path snapshot = folder.resolve("00000000000000000400.snapshot");

        // When, Then
        IndexDump indexed = dump.index(index);
        assertThat(indexed.baseOffset()).isZero();
        assertThat(indexed.segmentBytes()).isEqualTo((int) Files.size(segment));
        assertThat(indexed.entries()).isNotEmpty();
        List<Long> positions =
                entries(false).stream().map(SegmentEntry::position).toList();
        assertThat(indexed.entries()).allSatisfy(entry -> assertThat(positions).contains((long) entry.position()));
        assertThat(dump.producers(snapshot).producers()).containsOnlyKeys(77L);
        assertThat(dump.leaderEpochs(folder.resolve("leader-epochs")))
                .containsExactly(new LeaderEpochHistory.Entry(4, 0));
        assertThat(LogDump.Kind.of(index)).isEqualTo(LogDump.Kind.INDEX);
        assertThat(LogDump.Kind.of(snapshot)).isEqualTo(LogDump.Kind.PRODUCER_SNAPSHOT);
        assertThat(LogDump.Kind.of(Path.of("00000000000000000000-00000000000000000400.log.swap")))
                .isEqualTo(LogDump.Kind.SEGMENT);
        assertThat(LogDump.Kind.of(Path.of("x.txt"))).isEqualTo(LogDump.Kind.UNKNOWN);
    }

    @Test
    void aDamagedOrMissingSmallFileIsNamed() throws IOException {
        // Given
        Path index = folder.resolve("00000000000000000000.index");
        byte[] bytes = Files.readAllBytes(index);
        bytes[40] ^= 1;
        Files.write(index, bytes);

        // When, Then
        assertThatThrownBy(() -> dump.index(index))
                .isInstanceOf(LogCorruptException.class)
                .hasMessageContaining("00000000000000000000.index");
        assertThatThrownBy(() -> dump.producers(folder.resolve("1.snapshot")))
                .isInstanceOf(NoSuchFileException.class)
                .hasMessageContaining("1.snapshot");
    }

    private List<SegmentEntry> entries(boolean withRecords) throws IOException {
        List<SegmentEntry> entries = new ArrayList<>();
        dump.segment(segment, withRecords, entries::add);
        return entries;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
