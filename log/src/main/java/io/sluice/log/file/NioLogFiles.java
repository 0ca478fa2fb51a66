/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.log.file;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/** The real file system. */
public final class NioLogFiles implements LogFiles {
    private static final int MAKE_DIRECTORIES_ATTEMPTS_MAX = 100;

    @Override
    public LogFile open(Path file) throws IOException {
        return new NioLogFile(FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE));
    }

    @Override
    public LogFile create(Path file) throws IOException {
        return new NioLogFile(
                FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE, StandardOpenOption.CREATE));
    }

    @Override
    public List<Entry> list(Path folder) throws IOException {
        List<Entry> entries = new ArrayList<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
            for (Path file : files) {
                entries.add(new Entry(file.getFileName().toString(), Files.size(file)));
            }
        } catch (NoSuchFileException | NotDirectoryException e) {
            return List.of();
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
        return entries;
    }

    @Override
    public ByteBuffer readWhole(Path file) throws IOException {
        try {
            return ByteBuffer.wrap(Files.readAllBytes(file));
        } catch (NoSuchFileException e) {
            return null;
        }
    }

    @Override
    public void makeDirectories(Path folder) throws IOException {
        for (int attempt = 1; ; attempt++) {
            try {
                Files.createDirectories(folder);
                return;
            } catch (NoSuchFileException parentGone) {
                // Whoever removed the last folder beside this one has removed the empty parent too, between our two
                // steps.
                if (attempt == MAKE_DIRECTORIES_ATTEMPTS_MAX) {
                    throw parentGone;
                }
            }
        }
    }

    @Override
    public void replace(Path from, Path to) throws IOException {
        Files.move(from, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    @Override
    public void delete(Path file) throws IOException {
        Files.deleteIfExists(file);
    }

    @Override
    public void deleteFolder(Path folder) throws IOException {
        Files.deleteIfExists(folder);
    }

    @Override
    public void forceDirectory(Path folder) throws IOException {
        // Not every system can open a folder (Windows can't); where it can't, its entries need no forcing.
        if (System.getProperty("os.name", "").startsWith("Windows")) {
            return;
        }
        try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    private static final class NioLogFile implements LogFile {
        private final FileChannel channel;

        /** Whether the channel stands at the end of the file. Only the thread that appends knows and asks. */
        private boolean atEnd;

        private NioLogFile(FileChannel channel) {
            this.channel = channel;
        }

        @Override
        public FileChannel channel() {
            return channel;
        }

        @Override
        public long append(ByteBuffer[] buffers, int offset, int length) throws IOException {
            goToEnd();
            return channel.write(buffers, offset, length);
        }

        @Override
        public int append(ByteBuffer buffer) throws IOException {
            goToEnd();
            return channel.write(buffer);
        }

        /**
         * At the first append, not when the file is opened: a reader may open it while the writer still appends through a
         * channel that it holds, and the end of that moment would be in the middle of the file later.
         */
        private void goToEnd() throws IOException {
            if (!atEnd) {
                channel.position(channel.size());
                atEnd = true;
            }
        }

        @Override
        public int read(ByteBuffer into, long position) throws IOException {
            return channel.read(into, position);
        }

        @Override
        public long size() throws IOException {
            return channel.size();
        }

        @Override
        public void truncate(long size) throws IOException {
            atEnd = false;
            channel.truncate(size);
        }

        @Override
        public void force() throws IOException {
            channel.force(false);
        }

        @Override
        public void close() throws IOException {
            channel.close();
        }
    }
}
