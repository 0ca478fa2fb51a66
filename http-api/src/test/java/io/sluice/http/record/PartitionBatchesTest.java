/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.http.record;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.log.batch.Batch;
import io.sluice.log.batch.Record;
import io.sluice.log.batch.Records;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.constraints.StringLength;

class PartitionBatchesTest {
    @Property(tries = 200)
    void allRecordsAreThereInTheirOrderAndNoBatchIsTooLarge(
            @ForAll @Size(min = 1, max = 40) List<@StringLength(max = 60) String> values,
            @ForAll @IntRange(min = 400, max = 2_000) int bytesMax) {
        PartitionBatches batches = new PartitionBatches(bytesMax, 1_234);
        for (int i = 0; i < values.size(); i++) {
            String value = values.get(i);
            batches.add(
                    i,
                    new NewRecord(
                            0,
                            NewRecord.NOW,
                            null,
                            value.getBytes(UTF_8),
                            List.of(new Record.Header("näme", ByteBuffer.wrap(new byte[3])))));
        }

        ByteBuffer built = batches.build();

        for (Batch batch : Batch.in(built)) {
            assertThat(batch.sizeInBytes()).isLessThanOrEqualTo(bytesMax);
        }
        List<String> read = new ArrayList<>();
        for (Record record : Records.in(built)) {
            assertThat(record.timestampMs()).isEqualTo(1_234);
            read.add(UTF_8.decode(record.value()).toString());
        }
        assertThat(read)
                .isEqualTo(values.stream()
                        .map(value -> new String(value.getBytes(UTF_8), UTF_8))
                        .toList());
    }
}
