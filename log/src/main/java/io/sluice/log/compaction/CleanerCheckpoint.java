/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.log.compaction;

import io.sluice.log.LogCorruptException;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/**
 * How far a partition is compacted, kept in the file {@code cleaner-checkpoint} in its folder. Big-endian.
 * <pre>
 *    0  magic             int32   "SLCC"
 *    4  version           int16   1
 *    6  reserved          int16   0
 *    8  crc               int32   CRC32C of all that follows
 *   12  firstDirtyOffset  int64
 * </pre>
 * Need not be forced: an older value only makes some records be looked at again.
 *
 * @param firstDirtyOffset of the records below it no key has two
 */
public record CleanerCheckpoint(long firstDirtyOffset) {
    /** The file's name in the partition's folder. */
    public static final String FILE = "cleaner-checkpoint";

    private static final int MAGIC = 0x534C4343;
    private static final short VERSION = 1;
    private static final int BODY_AT = 12;
    private static final int BYTES = 20;

    /** The file's content, ready to be read. */
    public ByteBuffer encode() {
        ByteBuffer out = ByteBuffer.allocate(BYTES);
        out.putInt(MAGIC)
                .putShort(VERSION)
                .putShort((short) 0)
                .putInt(0)
                .putLong(firstDirtyOffset)
                .flip();
        out.putInt(8, crc(out));
        return out;
    }

    /**
     * Reads the file's content, from the buffer's position to its limit.
     *
     * @throws LogCorruptException if it is not whole; compaction then starts over from the log's start
     */
    public static CleanerCheckpoint decode(ByteBuffer content, String file) throws LogCorruptException {
        ByteBuffer in = content.slice();
        if (in.remaining() != BYTES || in.getInt() != MAGIC) {
            throw new LogCorruptException(file + " is no cleaner checkpoint");
        }
        short version = in.getShort();
        if (version != VERSION) {
            throw new LogCorruptException(file + " has format version " + version + "; this release reads " + VERSION);
        }
        in.getShort();
        int crc = in.getInt();
        int actual = crc(in);
        if (crc != actual) {
            throw new LogCorruptException(
                    String.format("%s has CRC %08x in its header and %08x in fact", file, crc, actual));
        }
        return new CleanerCheckpoint(in.getLong());
    }

    private static int crc(ByteBuffer whole) {
        CRC32C crc = new CRC32C();
        ByteBuffer body = whole.duplicate();
        body.position(BODY_AT);
        crc.update(body);
        return (int) crc.getValue();
    }
}
