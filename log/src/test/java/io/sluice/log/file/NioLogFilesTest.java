/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.log.file;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
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
}
