/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.actors.partition;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.log.AppendOrigin;
import io.sluice.log.LogConfig;
import io.sluice.log.LogContext;
import io.sluice.log.LogLimits;
import io.sluice.log.batch.BatchBuilder;
import io.sluice.log.file.NioLogFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SnapshottedStoreTest {
    private static final LogContext LOGS =
            LogContext.of(new NioLogFiles(), InstantSource.system(), Runnable::run, LogLimits.DEFAULTS);

    @TempDir
    Path folder;

    private final Snapshots snapshots = new Snapshots();

    private static final class Snapshots implements LogSnapshots {
        private final List<Long> cuts = new ArrayList<>();
        private Point newest;
        private long deletableBefore;

        @Override
        public Point newest() {
            return newest;
        }

        @Override
        public long deletableBefore() {
            return deletableBefore;
        }

        @Override
        public void fetch(int broker, long endOffsetMin, Consumer<String> done) {}

        @Override
        public void discardBeyond(long offset) {
            cuts.add(offset);
        }
    }

    private PartitionStore open() throws IOException {
        return SnapshottedStore.over(FilePartitionStore.opener(LOGS).open(folder, LogConfig.DEFAULTS), snapshots);
    }

    private static void append(PartitionStore store, int records, int epoch) throws IOException {
        store.beginEpoch(epoch);
        for (int i = 0; i < records; i++) {
            store.prepare(
                    BatchBuilder.create()
                            .add(InstantSource.system().millis(), null, new byte[10])
                            .build(),
                    AppendOrigin.COORDINATOR,
                    epoch);
        }
        store.write();
        store.advanceHighWatermark(store.view().logEndOffset());
    }

    @Test
    void nobodyDeletesWhatIsInNoSnapshot() throws Exception {
        // Given
        PartitionStore store = open();
        append(store, 20, 1);

        // When
        long start = store.deleteRecordsBefore(15);
        snapshots.deletableBefore = 10;
        long later = store.deleteRecordsBefore(15);

        // Then
        assertThat(start).isZero();
        assertThat(later).isEqualTo(10);
        store.close();
    }

    @Test
    void maintenanceDeletesWhatSnapshotsHave() throws Exception {
        // Given
        PartitionStore store = open();
        append(store, 20, 1);
        snapshots.deletableBefore = 12;

        // When
        store.maintain();

        // Then
        assertThat(store.view().logStartOffset()).isEqualTo(12);
        assertThat(store.view().epochAt(12)).isEqualTo(1);
        store.close();
    }

    @Test
    void beginsAnewWhereItsSnapshotEndsWhateverItIsAskedFor() throws Exception {
        // Given
        PartitionStore store = open();
        append(store, 20, 1);
        snapshots.newest = new LogSnapshots.Point(100, 7);

        // When
        store.restartAt(90, -1);

        // Then
        assertThat(store.view().logStartOffset()).isEqualTo(100);
        assertThat(store.view().logEndOffset()).isEqualTo(100);
        assertThat(store.view().highWatermark()).isEqualTo(100);
        assertThat(store.view().epochAt(100))
                .as("epoch of the snapshot's last record")
                .isEqualTo(7);
        append(store, 3, 8);
        assertThat(store.view().logEndOffset()).isEqualTo(103);
        store.close();
    }

    @Test
    void doesNotBeginAnewWithoutASnapshotThatReachesThere() throws Exception {
        // Given
        PartitionStore store = open();
        append(store, 20, 1);
        snapshots.newest = new LogSnapshots.Point(80, 7);

        // Then
        assertThatThrownBy(() -> store.restartAt(90, -1)).isInstanceOf(IOException.class);
        assertThat(store.view().logEndOffset()).isEqualTo(20);
        store.close();
    }

    /** The process died when a snapshot had arrived, or while the log was being replaced. */
    @Test
    void aLogThatEndsBeforeItsSnapshotBeginsAnewWhenItIsOpened() throws Exception {
        // Given
        PartitionStore store = open();
        append(store, 20, 1);
        store.close();
        snapshots.newest = new LogSnapshots.Point(100, 7);

        // When
        PartitionStore again = open();

        // Then
        assertThat(again.view().logStartOffset()).isEqualTo(100);
        assertThat(again.view().logEndOffset()).isEqualTo(100);
        assertThat(again.view().epochAt(100)).isEqualTo(7);
    }

    @Test
    void aLogThatHasBegunAnewIsTheSameAfterTheProcessWasKilled() throws Exception {
        // Given: killed, so nothing is closed
        append(open(), 20, 1);
        snapshots.newest = new LogSnapshots.Point(100, 7);
        open();

        // When
        PartitionStore again = open();

        // Then
        assertThat(again.view().logStartOffset()).isEqualTo(100);
        assertThat(again.view().logEndOffset()).isEqualTo(100);
        assertThat(again.view().epochAt(100)).isEqualTo(7);
    }

    @Test
    void whatACutTakesAwayIsToldToTheSnapshots() throws Exception {
        // Given
        PartitionStore store = open();
        append(store, 20, 1);

        // When
        store.truncateTo(20);
        store.truncateTo(15);

        // Then
        assertThat(snapshots.cuts).containsExactly(15L);
        store.close();
    }
}
