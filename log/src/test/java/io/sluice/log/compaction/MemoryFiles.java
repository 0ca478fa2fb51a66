/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.log.compaction;

import io.sluice.log.file.LogFile;
import io.sluice.log.file.LogFiles;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * A file system in memory that can crash before any one of its operations, and then shows what is left: all that was done (the
 * process died), or only what was forced and any part of the rest (the power failed; names and contents are lost independently of each other).
 */
public final class MemoryFiles implements LogFiles {
    /** Not an IOException: nothing can be tidied up any more. */
    public static final class Crash extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Crash() {
            super("the process has died", null, false, false);
        }
    }

    private static final class Inode {
        byte[] now = new byte[0];
        byte[] forced = new byte[0];
    }

    /** A change of a name that is not forced yet. */
    private record Change(Path name, Inode inode, Path from) {}

    private final Map<Path, Inode> names = new HashMap<>();
    private final Map<Path, Inode> forcedNames = new HashMap<>();
    private final List<Change> changes = new ArrayList<>();
    private int operationsLeft = Integer.MAX_VALUE;
    private int operations;
    private long room = Long.MAX_VALUE;

    /** Dies before the operation after so many more. */
    public void crashAfter(int count) {
        operationsLeft = count;
        operations = 0;
    }

    /** Operations since {@link #crashAfter}. */
    public int operations() {
        return operations;
    }

    /** So many bytes more can be written. */
    void room(long bytes) {
        room = bytes;
    }

    /** Turns over a bit. */
    synchronized void damage(Path file, int at) {
        names.get(file).now[at] ^= 1;
    }

    private void operation() {
        if (operationsLeft <= 0) {
            throw new Crash();
        }
        operationsLeft--;
        operations++;
    }

    /** A copy with everything that was done, forced or not, now safe: the process starts again. */
    public synchronized MemoryFiles afterProcessDeath() {
        MemoryFiles next = new MemoryFiles();
        names.forEach((name, inode) -> next.keep(name, inode.now));
        return next;
    }

    /** A copy with what was forced, and any part of the rest. */
    public synchronized MemoryFiles afterPowerLoss(Random random) {
        Map<Path, Inode> left = new HashMap<>(forcedNames);
        for (Change change : changes) {
            if (random.nextBoolean()) {
                if (change.from() != null) {
                    left.remove(change.from());
                }
                if (change.inode() == null) {
                    left.remove(change.name());
                } else {
                    left.put(change.name(), change.inode());
                }
            }
        }
        MemoryFiles next = new MemoryFiles();
        left.forEach((name, inode) -> next.keep(name, torn(inode, random)));
        return next;
    }

    private static byte[] torn(Inode inode, Random random) {
        return switch (random.nextInt(3)) {
            case 0 -> inode.forced;
            case 1 -> inode.now;
            default -> {
                int least = Math.min(inode.forced.length, inode.now.length);
                int most = Math.max(least, inode.now.length);
                yield Arrays.copyOf(inode.now, least + random.nextInt(most - least + 1));
            }
        };
    }

    private void keep(Path name, byte[] content) {
        Inode inode = new Inode();
        inode.now = content.clone();
        inode.forced = content.clone();
        names.put(name, inode);
        forcedNames.put(name, inode);
    }

    @Override
    public synchronized LogFile open(Path file) throws NoSuchFileException {
        Inode inode = names.get(file);
        if (inode == null) {
            throw new NoSuchFileException(file.toString());
        }
        return new MemoryFile(inode);
    }

    @Override
    public synchronized LogFile create(Path file) {
        if (!names.containsKey(file)) {
            operation();
            Inode inode = new Inode();
            names.put(file, inode);
            changes.add(new Change(file, inode, null));
        }
        return new MemoryFile(names.get(file));
    }

    @Override
    public synchronized List<Entry> list(Path folder) {
        List<Entry> entries = new ArrayList<>();
        names.forEach((name, inode) -> {
            if (name.getParent().equals(folder)) {
                entries.add(new Entry(name.getFileName().toString(), inode.now.length));
            }
        });
        return entries;
    }

    @Override
    public synchronized ByteBuffer readWhole(Path file) {
        Inode inode = names.get(file);
        return inode == null ? null : ByteBuffer.wrap(inode.now.clone());
    }

    @Override
    public void makeDirectories(Path folder) {}

    @Override
    public synchronized void replace(Path from, Path to) throws NoSuchFileException {
        operation();
        Inode inode = names.remove(from);
        if (inode == null) {
            throw new NoSuchFileException(from.toString());
        }
        names.put(to, inode);
        changes.add(new Change(to, inode, from));
    }

    @Override
    public synchronized void delete(Path file) {
        if (names.containsKey(file)) {
            operation();
            names.remove(file);
            changes.add(new Change(file, null, null));
        }
    }

    @Override
    public void deleteFolder(Path folder) {}

    @Override
    public synchronized void forceDirectory(Path folder) {
        operation();
        changes.clear();
        forcedNames.clear();
        forcedNames.putAll(names);
    }

    private final class MemoryFile implements LogFile {
        private final Inode inode;

        MemoryFile(Inode inode) {
            this.inode = inode;
        }

        @Override
        public long append(ByteBuffer[] buffers, int offset, int length) throws IOException {
            long written = 0;
            for (int i = offset; i < offset + length; i++) {
                written += append(buffers[i]);
            }
            return written;
        }

        @Override
        public int append(ByteBuffer buffer) throws IOException {
            synchronized (MemoryFiles.this) {
                operation();
                int bytes = buffer.remaining();
                if (bytes > room) {
                    throw new IOException("No space left on device");
                }
                room -= bytes;
                int at = inode.now.length;
                inode.now = Arrays.copyOf(inode.now, at + bytes);
                buffer.get(inode.now, at, bytes);
                return bytes;
            }
        }

        @Override
        public int read(ByteBuffer into, long position) {
            synchronized (MemoryFiles.this) {
                if (position >= inode.now.length) {
                    return -1;
                }
                int bytes = (int) Math.min(into.remaining(), inode.now.length - position);
                into.put(inode.now, (int) position, bytes);
                return bytes;
            }
        }

        @Override
        public long size() {
            synchronized (MemoryFiles.this) {
                return inode.now.length;
            }
        }

        @Override
        public void truncate(long size) {
            synchronized (MemoryFiles.this) {
                if (size < inode.now.length) {
                    operation();
                    inode.now = Arrays.copyOf(inode.now, (int) size);
                }
            }
        }

        @Override
        public void force() {
            synchronized (MemoryFiles.this) {
                operation();
                inode.forced = inode.now.clone();
            }
        }

        @Override
        public FileChannel channel() {
            throw new UnsupportedOperationException("no channel in memory");
        }

        @Override
        public void close() {}
    }
}
