/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.log.LogView.Bound;
import io.sluice.log.batch.BatchBuilder;
import io.sluice.log.batch.BatchHeader;
import io.sluice.log.compaction.MemoryFiles;
import io.sluice.log.file.FaultyLogFiles;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** The disk is full, or fails, and comes back. */
class FullDiskTest {
    private static final Path FOLDER = Path.of("/data/topics/t/0");

    private final MemoryFiles disk = new MemoryFiles();

    private static LogContext context(FaultyLogFiles files) {
        return LogContext.of(files, () -> Instant.ofEpochMilli(LogModel.NOW_MS));
    }

    @Property(tries = 30)
    void aLogGoesOnByItselfWhenThereIsRoomAgain(@ForAll long seed) throws IOException {
        // Given
        Random random = new Random(seed);
        FaultyLogFiles files = new FaultyLogFiles(new MemoryFiles(), seed).shortWrites();
        LogConfig config =
                new TestConfig().segmentBytes(4_000 + random.nextInt(6_000)).build();
        LogModel model = new LogModel(random);
        PartitionLog log = PartitionLog.open(context(files), FOLDER, config);
        int sequence = 0;
        // When
        for (int step = 0; step < 40; step++) {
            files.freeBytes(random.nextInt(3) == 0 ? random.nextInt(3_000) : Long.MAX_VALUE);
            List<LogModel.Entry> written = new ArrayList<>();
            int next = sequence;
            for (int i = random.nextInt(6); i >= 0; i--) {
                ByteBuffer batch = batch(next, 1 + random.nextInt(4), random.nextInt(800));
                next += BatchHeader.recordCount(batch, 0);
                assertThat(log.prepare(batch, AppendOrigin.CLIENT, 1)).isInstanceOf(AppendResult.Appended.class);
                written.addAll(LogModel.read(batch.duplicate()));
            }
            try {
                log.write();
                model.entries.addAll(written);
                sequence = next;
            } catch (LogWriteException full) {
                assertThat(log.pendingBytes()).isZero();
            }
            // Then
            assertThat(log.view().logEndOffset()).isEqualTo(model.endOffset());
            assertThat(LogModel.readAll(log.view(), 0, Bound.LOG_END, 4_000)).isEqualTo(model.entries);
        }
        files.freeBytes(Long.MAX_VALUE);
        log = PartitionLog.open(context(files), FOLDER, config);
        assertThat(LogModel.readAll(log.view(), 0, Bound.LOG_END, 4_000)).isEqualTo(model.entries);
    }

    @Example
    void aFileThatCanNotBeCutBackStopsTheLogUntilItIsOpenedAgain() throws IOException {
        // Given
        FaultyLogFiles files = new FaultyLogFiles(disk, 1);
        PartitionLog log = PartitionLog.open(context(files), FOLDER, LogConfig.DEFAULTS);
        log.prepare(batch(0, 1, 10), AppendOrigin.CLIENT, 1);
        log.write();
        files.failOn(operation -> operation.matches("(append|truncate) .*\\.log"));
        // When
        log.prepare(batch(1, 1, 10), AppendOrigin.CLIENT, 1);
        assertThatThrownBy(log::write).isExactlyInstanceOf(IOException.class);
        files.failOn(operation -> false);
        // Then
        assertThatThrownBy(() -> log.prepare(batch(1, 1, 10), AppendOrigin.CLIENT, 1))
                .hasMessageContaining("must be opened again");
        log.close();
        PartitionLog again = PartitionLog.open(context(files), FOLDER, LogConfig.DEFAULTS);
        assertThat(again.view().logEndOffset()).isEqualTo(1);
        assertThat(again.prepare(batch(1, 1, 10), AppendOrigin.CLIENT, 1)).isInstanceOf(AppendResult.Appended.class);
    }

    @Example
    void aFailedForceInTheBackgroundIsToldToTheWriter() throws IOException {
        // Given
        FaultyLogFiles files = new FaultyLogFiles(disk, 1);
        PartitionLog log = PartitionLog.open(context(files), FOLDER, LogConfig.DEFAULTS);
        log.prepare(batch(0, 1, 10), AppendOrigin.CLIENT, 1);
        log.write();
        files.failOn(operation -> operation.startsWith("force"));
        // When
        log.maintain();
        // Then
        assertThatThrownBy(() -> log.prepare(batch(1, 1, 10), AppendOrigin.CLIENT, 1))
                .hasMessageContaining("in the background");
    }

    private static ByteBuffer batch(int sequence, int count, int valueBytes) {
        BatchBuilder builder = BatchBuilder.create().producer(5, (short) 0, sequence);
        for (int i = 0; i < count; i++) {
            builder.add(LogModel.NOW_MS, null, new byte[valueBytes]);
        }
        return builder.build();
    }
}
