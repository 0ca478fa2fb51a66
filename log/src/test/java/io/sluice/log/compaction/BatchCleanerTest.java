/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.log.compaction;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.log.batch.Batch;
import io.sluice.log.batch.BatchBuilder;
import io.sluice.log.batch.Compression;
import io.sluice.log.batch.Decompressor;
import io.sluice.log.batch.Record;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.MutableRecordBatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What becomes of one batch. Read back with Kafka's own reader of batches where it matters to clients. */
class BatchCleanerTest {
    private static final long NOW = 100_000;
    private static final long DELETE_RETENTION = 1_000;
    private static final long TIME = 5_000;

    private final KeyMap keys = new KeyMap(1 << 16, 100);
    private final KeyHash hash = new KeyHash(7);

    @Test
    void aBatchOfWhichAllIsLatestStaysByteForByte() throws Exception {
        // Given
        Batch batch = batch(Compression.NONE, "a", "1", "b", "2");

        // When
        ByteBuffer left = clean(batch);

        // Then
        assertThat(left).isEqualTo(batch.bytes());
    }

    @ParameterizedTest
    @EnumSource(Compression.class)
    void supersededRecordsGoAndTheRestKeepsPlaceAndCodec(Compression codec) throws Exception {
        // Given
        Batch batch = batch(codec, "a", "1", "b", "2", "c", "3");
        supersede("a", 500);
        supersede("c", 600);

        // When
        Batch left = new Batch(clean(batch), 0);

        // Then
        assertThat(left.isCrcValid()).isTrue();
        assertThat(left.codec()).isEqualTo(codec);
        assertThat(left.baseOffset()).isEqualTo(100);
        assertThat(left.lastOffset()).isEqualTo(102);
        assertThat(left.leaderEpoch()).isEqualTo(4);
        assertThat(left.producerId()).isEqualTo(77);
        assertThat(left.producerEpoch()).isEqualTo((short) 2);
        assertThat(left.baseSequence()).isEqualTo(30);
        List<Record> records = left.records(new Decompressor(1 << 20));
        assertThat(records).hasSize(1);
        assertThat(records.get(0).offset()).isEqualTo(101);
        assertThat(text(records.get(0).key())).isEqualTo("b");
        assertThat(text(records.get(0).value())).isEqualTo("2");
        assertThat(records.get(0).timestampMs()).isEqualTo(TIME + 1);
        assertThat(records.get(0).headers()).hasSize(1);
    }

    @Test
    void aBatchThatLosesEverythingGoes() throws Exception {
        // Given
        Batch batch = batch(Compression.NONE, "a", "1");
        supersede("a", 500);

        // When, Then
        assertThat(clean(batch)).isNull();
    }

    @Test
    void theLastBatchOfAKnownProducerStaysAsAnEmptyOne() throws Exception {
        // Given
        Batch batch = batch(Compression.LZ4, "a", "1", "b", "2");
        supersede("a", 500);
        supersede("b", 501);

        // When
        Batch left = new Batch(cleaner(200, Map.of(77L, 101L)).clean(batch), 0);

        // Then
        assertThat(left.recordCount()).isZero();
        assertThat(left.isCrcValid()).isTrue();
        assertThat(left.baseOffset()).isEqualTo(100);
        assertThat(left.lastOffset()).isEqualTo(101);
        assertThat(left.producerId()).isEqualTo(77);
        assertThat(left.baseSequence()).isEqualTo(30);
        assertThat(left.codec()).isEqualTo(Compression.NONE);
        // Once the producer has written more, or is forgotten, it goes too.
        assertThat(cleaner(200, Map.of(77L, 300L)).clean(left)).isNull();
        assertThat(cleaner(200, Map.of(77L, 101L)).clean(left)).isEqualTo(left.bytes());
    }

    @Test
    void aTombstoneGetsAHorizonAndGoesWhenThatHasPassed() throws Exception {
        // Given
        Batch batch = batch(Compression.ZSTD, "a", null, "b", "2");

        // When
        Batch first = new Batch(clean(batch), 0);

        // Then
        assertThat(first.hasDeleteHorizon()).isTrue();
        assertThat(first.baseTimestampMs()).isEqualTo(NOW + DELETE_RETENTION);
        List<Record> records = first.records(new Decompressor(1 << 20));
        assertThat(records).extracting(Record::timestampMs).containsExactly(TIME, TIME + 1);
        assertThat(cleanAt(NOW + DELETE_RETENTION - 1, first)).isEqualTo(first.bytes());
        Batch second = new Batch(cleanAt(NOW + DELETE_RETENTION, first), 0);
        List<Record> left = second.records(new Decompressor(1 << 20));
        assertThat(left).extracting(record -> text(record.key())).containsExactly("b");
        assertThat(left).extracting(Record::timestampMs).containsExactly(TIME + 1);
    }

    @Test
    void aTombstoneWhoseTimeHasPassedStaysWhileItIsNotKnownThatItsOlderValuesAreGone() throws Exception {
        // Given
        Batch dirty = new Batch(clean(batch(Compression.NONE, "a", null, "b", "2")), 0);

        // When
        ByteBuffer left = cleaner(NOW + DELETE_RETENTION, dirty.lastOffset(), 200, Map.of())
                .clean(dirty);

        // Then
        assertThat(left).isEqualTo(dirty.bytes());
    }

