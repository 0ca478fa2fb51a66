/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.cluster.metadata;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.actors.partition.LogSnapshots.Point;
import io.sluice.log.LogCorruptException;
import io.sluice.log.file.LogFiles;
import io.sluice.log.file.NioLogFiles;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MetadataSnapshotsTest {
    private static final LogFiles FILES = new NioLogFiles();

    @TempDir
    Path folder;

    private static ImageSnapshot snapshot(long endOffset, int epoch) {
        return new ImageSnapshot(
                ClusterImage.EMPTY.with(List.of(new MetadataRecord.ProducerIdsAllocated(endOffset * 1_000)), endOffset),
                epoch);
    }

    private MetadataSnapshots open() throws IOException {
        return MetadataSnapshots.open(FILES, folder);
    }

    private List<String> files() throws IOException {
        try (Stream<Path> all = Files.list(folder)) {
            return all.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    @Test
    void twoAreKeptAndTheLogMayGoUpToTheOlderOne() throws Exception {
        // Given
        MetadataSnapshots snapshots = open();
        assertThat(snapshots.newest()).isNull();
        snapshots.take(snapshot(10, 1));
        assertThat(snapshots.deletableBefore()).as("with one snapshot").isZero();
        snapshots.take(snapshot(20, 1));

        // When
        snapshots.take(snapshot(30, 4));

        // Then
        assertThat(snapshots.newest()).isEqualTo(new Point(30, 4));
        assertThat(snapshots.deletableBefore()).isEqualTo(20);
        assertThat(files())
                .containsExactly("00000000000000000020-0000000001.image", "00000000000000000030-0000000004.image");
        assertThat(snapshots.taken.sum()).isEqualTo(3);
    }

    @Test
    void theyAreThereAfterAStart() throws Exception {
        // Given
        open().take(snapshot(10, 1));
        open().take(snapshot(20, 2));

        // When
        MetadataSnapshots again = open();

        // Then
        assertThat(again.newest()).isEqualTo(new Point(20, 2));
        assertThat(again.latest().image().nextProducerId()).isEqualTo(20_000);
        assertThat(again.deletableBefore()).isEqualTo(10);
    }

    @Test
    void aDamagedOneIsSetAsideAndTheOneBeforeIsUsed() throws Exception {
        // Given
        open().take(snapshot(10, 1));
        open().take(snapshot(20, 2));
        Path newest = folder.resolve("00000000000000000020-0000000002.image");
        byte[] bytes = Files.readAllBytes(newest);
        bytes[bytes.length - 1]++;
        Files.write(newest, bytes);

        // When
        MetadataSnapshots again = open();

        // Then
        assertThat(again.newest()).isEqualTo(new Point(10, 1));
        assertThat(again.latest().image().nextProducerId()).isEqualTo(10_000);
        assertThat(again.deletableBefore()).isZero();
        assertThat(files()).contains("00000000000000000020-0000000002.image.damaged");
    }

    @Test
    void anOlderOneThanThereIsChangesNothing() throws Exception {
        // Given
        MetadataSnapshots snapshots = open();
        snapshots.take(snapshot(20, 2));

        // When
        snapshots.take(snapshot(10, 1));
        boolean accepted = snapshots.accept(snapshot(20, 2).encode(), 3);

        // Then
        assertThat(accepted).isFalse();
        assertThat(files()).hasSize(1);
    }

    @Test
    void anothersIsCheckedBeforeItIsKept() throws Exception {
        // Given
        MetadataSnapshots snapshots = open();
        ByteBuffer torn = snapshot(20, 2).encode();
        torn.limit(torn.limit() - 1);

        // When, then
        assertThatThrownBy(() -> snapshots.accept(torn, 3))
                .isInstanceOf(LogCorruptException.class)
                .hasMessageContaining("the snapshot of broker 3");
        assertThat(snapshots.newest()).isNull();
        assertThat(files()).isEmpty();
        assertThat(snapshots.failed.sum()).isEqualTo(1);
    }

    @Test
    void whatEndsBehindACutGoes() throws Exception {
        // Given
        MetadataSnapshots snapshots = open();
        snapshots.take(snapshot(10, 1));
        snapshots.take(snapshot(20, 2));

        // When
        snapshots.discardBeyond(15);

        // Then
        assertThat(snapshots.newest()).isEqualTo(new Point(10, 1));
        assertThat(snapshots.latest().image().offset()).isEqualTo(10);
        assertThat(files()).hasSize(1);
    }

    /** Wherever the process dies, the next start finds what was there or what was to be, and the older one or the log below it with it. */
    @Test
    void aCrashAtAnyPointLeavesTheOldOrTheNew() throws Exception {
        for (int changes = 0; ; changes++) {
            // Given
            Path own = folder.resolve("run-" + changes);
            MetadataSnapshots before = MetadataSnapshots.open(FILES, own);
            before.take(snapshot(10, 1));
            before.take(snapshot(20, 2));

            // When
            boolean died = false;
            try {
                MetadataSnapshots.open(CrashingFiles.after(changes), own).take(snapshot(30, 3));
            } catch (IOException dead) {
                died = true;
            }

            // Then
            MetadataSnapshots after = MetadataSnapshots.open(FILES, own);
            assertThat(after.newest()).as("dies after %d changes", changes).isIn(new Point(20, 2), new Point(30, 3));
            assertThat(after.latest().image().offset()).isEqualTo(after.newest().endOffset());
            assertThat(after.deletableBefore())
                    .as("dies after %d changes: the log must not go further than the older one", changes)
                    .isEqualTo(after.newest().endOffset() - 10);
            after.take(snapshot(40, 4));
            assertThat(MetadataSnapshots.open(FILES, own).newest()).isEqualTo(new Point(40, 4));
            if (!died) {
                assertThat(changes).as("changes that a snapshot makes").isGreaterThan(5);
                return;
            }
        }
    }
}
