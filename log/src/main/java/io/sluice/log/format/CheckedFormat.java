/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.log.format;

import io.sluice.log.LogCorruptException;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/**
 * A small file that says what it is and whether it is whole. Big-endian.
 * <pre>
 *    0  magic     int32   which kind of file
 *    4  version   int16   of its format
 *    6  reserved  int16   0
 *    8  crc       int32   CRC32C of all that follows
 *   12  body
 * </pre>
 *
 * @param name of the kind, for errors: "a producer snapshot"
 * @param magic four letters
 * @param version that this release writes, the only one that it reads
 */
public record CheckedFormat(String name, int magic, short version) {
    private static final int CRC_AT = 8;
    private static final int HEADER_BYTES = 12;

    /** A buffer with room for a body of so many bytes, which are to be put next; then {@link #seal} it. */
    public ByteBuffer begin(int bodyBytes) {
        ByteBuffer out = ByteBuffer.allocate(HEADER_BYTES + bodyBytes);
        return out.putInt(magic).putShort(version).putShort((short) 0).putInt(0);
    }

    /** The body is put: gives the file's content, ready to be read. */
    public ByteBuffer seal(ByteBuffer out) {
        out.flip();
        return out.putInt(CRC_AT, crc(out));
    }

    /**
     * The body of a file's content, which lies between the buffer's position and its limit.
     *
     * @param bodyBytesMin fewer make no sense
     * @param file its name, for the error
     * @throws LogCorruptException if it is of another kind or version, or not whole
     */
    public ByteBuffer open(ByteBuffer content, int bodyBytesMin, String file) throws LogCorruptException {
        ByteBuffer in = content.slice();
        if (in.remaining() < HEADER_BYTES + bodyBytesMin) {
            throw corrupt(file, "has " + in.remaining() + " bytes, fewer than its header");
        }
        if (in.getInt() != magic) {
            throw corrupt(file, "is no " + name);
        }
        short found = in.getShort();
        if (found != version) {
            throw corrupt(file, "has format version " + found + "; this release reads " + version);
        }
        in.getShort();
        int crc = in.getInt();
        int actual = crc(in);
        if (crc != actual) {
            throw corrupt(file, String.format("has CRC %08x in its header and %08x in fact", crc, actual));
        }
        return in.slice();
    }

    private static int crc(ByteBuffer whole) {
        CRC32C crc = new CRC32C();
        crc.update(whole.duplicate().position(HEADER_BYTES));
        return (int) crc.getValue();
    }

    /** What a reader throws that finds the body wrong. */
    public static LogCorruptException corrupt(String file, String what) {
        return new LogCorruptException(file + " " + what);
    }
}
