/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.log.batch;

import java.io.InputStream;
import java.nio.ByteBuffer;

/** A buffer as a stream, for codecs that know streams only. */
final class BufferInputStream extends InputStream {
    private final ByteBuffer buffer;

    BufferInputStream(ByteBuffer buffer) {
        this.buffer = buffer;
    }

    @Override
    public int read() {
        return buffer.hasRemaining() ? buffer.get() & 0xff : -1;
    }

    @Override
    public int read(byte[] to, int offset, int length) {
        if (length == 0) {
            return 0;
        }
        int count = Math.min(length, buffer.remaining());
        if (count == 0) {
            return -1;
        }
        buffer.get(to, offset, count);
        return count;
    }

    @Override
    public int available() {
        return buffer.remaining();
    }
}
