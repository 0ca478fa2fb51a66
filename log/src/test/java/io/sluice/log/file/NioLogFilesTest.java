/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.log.file;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NioLogFilesTest {
    @TempDir
    private Path directory;

    /** A topic is deleted and made again at once: the old incarnation's last folder and their common parent go while the new one's comes. */
    @Test
    void aFolderIsMadeAlthoughItsEmptyParentIsTakenAway() throws Exception {
        // Given
        NioLogFiles files = new NioLogFiles();
        Path parent = directory.resolve("topic");
        AtomicBoolean stop = new AtomicBoolean();
        Thread remover = new Thread(() -> {
            while (!stop.get()) {
                try {
                    Files.deleteIfExists(parent);
                } catch (DirectoryNotEmptyException inUse) {
                    Thread.onSpinWait();
                } catch (IOException e) {
                    throw new java.io.UncheckedIOException(e);
                }
            }
        });
        remover.start();

        // When
        try {
            for (int i = 0; i < 5_000; i++) {
                Path folder = parent.resolve("0-" + i);
                files.makeDirectories(folder);

                // Then
                assertThat(folder).isDirectory();
                Files.delete(folder);
            }
        } finally {
            stop.set(true);
            remover.join();
        }
    }

    /** A pool of open files closed the writer's while it wrote, and a reader opened the file anew at that moment. */
    @Test
    void anAppendGoesToTheEndOfTheFileHoweverLongAgoTheFileWasOpened() throws Exception {
        // Given
        NioLogFiles files = new NioLogFiles();
        Path path = directory.resolve("segment");
        try (LogFile writers = files.create(path);
                LogFile openedByReader = files.open(path)) {
            writers.append(ByteBuffer.wrap(new byte[] {1, 2, 3}));

            // When
            openedByReader.append(ByteBuffer.wrap(new byte[] {4, 5}));
        }

        // Then
        assertThat(Files.readAllBytes(path)).containsExactly(1, 2, 3, 4, 5);
    }
}
