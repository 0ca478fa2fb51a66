/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.log.segment;

import io.sluice.log.LogSlice;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/** Nothing to read at an offset. Holds no file. */
public record EmptySlice(long baseOffset) implements LogSlice {
    @Override
    public FileChannel channel() {
        return null;
    }

    @Override
    public long position() {
        return 0;
    }

    @Override
    public int length() {
        return 0;
    }

    @Override
    public ByteBuffer copy() {
        return ByteBuffer.allocate(0);
    }

    @Override
    public void release() {}
}
