/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.log.compaction;

import io.sluice.log.LogCorruptException;
import io.sluice.log.format.CheckedFormat;
import java.nio.ByteBuffer;

/**
 * How far a partition is compacted, kept in the file {@code cleaner-checkpoint} in its folder. Big-endian.
 * <pre>
 *    0  header of {@link CheckedFormat}: "SLCC", version 1
 *   12  firstDirtyOffset  int64
 * </pre>
 * Need not be forced: an older value only makes some records be looked at again.
 *
 * @param firstDirtyOffset of the records below it no key has two
 */
public record CleanerCheckpoint(long firstDirtyOffset) {
    /** The file's name in the partition's folder. */
    public static final String FILE = "cleaner-checkpoint";

    private static final CheckedFormat FORMAT = new CheckedFormat("cleaner checkpoint", 0x534C4343, (short) 1);

    /** The file's content, ready to be read. */
    public ByteBuffer encode() {
        return FORMAT.seal(FORMAT.begin(Long.BYTES).putLong(firstDirtyOffset));
    }

    /**
     * Reads the file's content, from the buffer's position to its limit.
     *
     * @throws LogCorruptException if it is not whole; compaction then starts over from the log's start
     */
    public static CleanerCheckpoint decode(ByteBuffer content, String file) throws LogCorruptException {
        return new CleanerCheckpoint(FORMAT.open(content, Long.BYTES, file).getLong());
    }
}
