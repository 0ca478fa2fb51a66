/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.log.file;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.function.Predicate;

/**
 * Puts faults in front of another file system: writes that take only a part, a disk that is full, operations that fail. (What a crash leaves is the
 * business of the file system behind it.) Thread-safe as far as the tests need it.
 */
public final class FaultyLogFiles implements LogFiles {
    private final LogFiles real;
    private final Random random;
    private boolean shortWrites;
    private long freeBytes = Long.MAX_VALUE;
    private Predicate<String> failing = operation -> false;

    public FaultyLogFiles(LogFiles real, long seed) {
        this.real = real;
        this.random = new Random(seed);
    }

    /** From now on a write takes a random part of what it is given. */
    public synchronized FaultyLogFiles shortWrites() {
        shortWrites = true;
        return this;
    }

    /** So much can still be written before the disk is full. */
    public synchronized void freeBytes(long bytes) {
        freeBytes = bytes;
    }

    /** Operations that fail with an I/O error, told as "append NAME", "truncate NAME", "force NAME", "create NAME", "replace NAME", "delete NAME", "open NAME". */
    public synchronized void failOn(Predicate<String> operations) {
        failing = operations;
    }

    private synchronized void operation(String name, Path file) throws IOException {
        if (failing.test(name + " " + file.getFileName())) {
            throw new IOException("Input/output error (" + name + " " + file.getFileName() + ")");
        }
    }

    private synchronized int take(int bytes) throws IOException {
        if (bytes == 0) {
            return 0;
        }
        if (freeBytes == 0) {
            throw new IOException("No space left on device");
        }
        int allowed = (int) Math.min(bytes, freeBytes);
        int taken = shortWrites ? 1 + random.nextInt(allowed) : allowed;
        if (freeBytes != Long.MAX_VALUE) {
            freeBytes -= taken;
        }
        return taken;
    }

    private synchronized void giveBack(long bytes) {
        if (freeBytes != Long.MAX_VALUE) {
            freeBytes += bytes;
        }
    }

    @Override
    public LogFile open(Path file) throws IOException {
        operation("open", file);
        return new FaultyFile(real.open(file), file);
    }

    @Override
    public LogFile create(Path file) throws IOException {
        operation("create", file);
        return new FaultyFile(real.create(file), file);
    }

    @Override
    public List<Entry> list(Path folder) throws IOException {
        return real.list(folder);
    }

    @Override
    public ByteBuffer readWhole(Path file) throws IOException {
        return real.readWhole(file);
    }

    @Override
    public void makeDirectories(Path folder) throws IOException {
        real.makeDirectories(folder);
    }

    @Override
    public void replace(Path from, Path to) throws IOException {
        operation("replace", to);
        real.replace(from, to);
    }

    @Override
    public void delete(Path file) throws IOException {
        operation("delete", file);
        real.delete(file);
    }

    @Override
    public void deleteFolder(Path folder) throws IOException {
        real.deleteFolder(folder);
    }

    @Override
    public void forceDirectory(Path folder) throws IOException {
        real.forceDirectory(folder);
    }

    private final class FaultyFile implements LogFile {
        private final LogFile file;
        private final Path path;

        private FaultyFile(LogFile file, Path path) {
            this.file = file;
            this.path = path;
        }

        @Override
        public long append(ByteBuffer[] buffers, int offset, int length) throws IOException {
            long written = 0;
            for (int i = offset; i < offset + length; i++) {
                int wanted = buffers[i].remaining();
                int taken;
                try {
                    taken = append(buffers[i]);
                } catch (IOException e) {
                    // As the system does: what was written counts, the next call fails.
                    if (written == 0) {
                        throw e;
                    }
                    return written;
                }
                written += taken;
                if (taken < wanted) {
                    break;
                }
            }
            return written;
        }

        @Override
        public int append(ByteBuffer buffer) throws IOException {
            operation("append", path);
            int taken = take(buffer.remaining());
            ByteBuffer part = buffer.slice(buffer.position(), taken);
            while (part.hasRemaining()) {
                file.append(part);
            }
            buffer.position(buffer.position() + taken);
            return taken;
        }

        @Override
        public int read(ByteBuffer into, long position) throws IOException {
            operation("read", path);
            return file.read(into, position);
        }

        @Override
        public long size() throws IOException {
            return file.size();
        }

        @Override
        public void truncate(long size) throws IOException {
            operation("truncate", path);
            giveBack(Math.max(0, file.size() - size));
            file.truncate(size);
        }

        @Override
        public void force() throws IOException {
            operation("force", path);
            file.force();
        }

        @Override
        public FileChannel channel() {
            return file.channel();
        }

        @Override
        public void close() throws IOException {
            file.close();
        }
    }
}