    @Test
    void aTombstoneBeyondTheGatheredKeysGetsNoHorizonYet() throws Exception {
        // Given
        Batch batch = batch(Compression.NONE, "a", null, "b", "2");

        // When
        ByteBuffer left = cleaner(101, Map.of()).clean(batch);

        // Then
        assertThat(left).isEqualTo(batch.bytes());
    }

    @Test
    void controlAndTransactionalBatchesAndKeylessRecordsStay() throws Exception {
        // Given
        supersede("a", 500);
        ByteBuffer control = BatchBuilder.create()
                .producer(77, (short) 0, -1)
                .transactional()
                .control()
                .add(TIME, new byte[] {0, 0, 0, 1}, new byte[6])
                .build();
        ByteBuffer transactional = BatchBuilder.create()
                .producer(77, (short) 0, 0)
                .transactional()
                .add(TIME, bytes("a"), bytes("1"))
                .build();
        ByteBuffer keyless = BatchBuilder.create()
                .add(TIME, null, bytes("1"))
                .add(TIME, null, null)
                .build();

        // When, Then
        for (ByteBuffer batch : List.of(control, transactional, keyless)) {
            assertThat(clean(new Batch(batch, 0))).isEqualTo(batch);
        }
    }

    @Test
    void theBrokersTimeStaysThatOfTheBatch() throws Exception {
        // Given
        Batch batch = new Batch(
                BatchBuilder.create()
                        .logAppendTime(9_000)
                        .add(1, bytes("a"), bytes("1"))
                        .add(2, bytes("b"), null)
                        .build(),
                0);
        supersede("a", 500);

        // When
        Batch left = new Batch(clean(batch), 0);

        // Then
        assertThat(left.isLogAppendTime()).isTrue();
        assertThat(left.maxTimestampMs()).isEqualTo(9_000);
        assertThat(left.records(new Decompressor(1 << 20)))
                .extracting(Record::timestampMs)
                .containsExactly(9_000L);
    }

    @ParameterizedTest
    @EnumSource(Compression.class)
    void kafkasClientsReadWhatIsLeft(Compression codec) throws Exception {
        // Given
        Batch batch = batch(codec, "a", "1", "b", null, "c", "3");
        supersede("a", 500);

        // When
        ByteBuffer left = clean(batch);

        // Then
        MutableRecordBatch read =
                MemoryRecords.readableRecords(left).batches().iterator().next();
        read.ensureValid();
        assertThat(read.deleteHorizonMs()).hasValue(NOW + DELETE_RETENTION);
        assertThat(read.lastOffset()).isEqualTo(102);
        assertThat(read.lastSequence()).isEqualTo(32);
        List<String> records = new ArrayList<>();
        read.forEach(record ->
                records.add(record.offset() + "@" + record.timestamp() + (record.hasValue() ? "" : " tombstone")));
        assertThat(records).containsExactly("101@5001 tombstone", "102@5002");
    }

    @Test
    void kafkasClientsReadAnEmptyBatch() throws Exception {
        // Given
        Batch batch = batch(Compression.ZSTD, "a", "1");
        supersede("a", 500);

        // When
        ByteBuffer left = cleaner(200, Map.of(77L, 100L)).clean(batch);

        // Then
        MutableRecordBatch read =
                MemoryRecords.readableRecords(left).batches().iterator().next();
        read.ensureValid();
        assertThat(read.iterator().hasNext()).isFalse();
        assertThat(read.lastOffset()).isEqualTo(100);
    }

    private ByteBuffer clean(Batch batch) throws Exception {
        return cleaner(200, Map.of()).clean(batch);
    }

    private ByteBuffer cleanAt(long nowMs, Batch batch) throws Exception {
        return cleaner(nowMs, 200, 200, Map.of()).clean(batch);
    }

    private BatchCleaner cleaner(long mappedUpTo, Map<Long, Long> producers) {
        return cleaner(NOW, mappedUpTo, mappedUpTo, producers);
    }

    private BatchCleaner cleaner(long nowMs, long firstDirtyOffset, long mappedUpTo, Map<Long, Long> producers) {
        return new BatchCleaner(
                Configs.compacted(1 << 20, 0, DELETE_RETENTION, 0, Long.MAX_VALUE),
                nowMs,
                keys,
                hash,
                new Decompressor(1 << 20),
                producers,
                firstDirtyOffset,
                mappedUpTo);
    }

    private void supersede(String key, long offset) {
        hash.of(ByteBuffer.wrap(bytes(key)));
        keys.put(hash.high(), hash.low(), offset);
    }

    private static Batch batch(Compression codec, String... keysAndValues) {
        BatchBuilder builder = BatchBuilder.create()
                .baseOffset(100)
                .leaderEpoch(4)
                .compression(codec)
                .producer(77, (short) 2, 30);
        for (int i = 0; i < keysAndValues.length; i += 2) {
            builder.add(
                    TIME + i / 2,
                    bytes(keysAndValues[i]),
                    bytes(keysAndValues[i + 1]),
                    List.of(new Record.Header("h", ByteBuffer.wrap(new byte[] {1}))));
        }
        return new Batch(builder.build(), 0);
    }

    private static byte[] bytes(String text) {
        return text == null ? null : text.getBytes(StandardCharsets.UTF_8);
    }

    private static String text(ByteBuffer bytes) {
        return StandardCharsets.UTF_8.decode(bytes.duplicate()).toString();
    }
}
