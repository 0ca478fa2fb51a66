/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.actors.subscription;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.actors.partition.TopicPartition;
import io.sluice.log.batch.BatchBuilder;
import io.sluice.log.batch.Compression;
import io.sluice.log.batch.CorruptBatchException;
import io.sluice.log.batch.Record;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class BatchDecoderTest {
    private static final int ALL = 1 << 20;
    private static final long END = Long.MAX_VALUE;

    private static final TopicPartition ORDERS = new TopicPartition(new UUID(1, 1), "orders", 0);

    private final BatchDecoder decoder = new BatchDecoder(1 << 16);

    private static BatchBuilder batch(long baseOffset, String... values) {
        BatchBuilder batch = BatchBuilder.create().baseOffset(baseOffset);
        for (String value : values) {
            batch = batch.add(1_000, null, value.getBytes(StandardCharsets.UTF_8));
        }
        return batch;
    }

    private static ByteBuffer stored(BatchBuilder... batches) {
        ByteBuffer stored = ByteBuffer.allocate(1 << 20);
        for (BatchBuilder batch : batches) {
            stored.put(batch.build());
        }
        return stored.flip();
    }

    @ParameterizedTest
    @EnumSource(Compression.class)
    void recordsOfEveryCodecAreViewsOfTheBatch(Compression codec) throws Exception {
        // When
        List<DecodedBatch> decoded =
                decoder.decode(stored(batch(7, "hello", "world").compression(codec)), 7, END, ALL);

        // Then
        assertThat(decoded).hasSize(1);
        DecodedBatch batch = decoded.get(0);
        assertThat(batch.fromOffset()).isEqualTo(7);
        assertThat(batch.nextOffset()).isEqualTo(9);
        assertThat(batch.records())
                .extracting(record -> StandardCharsets.UTF_8
                        .decode(record.value().duplicate())
                        .toString())
                .containsExactly("hello", "world");
        assertThat(batch.sizeInBytes()).isBetween(330, 500);
    }

    @Test
    void batchesSpeakForWhatCompactionHasRemovedBeforeThem() throws Exception {
        // When
        List<DecodedBatch> decoded = decoder.decode(stored(batch(10, "a").lastOffset(14), batch(20, "b")), 5, END, ALL);

        // Then
        assertThat(decoded).extracting(DecodedBatch::fromOffset).containsExactly(5L, 15L);
        assertThat(decoded).extracting(DecodedBatch::nextOffset).containsExactly(15L, 21L);
    }

    @Test
    void controlBatchesHaveNoRecords() throws Exception {
        // When
        List<DecodedBatch> decoded =
                decoder.decode(stored(batch(0, "commit").control().transactional(), batch(1, "b")), 0, END, ALL);

        // Then
        assertThat(decoded).hasSize(2);
        assertThat(decoded.get(0).records()).isEmpty();
        assertThat(decoded.get(0).nextOffset()).isEqualTo(1);
    }

    @Test
    void whatIsWantedIsBoundedButForTheFirst() throws Exception {
        // Given
        ByteBuffer stored = stored(batch(0, "a".repeat(1_000)), batch(1, "b".repeat(1_000)), batch(2, "c"));

        // When, Then
        assertThat(decoder.decode(stored, 0, END, 1)).hasSize(1);
        assertThat(decoder.decode(stored, 0, END, 2_400)).hasSize(2);
        assertThat(decoder.decode(stored, 0, END, ALL)).hasSize(3);
    }

    @Test
    void whatBeginsBehindTheEndIsLeftOut() throws Exception {
        // Given
        ByteBuffer stored = stored(batch(0, "a"), batch(1, "b", "c"), batch(3, "d"));

        // When, Then
        assertThat(decoder.decode(stored, 0, 3, ALL)).hasSize(2);
        assertThat(decoder.decode(stored, 0, 4, ALL)).hasSize(3);
    }

    @Test
    void smallBatchesOfOneReadAreOne() {
        // Given
        ByteBuffer stored =
                stored(batch(5, "a"), batch(6, "marker").control().transactional(), batch(7, "b", "c"), batch(9, "d"));

        // When
        PartitionRead.Batches read = decoder.read(ORDERS, stored, 3, 9, ALL);

        // Then
        assertThat(read.endReached()).isTrue();
        assertThat(read.batches()).hasSize(1);
        DecodedBatch batch = read.batches().get(0);
        assertThat(batch.fromOffset()).isEqualTo(3);
        assertThat(batch.nextOffset()).isEqualTo(9);
        assertThat(batch.records()).extracting(Record::offset).containsExactly(5L, 7L, 8L);
        assertThat(batch.sizeInBytes()).isGreaterThan(3 * DecodedBatch.RECORD_OVERHEAD_BYTES);
    }

    @Test
    void largeBatchesStayAloneAndNothingIsGatheredBeyondTheLimit() {
        // Given
        int large = SubscriptionSettings.GATHERED_BYTES;
        String third = "x".repeat(large / 3);
        ByteBuffer stored =
                stored(batch(0, "a"), batch(1, "b".repeat(large)), batch(2, third), batch(3, third), batch(4, third));

        // When
        PartitionRead.Batches read = decoder.read(ORDERS, stored, 0, 5, ALL);

        // Then
        assertThat(read.batches()).extracting(DecodedBatch::fromOffset).containsExactly(0L, 1L, 2L, 4L);
        assertThat(read.batches()).extracting(DecodedBatch::nextOffset).containsExactly(1L, 2L, 4L, 5L);
    }

    @Test
    void aDamagedBatchIsRefusedWhenItIsReached() throws Exception {
        // Given
        ByteBuffer stored = stored(batch(0, "a"), batch(1, "b"));
        stored.put(stored.limit() - 2, (byte) 'x');

        // When, Then
        assertThat(decoder.decode(stored, 0, END, ALL)).as("what is before it").hasSize(1);
        int second = batch(0, "a").build().remaining();
        assertThatThrownBy(() -> decoder.decode(stored.slice(second, stored.limit() - second), 1, END, ALL))
                .isInstanceOf(CorruptBatchException.class)
                .hasMessage("batch at offset 1: CRC is wrong");
    }

    @Test
    void whatIsNoBatchIsRefused() {
        assertThatThrownBy(() -> decoder.decode(ByteBuffer.allocate(100), 0, END, ALL))
                .isInstanceOf(CorruptBatchException.class)
                .hasMessage("no whole batch in 100 bytes");
    }

    @Test
    void moreHeadersThanCanBeReadAtOnceAreRefused() {
        // Given a record of two million bytes that would take hundreds of megabytes
        List<Record.Header> headers =
                Collections.nCopies(SubscriptionSettings.MAX_BATCH_HEADERS + 1, new Record.Header("", null));
        ByteBuffer stored =
                BatchBuilder.create().add(1_000, null, new byte[] {1}, headers).build();

        // When, Then
        assertThatThrownBy(() -> decoder.decode(stored, 0, END, ALL))
                .isInstanceOf(CorruptBatchException.class)
                .hasMessage(
                        "batch at offset 0: its records have more than the 1000000 headers that can be read at once");
    }

    @Test
    void aBombIsNotInflated() {
        // Given
        ByteBuffer bomb = stored(batch(0, "a".repeat(1 << 17)).compression(Compression.ZSTD));

        // When, Then
        assertThatThrownBy(() -> decoder.decode(bomb, 0, END, ALL))
                .isInstanceOf(CorruptBatchException.class)
                .hasMessageContaining("larger than 65536 bytes");
    }
}
