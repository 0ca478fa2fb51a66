/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.log.batch;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.record.internal.CompressionType;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.MemoryRecordsBuilder;
import org.apache.kafka.common.utils.Utils;
import org.assertj.core.api.SoftAssertions;

/** What Kafka's own classes write is read here, and the other way round, in every codec. */
class KafkaInterplayTest {
    @Property(tries = 150)
    void kafkasBatchesAreReadHere(
            @ForAll Compression codec, @ForAll @IntRange(min = 1, max = 300) int count, @ForAll long seed) {
        // Given
        List<Record> expected = RandomRecords.records(seed, count);
        ByteBuffer batch = writtenByKafka(codec, expected);
        // When
        List<Record> read = new ArrayList<>();
        Records.in(batch).forEach(read::add);
        // Then
        assertThat(read).isEqualTo(expected);
    }

    @Property(tries = 150)
    void batchesFromHereAreReadByKafka(
            @ForAll Compression codec, @ForAll @IntRange(min = 1, max = 300) int count, @ForAll long seed) {
        // Given
        List<Record> expected = RandomRecords.records(seed, count);
        BatchBuilder builder = BatchBuilder.create().compression(codec).producer(7, (short) 1, 5);
        expected.forEach(builder::add);
        // When
        MemoryRecords kafka = MemoryRecords.readableRecords(builder.build());
        // Then
        kafka.batches().forEach(batch -> batch.ensureValid());
        List<Record> read = new ArrayList<>();
        kafka.records().forEach(record -> read.add(fromKafka(record)));
        SoftAssertions.assertSoftly(softly -> {
            softly.assertThat(read).isEqualTo(expected);
            softly.assertThat(kafka.batches().iterator().next().producerId()).isEqualTo(7);
            softly.assertThat(kafka.batches().iterator().next().baseSequence()).isEqualTo(5);
        });
    }

    @Property(tries = 100)
    void theScanAgreesWithTheParser(
            @ForAll Compression codec, @ForAll @IntRange(min = 1, max = 100) int count, @ForAll long seed)
            throws CorruptBatchException {
        // Given
        List<Record> records = RandomRecords.records(seed, count);
        ByteBuffer bytes = writtenByKafka(codec, records);
        Batch batch = new Batch(bytes, 0);
        ByteBuffer raw = new Decompressor(1 << 26)
                .decompress(codec, bytes.slice(BatchHeader.SIZE, batch.sizeInBytes() - BatchHeader.SIZE));
        RecordScan scan = new RecordScan();
        // When
        scan.scan(raw, count, batch.baseTimestampMs());
        // Then
        assertThat(scan.maxTimestampMs()).isEqualTo(batch.maxTimestampMs());
        assertThat(scan.firstKeyless())
                .isEqualTo(records.stream()
                        .filter(r -> r.key() == null)
                        .findFirst()
                        .map(records::indexOf)
                        .orElse(-1));
    }

    static ByteBuffer writtenByKafka(Compression codec, List<Record> records) {
        var compression = org.apache.kafka.common.compress.Compression.of(CompressionType.forId(codec.id()))
                .build();
        MemoryRecordsBuilder builder =
                MemoryRecords.builder(ByteBuffer.allocate(1024), (byte) 2, compression, TimestampType.CREATE_TIME, 0L);
        for (Record record : records) {
            builder.append(
                    record.timestampMs(),
                    record.key(),
                    record.value(),
                    record.headers().stream()
                            .map(h -> new RecordHeader(h.key(), Utils.toNullableArray(h.value())))
                            .toArray(RecordHeader[]::new));
        }
        return builder.build().buffer();
    }

    private static Record fromKafka(org.apache.kafka.common.record.internal.Record record) {
        List<Record.Header> headers = new ArrayList<>();
        for (var header : record.headers()) {
            headers.add(
                    new Record.Header(header.key(), header.value() == null ? null : ByteBuffer.wrap(header.value())));
        }
        return new Record(record.offset(), record.timestamp(), record.key(), record.value(), headers);
    }
}
