/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.kafka.replica;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.kafka.testing.Batches;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

class WholeBatchesTest {
    private static final int LENGTH_AT = 8;
    private static final int EPOCH_AT = 12;

    private static ByteBuffer batch(int valueBytes, int epoch) {
        ByteBuffer records = Batches.bytes(Batches.ofSize(valueBytes));
        ByteBuffer copy = ByteBuffer.allocate(records.remaining()).put(records).flip();
        return copy.putInt(EPOCH_AT, epoch);
    }

    private static ByteBuffer joined(ByteBuffer... batches) {
        ByteBuffer all = ByteBuffer.allocate(1 << 16);
        for (ByteBuffer batch : batches) {
            all.put(batch.duplicate());
        }
        return all.flip();
    }

    @Test
    void aBatchThatIsCutShortIsLeftOut() {
        // Given
        ByteBuffer first = batch(100, 3);
        ByteBuffer records = joined(first, batch(200, 3));

        // Then
        for (int cut = 1; cut < records.remaining() - first.remaining(); cut++) {
            ByteBuffer shortened = records.duplicate().limit(records.limit() - cut);
            assertThat(WholeBatches.bytes(shortened, 3)).as("%d bytes cut", cut).isEqualTo(first.remaining());
        }
        assertThat(WholeBatches.bytes(records, 3)).isEqualTo(records.remaining());
        assertThat(records.position()).isZero();
    }

    @Test
    void aBatchOfALaterEpochAndAllBehindItAreLeftOut() {
        // Given
        ByteBuffer first = batch(100, 3);

        // Then
        assertThat(WholeBatches.bytes(joined(first, batch(10, 4), batch(10, 3)), 3))
                .isEqualTo(first.remaining());
        assertThat(WholeBatches.bytes(joined(batch(10, 4)), 3)).isZero();
    }

    @Test
    void aLengthThatCanNotBeIsNotFollowed() {
        for (int length : new int[] {-1, 0, Integer.MIN_VALUE, Integer.MAX_VALUE, 48}) {
            ByteBuffer broken = batch(100, 3).putInt(LENGTH_AT, length);
            assertThat(WholeBatches.bytes(broken, 3)).as("length %d", length).isZero();
        }
    }
}
