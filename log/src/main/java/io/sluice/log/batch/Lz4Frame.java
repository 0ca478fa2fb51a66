/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.log.batch;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The descriptor of an LZ4 frame (little-endian).
 *
 * <pre>
 *   magic 0x184D2204 | FLG | BD | [content size 8] | [dictionary id 4] | HC | blocks ... | end mark 0 int32 | [content checksum 4]
 *   block:  size int32, top bit set if stored raw | data | [block checksum 4]
 *   FLG:    bits 7-6 version (01), 5 independent blocks, 4 block checksum, 3 content size, 2 content checksum, 0 dictionary
 *   BD:     bits 6-4 largest block: 4 = 64 KiB, 5 = 256 KiB, 6 = 1 MiB, 7 = 4 MiB
 * </pre>
 *
 * <p>The checksums are not compared: the batch's own CRC covers the same bytes.
 */
record Lz4Frame(int maxBlockBytes, int blockTrailerBytes, int frameTrailerBytes) {
    static final int MAGIC = 0x184D2204;

    /** Set in a block's size if the block is not compressed. */
    static final int RAW_BLOCK = 0x8000_0000;

    private static final int SKIPPABLE_MAGIC = 0x184D2A50;
    private static final int SKIPPABLE_MASK = 0xFFFF_FFF0;

    /** Reads a descriptor at the position; null if a skippable frame was there and is skipped. */
    static Lz4Frame read(ByteBuffer in) throws CorruptBatchException {
        int magic = littleEndianInt(in);
        if ((magic & SKIPPABLE_MASK) == SKIPPABLE_MAGIC) {
            int length = littleEndianInt(in);
            if (length < 0 || length > in.remaining()) {
                throw new CorruptBatchException("skippable LZ4 frame of " + length + " bytes");
            }
            in.position(in.position() + length);
            return null;
        }
        if (magic != MAGIC) {
            throw new CorruptBatchException("LZ4 frame begins with 0x" + Integer.toHexString(magic));
        }
        int flags = in.get();
        int blockDescriptor = in.get();
        if ((flags >> 6 & 3) != 1) {
            throw new CorruptBatchException("LZ4 frame of version " + (flags >> 6 & 3));
        }
        if ((flags & 0x20) == 0) {
            throw new CorruptBatchException("LZ4 frame with dependent blocks, which Kafka's clients can't read");
        }
        if ((flags & 0x01) != 0) {
            throw new CorruptBatchException("LZ4 frame with a dictionary");
        }
        int sizeCode = blockDescriptor >> 4 & 7;
        if (sizeCode < 4) {
            throw new CorruptBatchException("LZ4 frame with block size code " + sizeCode);
        }
        int optional = (flags & 0x08) != 0 ? 8 : 0;
        in.position(in.position() + optional + 1);
        return new Lz4Frame(1 << (8 + 2 * sizeCode), (flags & 0x10) != 0 ? 4 : 0, (flags & 0x04) != 0 ? 4 : 0);
    }

    /** Size of the block that follows with its top bit as it is; 0 at the end of the frame. */
    int nextBlock(ByteBuffer in) {
        return littleEndianInt(in);
    }

    private static int littleEndianInt(ByteBuffer in) {
        int value = in.getInt();
        return in.order() == ByteOrder.BIG_ENDIAN ? Integer.reverseBytes(value) : value;
    }
}
