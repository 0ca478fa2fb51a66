/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.kafka.produce;

import io.sluice.log.ErrorCode;
import java.nio.ByteBuffer;

/**
 * What a Produce request may carry for one partition: exactly one record batch of format 2. Looks at the head only; the log
 * checks the rest.
 *
 * <pre>
 *  0        8        12              16      17      21           23 ... 61
 *  | offset | length | leader epoch  | magic | crc   | attributes | ... records
 * </pre>
 */
final class BatchHead {
    private static final int LENGTH_AT = 8;
    private static final int LOG_OVERHEAD = 12;
    private static final int MAGIC_AT = 16;
    private static final int ATTRIBUTES_AT = 21;
    private static final int HEAD_BYTES = 61;
    private static final byte MAGIC = 2;
    private static final int CODEC_MASK = 7;
    private static final int ZSTD = 4;
    private static final int TRANSACTIONAL = 0x10;

    /** From this version on a producer may use zstd (KIP-110). */
    private static final short ZSTD_VERSION = 7;

    private BatchHead() {}

    /** A reason to refuse. */
    record Refusal(ErrorCode error, String message) {}

    /** Answers null if the log may have it. */
    static Refusal check(ByteBuffer records, short version) {
        if (records == null || records.remaining() < HEAD_BYTES) {
            int bytes = records == null ? 0 : records.remaining();
            return new Refusal(
                    bytes == 0 ? ErrorCode.INVALID_RECORD : ErrorCode.CORRUPT_MESSAGE,
                    "a record batch of " + bytes + " bytes");
        }
        int at = records.position();
        byte magic = records.get(at + MAGIC_AT);
        if (magic != MAGIC) {
            return new Refusal(ErrorCode.INVALID_RECORD, "record format " + magic + ", only 2 is taken");
        }
        long batchBytes = (long) records.getInt(at + LENGTH_AT) + LOG_OVERHEAD;
        if (batchBytes < HEAD_BYTES || batchBytes > records.remaining()) {
            return new Refusal(
                    ErrorCode.CORRUPT_MESSAGE,
                    "a record batch that claims " + batchBytes + " bytes of " + records.remaining());
        }
        if (batchBytes < records.remaining()) {
            return new Refusal(ErrorCode.INVALID_RECORD, "more than one record batch for a partition");
        }
        short attributes = records.getShort(at + ATTRIBUTES_AT);
        if ((attributes & CODEC_MASK) == ZSTD && version < ZSTD_VERSION) {
            return new Refusal(ErrorCode.UNSUPPORTED_COMPRESSION_TYPE, "zstd needs Produce version " + ZSTD_VERSION);
        }
        if ((attributes & TRANSACTIONAL) != 0) {
            return new Refusal(ErrorCode.INVALID_TXN_STATE, ProduceHandler.NO_TRANSACTIONS);
        }
        return null;
    }
}
