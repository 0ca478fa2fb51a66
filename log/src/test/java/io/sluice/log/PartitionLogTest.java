/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.log.AppendResult.Appended;
import io.sluice.log.LogView.Bound;
import io.sluice.log.batch.BatchBuilder;
import io.sluice.log.batch.Record;
import io.sluice.log.batch.Records;
import io.sluice.log.file.NioLogFiles;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Appending and reading back. */
class PartitionLogTest {
    private static final long NOW_MS = 1_700_000_000_000L;

    @TempDir
    Path folder;

    private final LogContext context =
            LogContext.of(new NioLogFiles(), InstantSource.fixed(Instant.ofEpochMilli(NOW_MS)));

    @Test
    void whatIsAppendedIsReadBackOnceItIsCommitted() throws IOException {
        try (PartitionLog log = PartitionLog.open(context, folder, LogConfig.DEFAULTS)) {
            // When
            AppendResult first = log.prepare(batch("a", "b"), AppendOrigin.CLIENT, 3);
            AppendResult second = log.prepare(batch("c"), AppendOrigin.CLIENT, 3);
            log.write();
            // Then
            assertThat(first).isEqualTo(new Appended(0, 1, -1, 0));
            assertThat(second).isEqualTo(new Appended(2, 2, -1, 0));
            assertThat(values(log.view(), 0, Bound.HIGH_WATERMARK)).isEmpty();
            log.advanceHighWatermark(2);
            assertThat(values(log.view(), 0, Bound.HIGH_WATERMARK)).containsExactly("a", "b");
            assertThat(values(log.view(), 0, Bound.LOG_END)).containsExactly("a", "b", "c");
        }
    }

    @Test
    void aReadInTheMiddleOfABatchAnswersTheWholeBatch() throws IOException {
        try (PartitionLog log = PartitionLog.open(context, folder, LogConfig.DEFAULTS)) {
            // Given
            log.prepare(batch("a", "b", "c"), AppendOrigin.CLIENT, 0);
            log.write();
            log.advanceHighWatermark(3);
            // When
            List<String> values = values(log.view(), 1, Bound.HIGH_WATERMARK);
            // Then
            assertThat(values).containsExactly("a", "b", "c");
        }
    }

    @Test
    void anOffsetBeyondTheBoundIsRefused() throws IOException {
        try (PartitionLog log = PartitionLog.open(context, folder, LogConfig.DEFAULTS)) {
            LogView view = log.view();
            assertThatThrownBy(() -> view.read(1, 1000, true, Bound.LOG_END))
                    .isInstanceOf(OffsetOutOfRangeException.class);
        }
    }

    @Test
    void aLogOpenedAgainGoesOn() throws IOException {
        // Given
        try (PartitionLog log = PartitionLog.open(context, folder, LogConfig.DEFAULTS)) {
            log.prepare(batch("a", "b"), AppendOrigin.CLIENT, 5);
            log.write();
        }
        // When
        try (PartitionLog log = PartitionLog.open(context, folder, LogConfig.DEFAULTS)) {
            log.prepare(batch("c"), AppendOrigin.CLIENT, 6);
            log.write();
            // Then
            assertThat(values(log.view(), 0, Bound.LOG_END)).containsExactly("a", "b", "c");
            assertThat(log.view().lastEpoch()).isEqualTo(6);
        }
    }

    static ByteBuffer batch(String... values) {
        BatchBuilder builder = BatchBuilder.create();
        for (String value : values) {
            builder.add(NOW_MS, null, value.getBytes(StandardCharsets.UTF_8));
        }
        return builder.build();
    }

    static List<String> values(LogView view, long from, Bound bound) throws IOException {
        LogSlice slice = view.read(from, 1 << 20, true, bound);
        try {
            List<String> values = new ArrayList<>();
            for (Record record : Records.in(slice.copy())) {
                values.add(StandardCharsets.UTF_8.decode(record.value()).toString());
            }
            return values;
        } finally {
            slice.release();
        }
    }
}
