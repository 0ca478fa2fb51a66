/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.kafka.api;

import io.netty.buffer.ByteBuf;
import io.sluice.log.LogSlice;
import java.io.IOException;
import java.io.UncheckedIOException;

/**
 * Sends a response that has records in it. Everything but the records of large slices is written into one buffer; that buffer leaves
 * in pieces, with the slices between them as file regions. A small slice is read into the buffer: one write is cheaper than a write
 * and a {@code sendfile}. End it with either {@link #finish} or {@link #abandon}.
 */
public final class SliceWriter {
    /** The largest slice that is copied. */
    public static final int INLINE_BYTES_MAX = 16 << 10;

    private final ResponseOutput output;
    private final ByteBuf buffer;
    private int sentUpTo;
    private int taken;

    /** @param bytes of the whole response, but for the slices that are not inline */
    public SliceWriter(ResponseOutput output, int bytes) {
        this.output = output;
        this.buffer = output.allocate(bytes);
    }

    public static boolean isInline(LogSlice slice) {
        return slice.length() <= INLINE_BYTES_MAX;
    }

    /** For all that is not records. */
    public ByteBuf buffer() {
        return buffer;
    }

    /** Slices that were handed to {@link #slice}; the others are still their owner's to release. */
    public int taken() {
        return taken;
    }

    /** Puts the records here. Takes the slice over, also if it throws. */
    public void slice(LogSlice slice) {
        taken++;
        if (!isInline(slice)) {
            output.write(buffer.retainedSlice(sentUpTo, buffer.writerIndex() - sentUpTo));
            sentUpTo = buffer.writerIndex();
            output.write(new SliceRegion(slice));
            return;
        }
        try {
            copy(slice);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            slice.release();
        }
    }

    private void copy(LogSlice slice) throws IOException {
        int copied = 0;
        while (copied < slice.length()) {
            int n = buffer.writeBytes(slice.channel(), slice.position() + copied, slice.length() - copied);
            if (n < 0) {
                throw new IOException("the file ends " + (slice.length() - copied) + " bytes too early");
            }
            copied += n;
        }
    }

    /** The response is complete. */
    public void finish() {
        if (sentUpTo == 0) {
            output.write(buffer);
        } else if (buffer.writerIndex() > sentUpTo) {
            output.write(buffer.slice(sentUpTo, buffer.writerIndex() - sentUpTo));
        } else {
            buffer.release();
        }
    }

    /** The response can't be finished: the connection closes. */
    public void abandon() {
        buffer.release();
    }
}
