/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.actors.subscription;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.actors.partition.TopicPartition;
import io.sluice.log.batch.Record;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class SharedBatchesTest {
    private static final TopicPartition ORDERS = new TopicPartition(new UUID(1, 1), "orders", 0);
    private static final int BATCH_BYTES = 1_000 + DecodedBatch.RECORD_OVERHEAD_BYTES;

    private record Text(String text) implements DecodedBatch.Encoding {
        @Override
        public int sizeInBytes() {
            return text.length();
        }
    }

    private final SubscriptionMeters meters = new SubscriptionMeters();
    private final SharedBatches shared = new SharedBatches(3L * BATCH_BYTES, Wakeups.Timing.AT_ONCE, meters);
    private final SharedBatches.Readers first = shared.join(ORDERS, 1);
    private final SharedBatches.Readers second = shared.join(ORDERS, 1);

    private static DecodedBatch batch(long from, long next) {
        Record record = new Record(next - 1, 0, null, ByteBuffer.allocate(1_000), List.of());
        return new DecodedBatch(from, next, List.of(record), 1_000);
    }

    private static PartitionRead read(SharedBatches.Readers readers, long offset, DecodedBatch... batches) {
        PartitionRead brought = new PartitionRead.Batches(List.of(batches), false);
        return readers.read(offset, Isolation.READ_COMMITTED, () -> CompletableFuture.completedFuture(brought))
                .toCompletableFuture()
                .join();
    }

    @Test
    void oneReadServesAllWhoWantTheSame() {
        // Given
        CompletableFuture<PartitionRead> disk = new CompletableFuture<>();
        AtomicInteger reads = new AtomicInteger();
        List<CompletionStage<PartitionRead>> answers = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            answers.add((i % 2 == 0 ? first : second).read(5, Isolation.READ_COMMITTED, () -> {
                reads.incrementAndGet();
                return disk;
            }));
        }

        // When
        disk.complete(new PartitionRead.Batches(List.of(batch(5, 6)), true));

        // Then
        assertThat(reads).hasValue(1);
        assertThat(answers)
                .extracting(answer -> answer.toCompletableFuture().join())
                .containsOnly(answers.get(0).toCompletableFuture().join());
        assertThat(meters.sharedHits.sum()).isEqualTo(9);
        assertThat(meters.sharedMisses.sum()).isOne();
    }

    @Test
    void aFailureReachesAllAndTheNextOneReadsAgain() {
        // Given
        CompletableFuture<PartitionRead> disk = new CompletableFuture<>();
        CompletionStage<PartitionRead> one = first.read(5, Isolation.READ_COMMITTED, () -> disk);
        CompletionStage<PartitionRead> two = second.read(5, Isolation.READ_COMMITTED, () -> disk);

        // When
        disk.completeExceptionally(new IllegalStateException("disk"));

        // Then
        assertThat(one.toCompletableFuture()).isCompletedExceptionally();
        assertThat(two.toCompletableFuture()).isCompletedExceptionally();
        assertThat(read(first, 5, batch(5, 6))).isInstanceOf(PartitionRead.Batches.class);
    }

    @Test
    void whatOneHasReadIsThereForTheOthersAsTheSameObjects() {
        // Given: compaction has left a hole between the two
        DecodedBatch a = batch(0, 10);
        DecodedBatch b = batch(10, 20);
        read(first, 0, a, b);

        // When, Then
        assertThat(second.find(0, 20, 1 << 20)).containsExactly(a, b);
        assertThat(second.find(15, 20, 1 << 20)).containsExactly(b);
        assertThat(second.find(0, 20, 1)).as("always one").containsExactly(a);
        assertThat(second.find(0, 19, 1 << 20)).as("not beyond the end").containsExactly(a);
        assertThat(second.find(20, 30, 1 << 20)).isEmpty();
        assertThat(((PartitionRead.Batches) read(second, 0, batch(0, 10))).batches())
                .as("read twice, kept once")
                .containsExactly(a);
        assertThat(meters.sharedBytes).hasValue(2L * BATCH_BYTES);
    }

    @Test
    void theOldestGoWhenThereIsNoRoom() {
        // When
        read(first, 0, batch(0, 1), batch(1, 2), batch(2, 3), batch(3, 4));

        // Then
        assertThat(second.find(0, 4, 1 << 20)).isEmpty();
        assertThat(second.find(1, 4, 1 << 20)).hasSize(3);
        assertThat(meters.sharedBytes).hasValue(3L * BATCH_BYTES);
        assertThat(meters.sharedEvictions.sum()).isOne();
    }

    @Test
    void encodingsCountAndAreKeptWithTheirBatch() {
        // Given
        DecodedBatch a = batch(0, 1);
        read(first, 0, a, batch(1, 2), batch(2, 3));
        AtomicInteger encoded = new AtomicInteger();

        // When
        Text one = a.encoded("json", Text.class, batch -> {
            encoded.incrementAndGet();
            return new Text("x".repeat(500));
        });
        Text two = a.encoded("json", Text.class, batch -> new Text("other"));

        // Then
        assertThat(two).isSameAs(one);
        assertThat(encoded).hasValue(1);
        assertThat(second.find(0, 3, 1 << 20))
                .as("the oldest, which has grown, went")
                .isEmpty();
        assertThat(meters.sharedBytes).hasValue(2L * BATCH_BYTES);
    }

    @Test
    void nothingIsKeptForASingleReader() {
        // Given
        read(first, 0, batch(0, 1));
        assertThat(meters.sharedBytes.get()).isPositive();

        // When
        second.leave();
        read(first, 1, batch(1, 2));

        // Then
        assertThat(meters.sharedBytes).hasValue(0);
        assertThat(first.find(0, 2, 1 << 20)).isEmpty();
    }

    @Test
    void anotherEpochSharesNothing() {
        // Given
        SharedBatches.Readers later = shared.join(ORDERS, 2);

        // When
        read(first, 0, batch(0, 1));

        // Then
        assertThat(later.find(0, 1, 1 << 20)).isEmpty();
    }
}
