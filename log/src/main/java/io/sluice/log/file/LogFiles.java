/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.log.file;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;

/**
 * Every access of a log to the file system. Small, so that tests can put a double in its place that writes short, runs out
 * of space, fails, or loses what was not forced. Thread-safe.
 */
public interface LogFiles {
    /**
     * Opens a file for reading and appending. The append position is its end.
     *
     * @throws java.nio.file.NoSuchFileException if it is not there
     */
    LogFile open(Path file) throws IOException;

    /** The same, but makes the file if it is not there. */
    LogFile create(Path file) throws IOException;

    /** Names and sizes of the files of a folder, in no order; empty if there is no such folder. */
    List<Entry> list(Path folder) throws IOException;

    /** A small file's whole content; null if there is no such file. */
    ByteBuffer readWhole(Path file) throws IOException;

    /** Makes a folder and its parents; nothing happens if it is there. */
    void makeDirectories(Path folder) throws IOException;

    /** Gives a file another name in the same folder, atomically, in place of a file that has that name. */
    void replace(Path from, Path to) throws IOException;

    /** Deletes a file; nothing happens if it is not there. Open handles stay usable. */
    void delete(Path file) throws IOException;

    /** Deletes a folder that is empty; nothing happens if it is not there. */
    void deleteFolder(Path folder) throws IOException;

    /** Makes a folder's entries (new, renamed and deleted files) survive a power loss. */
    void forceDirectory(Path folder) throws IOException;

    /**
     * Writes a small file so that either the old or the new content is there after a crash of the process, and with
     * {@code durable} also after a power loss.
     */
    default void writeAtomically(Path file, ByteBuffer content, boolean durable) throws IOException {
        Path draft = file.resolveSibling(file.getFileName() + ".tmp");
        try (LogFile out = create(draft)) {
            out.truncate(0);
            while (content.hasRemaining()) {
                out.append(content);
            }
            if (durable) {
                out.force();
            }
        }
        replace(draft, file);
        if (durable) {
            forceDirectory(file.getParent());
        }
    }

    /** A file of a folder. */
    record Entry(String name, long sizeBytes) {}
}
