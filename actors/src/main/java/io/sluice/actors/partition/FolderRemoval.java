/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.actors.partition;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;

/** Removes a folder with all that is in it. */
public final class FolderRemoval {
    private FolderRemoval() {}

    /** Removes the folder if it is there, and its parent if that is empty then. */
    public static void remove(Path folder) throws IOException {
        try (Stream<Path> tree = Files.walk(folder)) {
            for (Path path : (Iterable<Path>) tree.sorted(Comparator.reverseOrder())::iterator) {
                Files.deleteIfExists(path);
            }
        } catch (NoSuchFileException gone) {
            return;
        } catch (UncheckedIOException wrapped) {
            throw wrapped.getCause();
        }
        removeIfEmpty(folder.getParent());
    }

    /** Removes a folder that is empty. */
    public static void removeIfEmpty(Path folder) throws IOException {
        try (Stream<Path> content = Files.list(folder)) {
            if (content.findAny().isPresent()) {
                return;
            }
        } catch (NoSuchFileException gone) {
            return;
        }
        try {
            Files.deleteIfExists(folder);
        } catch (java.nio.file.DirectoryNotEmptyException inUseAgain) {
            // a partition of a topic with the same name was made meanwhile
        }
    }
}
