/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.log.file;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/** An open file that grows at its end. One thread appends and truncates; any may read and force. */
public interface LogFile extends Closeable {
    /**
     * One gathering write at the end of the file. May write less than all: the buffers' positions tell.
     *
     * @return bytes written
     */
    long append(ByteBuffer[] buffers, int offset, int length) throws IOException;

    /** The same with one buffer. */
    int append(ByteBuffer buffer) throws IOException;

    /** Reads at a place of the file; fewer bytes than there is room for, or -1 at the end of the file. */
    int read(ByteBuffer into, long position) throws IOException;

    long size() throws IOException;

    /** Cuts the file; the append position becomes its end. */
    void truncate(long size) throws IOException;

    /** Returns when what is written will survive a power loss. */
    void force() throws IOException;

    /** The channel for {@code sendfile}: read only, by position only. */
    FileChannel channel();

    /**
     * Reads until the buffer is full or the file ends.
     *
     * @return true if the buffer is full
     */
    default boolean readFully(ByteBuffer into, long position) throws IOException {
        long at = position;
        while (into.hasRemaining()) {
            int read = read(into, at);
            if (read < 0) {
                return false;
            }
            at += read;
        }
        return true;
    }
}
