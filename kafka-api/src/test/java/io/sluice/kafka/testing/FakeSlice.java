/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.kafka.testing;

import io.sluice.log.LogSlice;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Bytes of a file that a test has made.
 *
 * @param open counts the slices that are not released
 */
public record FakeSlice(FileChannel file, long position, int length, long baseOffset, AtomicInteger open)
        implements LogSlice {
    public FakeSlice {
        open.incrementAndGet();
    }

    @Override
    public FileChannel channel() {
        return length == 0 ? null : file;
    }

    @Override
    public ByteBuffer copy() throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(length);
        file.read(bytes, position);
        return bytes.flip();
    }

    @Override
    public void release() {
        open.decrementAndGet();
    }
}
