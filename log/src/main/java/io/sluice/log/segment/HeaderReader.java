/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.log.segment;

import io.sluice.log.LogCorruptException;
import io.sluice.log.batch.BatchHeader;
import io.sluice.log.file.LogFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/**
 * Goes from batch header to batch header of a segment, reading a few KB at a time and skipping the records of large
 * batches. For one thread.
 */
final class HeaderReader {
    private static final int WINDOW_BYTES = 4096;

    private final LogFile file;
    private final Path path;
    private final int end;
    private final ByteBuffer window;
    private int windowAt;
    private int position;
    private int at;

    /** @param end where the segment ends, as far as this reader knows */
    HeaderReader(LogFile file, Path path, int start, int end) {
        this.file = file;
        this.path = path;
        this.end = end;
        this.position = start;
        this.window = ByteBuffer.allocate(WINDOW_BYTES).limit(0);
    }

    /** Loads the header at the position; false at the end. */
    boolean load() throws IOException {
        if (position >= end) {
            return false;
        }
        at = position - windowAt;
        if (at < 0 || at + BatchHeader.SIZE > window.limit()) {
            window.clear();
            window.limit(Math.min(WINDOW_BYTES, end - position));
            file.readFully(window, position);
            window.flip();
            windowAt = position;
            at = 0;
        }
        if (window.limit() - at < BatchHeader.SIZE
                || sizeInBytes() < BatchHeader.SIZE
                || sizeInBytes() > end - position) {
            throw new LogCorruptException(path + ": no batch at position " + position + ", the segment ends at " + end);
        }
        return true;
    }

    void skip() {
        position += (int) sizeInBytes();
    }

    int position() {
        return position;
    }

    ByteBuffer buffer() {
        return window;
    }

    /** Where the header lies in {@link #buffer}. */
    int at() {
        return at;
    }

    long sizeInBytes() {
        return BatchHeader.sizeInBytes(window, at);
    }

    long baseOffset() {
        return BatchHeader.baseOffset(window, at);
    }

    long lastOffset() {
        return BatchHeader.lastOffset(window, at);
    }

    long maxTimestamp() {
        return BatchHeader.maxTimestamp(window, at);
    }
}
