/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.log.LogView.Bound;
import io.sluice.log.batch.BatchBuilder;
import io.sluice.log.batch.Compression;
import io.sluice.log.file.NioLogFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Since when records are there, by the headers of their batches. */
class BatchTimesTest {
    private static final long TIME_MS = 1_700_000_000_000L;

    @TempDir
    Path folder;

    private PartitionLog log;

    @BeforeEach
    void open() throws IOException {
        log = PartitionLog.open(
                LogContext.of(
                        new NioLogFiles(),
                        InstantSource.fixed(Instant.ofEpochMilli(TIME_MS + 100)),
                        Runnable::run,
                        LogLimits.DEFAULTS),
                folder.resolve("0"),
                LogConfig.DEFAULTS);
    }

    @AfterEach
    void close() throws IOException {
        log.close();
    }

    private void append(BatchBuilder batch, AppendOrigin origin) throws IOException {
        assertThat(log.prepare(batch.build(), origin, 0)).isInstanceOf(AppendResult.Appended.class);
        log.write();
    }

    private static BatchBuilder at(long... timesMs) {
        BatchBuilder batch = BatchBuilder.create();
        for (long timeMs : timesMs) {
            batch.add(timeMs, null, new byte[100]);
        }
        return batch;
    }

    private long from(long offset, Bound bound) throws IOException {
        return BatchTimes.firstFrom(log.view(), offset, bound);
    }

    @Test
    void itIsTheTimeOfTheBatchThatHoldsTheOffset() throws IOException {
        append(at(TIME_MS, TIME_MS + 5), AppendOrigin.CLIENT);
        append(at(TIME_MS + 9).compression(Compression.GZIP), AppendOrigin.CLIENT);
        log.advanceHighWatermark(3);

        assertThat(from(0, Bound.HIGH_WATERMARK)).isEqualTo(TIME_MS);
        assertThat(from(1, Bound.HIGH_WATERMARK))
                .as("of the batch, not of the record")
                .isEqualTo(TIME_MS);
        assertThat(from(2, Bound.HIGH_WATERMARK)).isEqualTo(TIME_MS + 9);
    }

    @Test
    void whatMayNotBeReadIsNotThere() throws IOException {
        append(at(TIME_MS), AppendOrigin.CLIENT);
        append(at(TIME_MS + 1), AppendOrigin.CLIENT);
        log.advanceHighWatermark(1);

        assertThat(from(1, Bound.HIGH_WATERMARK)).isEqualTo(BatchTimes.NONE);
        assertThat(from(7, Bound.HIGH_WATERMARK)).isEqualTo(BatchTimes.NONE);
        assertThat(from(1, Bound.LOG_END)).isEqualTo(TIME_MS + 1);
    }

    @Test
    void whatIsDeletedIsNotTheFirst() throws IOException {
        append(at(TIME_MS), AppendOrigin.CLIENT);
        append(at(TIME_MS + 1), AppendOrigin.CLIENT);
        log.advanceHighWatermark(2);
        log.deleteRecordsBefore(1);

        assertThat(from(0, Bound.HIGH_WATERMARK)).isEqualTo(TIME_MS + 1);
    }

    @Test
    void marksOfTransactionsAreNoRecords() throws IOException {
        append(at(TIME_MS), AppendOrigin.CLIENT);
        append(at(TIME_MS + 1).control(), AppendOrigin.COORDINATOR);
        log.advanceHighWatermark(2);
        assertThat(from(0, Bound.LAST_STABLE_OFFSET)).isEqualTo(TIME_MS);
        assertThat(from(1, Bound.LAST_STABLE_OFFSET)).isEqualTo(BatchTimes.NONE);

        append(at(TIME_MS + 2), AppendOrigin.CLIENT);
        log.advanceHighWatermark(3);
        assertThat(from(1, Bound.LAST_STABLE_OFFSET)).as("behind the mark").isEqualTo(TIME_MS + 2);
    }
}
