/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/**
 * A run of bytes of one segment file, for {@code sendfile}. Holds the file open until {@link #release}, even if retention
 * deletes it meanwhile. Immutable but for the hold on the file.
 */
public interface LogSlice {
    /** The open file; null in an empty slice. */
    FileChannel channel();

    /** Byte position of the first batch in the file. */
    long position();

    /** Bytes; 0 in an empty slice. */
    int length();

    /** Base offset of the first batch; the offset asked for in an empty slice. */
    long baseOffset();

    /** Copies the bytes into a new heap buffer: for readers inside the broker, not for the wire. */
    ByteBuffer copy() throws IOException;

    /** Lets go of the file. Exactly once. */
    void release();
}
