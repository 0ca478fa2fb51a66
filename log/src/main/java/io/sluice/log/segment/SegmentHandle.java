/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.log.segment;

import io.sluice.log.OffsetOutOfRangeException;
import io.sluice.log.file.LogFile;
import io.sluice.log.file.LogFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

/**
 * The way to a segment's file: opens it when it is needed, counts who uses it, closes it when nobody does any more.
 * Thread-safe.
 */
final class SegmentHandle {
    private final LogFiles files;
    private final OpenSegments pool;
    private volatile Path path;
    private final AtomicReference<OpenFile> current = new AtomicReference<>();
    private volatile boolean used;
    private boolean retired;

    SegmentHandle(LogFiles files, OpenSegments pool, Path path) {
        this.files = files;
        this.pool = pool;
        this.path = path;
    }

    /**
     * The open file, to be released once.
     *
     * @throws OffsetOutOfRangeException if the segment is gone
     */
    OpenFile acquire(boolean create) throws IOException {
        OpenFile file = current.get();
        if (file != null && file.retain()) {
            if (!used) {
                used = true;
            }
            return file;
        }
        return open(create);
    }

    private synchronized OpenFile open(boolean create) throws IOException {
        if (retired) {
            throw new OffsetOutOfRangeException("segment " + path.getFileName() + " was deleted");
        }
        OpenFile file = current.get();
        if (file != null && file.retain()) {
            return file;
        }
        file = new OpenFile(create ? files.create(path) : files.open(path));
        file.retain();
        current.set(file);
        used = true;
        pool.opened(this);
        return file;
    }

    boolean wasUsedSinceAsked() {
        boolean was = used;
        used = false;
        return was;
    }

    /** Closes the file unless somebody uses it, who closes it then. */
    void letGo() {
        OpenFile file = current.getAndSet(null);
        if (file != null) {
            file.release();
        }
    }

    /** Nobody can open the file from now on. */
    synchronized void retire() {
        if (!retired) {
            retired = true;
            pool.closed(this);
            letGo();
        }
    }

    Path path() {
        return path;
    }

    /** Gives the file another name; who has it open keeps it, who opens it from now on opens it by the new name. */
    synchronized void moveTo(Path to) throws IOException {
        files.replace(path, to);
        path = to;
    }

    /** An open file and how many hold it: the handle itself is one. */
    static final class OpenFile {
        private final LogFile file;
        private final AtomicInteger holders = new AtomicInteger(1);

        private OpenFile(LogFile file) {
            this.file = file;
        }

        LogFile file() {
            return file;
        }

        private boolean retain() {
            int seen = holders.get();
            while (seen > 0) {
                if (holders.compareAndSet(seen, seen + 1)) {
                    return true;
                }
                seen = holders.get();
            }
            return false;
        }

        void release() {
            int left = holders.decrementAndGet();
            if (left == 0) {
                try {
                    file.close();
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            } else if (left < 0) {
                throw new IllegalStateException("a slice was released twice");
            }
        }
    }
}
