/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.http.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.http.route.ProblemException;
import io.sluice.log.batch.Batch;
import io.sluice.log.producer.ProducerStates;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class NamedProducerTest {
    @Test
    void aNameIsTheSameIdOnEveryNodeAndForEver() {
        assertThat(new NamedProducer("till-4", 0).id()).isEqualTo(new NamedProducer("till-4", 99).id());
        assertThat(new NamedProducer("till-4", 0).id()).isNotEqualTo(new NamedProducer("till-5", 0).id());
        for (int i = 0; i < 100; i++) {
            assertThat(new NamedProducer("p" + i, 0).id()).isGreaterThanOrEqualTo(ProducerStates.FIRST_NAMED_ID);
        }
    }

    @Test
    void namesAndNumbersHaveBounds() {
        assertThatThrownBy(() -> new NamedProducer("", 0)).isInstanceOf(ProblemException.class);
        assertThatThrownBy(() -> new NamedProducer("x".repeat(201), 0)).isInstanceOf(ProblemException.class);
        assertThatThrownBy(() -> new NamedProducer("x", -1)).isInstanceOf(ProblemException.class);
        assertThatThrownBy(() -> new NamedProducer("x", 1L << 53)).isInstanceOf(ProblemException.class);
    }

    @Test
    void batchesCarryTheNumberOfTheirFirstRecord() {
        // Given: the places of one partition's records among those of a request
        NamedProducer producer = new NamedProducer("till-4", (1L << 31) - 2);
        PartitionBatches batches = new PartitionBatches(200, 0, producer);

        // When
        for (int place : new int[] {1, 4, 5}) {
            batches.add(place, new NewRecord(0, 0, null, new byte[60], List.of()));
        }

        // Then
        List<Integer> sequences = new ArrayList<>();
        int count = 0;
        for (Batch batch : Batch.in(batches.build())) {
            assertThat(batch.producerId()).isEqualTo(producer.id());
            assertThat(batch.producerEpoch()).isZero();
            sequences.add(batch.baseSequence());
            count += batch.recordCount();
        }
        assertThat(sequences).containsExactly(Integer.MAX_VALUE, 2, 3);
        assertThat(count).isEqualTo(3);
    }
}
