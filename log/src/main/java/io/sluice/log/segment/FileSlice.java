/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.log.segment;

import io.sluice.log.LogSlice;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.concurrent.atomic.AtomicBoolean;

/** A run of bytes of an open segment file. */
final class FileSlice implements LogSlice {
    private final SegmentHandle.OpenFile open;
    private final int position;
    private final int length;
    private final long baseOffset;
    private final AtomicBoolean released = new AtomicBoolean();

    FileSlice(SegmentHandle.OpenFile open, int position, int length, long baseOffset) {
        this.open = open;
        this.position = position;
        this.length = length;
        this.baseOffset = baseOffset;
    }

    @Override
    public FileChannel channel() {
        return open.file().channel();
    }

    @Override
    public long position() {
        return position;
    }

    @Override
    public int length() {
        return length;
    }

    @Override
    public long baseOffset() {
        return baseOffset;
    }

    @Override
    public ByteBuffer copy() throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(length);
        if (!open.file().readFully(bytes, position)) {
            throw new EOFException("segment ends at " + (position + bytes.position()) + ", expected " + length
                    + " bytes from " + position);
        }
        return bytes.flip();
    }

    @Override
    public void release() {
        if (!released.compareAndSet(false, true)) {
            throw new IllegalStateException("a slice was released twice");
        }
        open.release();
    }
}
