/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.kafka.replica;

import io.netty.buffer.ByteBuf;
import io.sluice.kafka.wire.MalformedRequestException;
import io.sluice.kafka.wire.WireReader;
import io.sluice.log.LogSlice;
import io.sluice.log.LogView;
import java.io.IOException;

/** One answer in a {@link LinkResponse}: something of its own, then the length of its records, and the records. */
interface LinkAnswer {
    /** The records; null if there are none. Whoever holds the answer releases them once. */
    LogSlice slice();

    /** Bytes of what is its own. */
    int sizeInBytes();

    /** What is its own. */
    void write(ByteBuf out);

    /** Bytes of the records. */
    default int length() {
        return slice() == null ? 0 : slice().length();
    }

    default void release() {
        if (slice() != null) {
            slice().release();
        }
    }

    /** Records to answer with, a whole batch at least; null if there are none. */
    static LogSlice slice(LogView view, long offset, int maxBytes, LogView.Bound bound) throws IOException {
        LogSlice slice = view.read(offset, maxBytes, true, bound);
        if (slice.length() > 0) {
            return slice;
        }
        slice.release();
        return null;
    }

    /**
     * Passes over the records of an answer that has come.
     *
     * @return how many bytes they are: those before where the reader is then
     * @throws MalformedRequestException unless they are there
     */
    static int skipRecords(WireReader in) {
        int bytes = in.readInt();
        if (bytes < 0 || bytes > in.buffer().readableBytes()) {
            throw new MalformedRequestException(
                    "records of " + bytes + " bytes where " + in.buffer().readableBytes() + " are left");
        }
        in.buffer().skipBytes(bytes);
        return bytes;
    }
}
