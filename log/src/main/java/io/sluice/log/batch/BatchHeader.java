/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.log.batch;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/**
 * Reads and stamps the header of a record batch, format v2, where it lies in a buffer. All numbers are big-endian.
 *
 * <pre>
 *  byte  0               8          12           16      17         21           23
 *        +---------------+----------+------------+-------+----------+------------+-------------------+
 *        | base offset   | length   | leader     | magic | CRC-32C  | attributes | last offset delta |
 *        | int64         | int32    | epoch int32| = 2   | uint32   | int16      | int32             |
 *        +---------------+----------+------------+-------+----------+------------+-------------------+
 *  byte 27               35              43            51          53           57            61
 *        +---------------+---------------+-------------+-----------+------------+-------------+---------
 *        | base          | max           | producer id | producer  | base       | number of   | records
 *        | timestamp ms  | timestamp ms  | int64       | epoch     | sequence   | records     | ...
 *        | int64         | int64         |             | int16     | int32      | int32       |
 *        +---------------+---------------+-------------+-----------+------------+-------------+---------
 *
 *  length      bytes that follow it (from the leader epoch on)
 *  CRC-32C     over everything from the attributes on; base offset, length and epoch can be stamped without touching it
 *  attributes  bits 0-2 codec, bit 3 timestamp type (1 = the broker's), bit 4 transactional, bit 5 control,
 *              bit 6 base timestamp is the delete horizon
 * </pre>
 *
 * <p>Source: KIP-98 (message format v2), KIP-534 (delete horizon).
 */
public final class BatchHeader {
    /** Bytes of the header. */
    public static final int SIZE = 61;

    /** Bytes up to and with the length: what the length does not count. */
    public static final int LENGTH_END = 12;

    /** The only format version that is stored. */
    public static final byte MAGIC_V2 = 2;

    public static final long NO_PRODUCER_ID = -1;
    public static final long NO_TIMESTAMP = -1;
    public static final int NO_SEQUENCE = -1;

    static final int BASE_OFFSET_AT = 0;
    static final int LENGTH_AT = 8;
    static final int LEADER_EPOCH_AT = 12;
    static final int MAGIC_AT = 16;
    static final int CRC_AT = 17;
    static final int ATTRIBUTES_AT = 21;
    static final int LAST_OFFSET_DELTA_AT = 23;
    static final int BASE_TIMESTAMP_AT = 27;
    static final int MAX_TIMESTAMP_AT = 35;
    static final int PRODUCER_ID_AT = 43;
    static final int PRODUCER_EPOCH_AT = 51;
    static final int BASE_SEQUENCE_AT = 53;
    static final int RECORD_COUNT_AT = 57;

    static final int CODEC_MASK = 0x07;
    static final int LOG_APPEND_TIME_BIT = 0x08;
    static final int TRANSACTIONAL_BIT = 0x10;
    static final int CONTROL_BIT = 0x20;
    static final int DELETE_HORIZON_BIT = 0x40;

    private BatchHeader() {}

    public static long baseOffset(ByteBuffer buffer, int at) {
        return buffer.getLong(at + BASE_OFFSET_AT);
    }

    public static long lastOffset(ByteBuffer buffer, int at) {
        return baseOffset(buffer, at) + lastOffsetDelta(buffer, at);
    }

    /** Bytes of the whole batch with its header. Untrusted input may make it negative or overflow: long for that reason. */
    public static long sizeInBytes(ByteBuffer buffer, int at) {
        return (long) buffer.getInt(at + LENGTH_AT) + LENGTH_END;
    }

    public static int leaderEpoch(ByteBuffer buffer, int at) {
        return buffer.getInt(at + LEADER_EPOCH_AT);
    }

    public static byte magic(ByteBuffer buffer, int at) {
        return buffer.get(at + MAGIC_AT);
    }

    public static int crc(ByteBuffer buffer, int at) {
        return buffer.getInt(at + CRC_AT);
    }

    public static short attributes(ByteBuffer buffer, int at) {
        return buffer.getShort(at + ATTRIBUTES_AT);
    }

    /** The codec's number, 0-7; {@link Compression#ofId} names it. */
    public static int codecId(ByteBuffer buffer, int at) {
        return attributes(buffer, at) & CODEC_MASK;
    }

    public static boolean isLogAppendTime(ByteBuffer buffer, int at) {
        return (attributes(buffer, at) & LOG_APPEND_TIME_BIT) != 0;
    }

    public static boolean isTransactional(ByteBuffer buffer, int at) {
        return (attributes(buffer, at) & TRANSACTIONAL_BIT) != 0;
    }

    public static boolean isControl(ByteBuffer buffer, int at) {
        return (attributes(buffer, at) & CONTROL_BIT) != 0;
    }

    /** The base timestamp holds the time after which the batch's tombstones may go (KIP-534). */
    public static boolean hasDeleteHorizon(ByteBuffer buffer, int at) {
        return (attributes(buffer, at) & DELETE_HORIZON_BIT) != 0;
    }

    public static int lastOffsetDelta(ByteBuffer buffer, int at) {
        return buffer.getInt(at + LAST_OFFSET_DELTA_AT);
    }

    public static long baseTimestamp(ByteBuffer buffer, int at) {
        return buffer.getLong(at + BASE_TIMESTAMP_AT);
    }

    public static long maxTimestamp(ByteBuffer buffer, int at) {
        return buffer.getLong(at + MAX_TIMESTAMP_AT);
    }

    public static long producerId(ByteBuffer buffer, int at) {
        return buffer.getLong(at + PRODUCER_ID_AT);
    }

    public static short producerEpoch(ByteBuffer buffer, int at) {
        return buffer.getShort(at + PRODUCER_EPOCH_AT);
    }

    public static int baseSequence(ByteBuffer buffer, int at) {
        return buffer.getInt(at + BASE_SEQUENCE_AT);
    }

    public static int recordCount(ByteBuffer buffer, int at) {
        return buffer.getInt(at + RECORD_COUNT_AT);
    }

    /** Gives the batch its place; outside of what the CRC covers. */
    public static void stampPlace(ByteBuffer buffer, int at, long baseOffset, int leaderEpoch) {
        buffer.putLong(at + BASE_OFFSET_AT, baseOffset);
        buffer.putInt(at + LEADER_EPOCH_AT, leaderEpoch);
    }

    /** The broker's time becomes the time of every record (KIP-32); the CRC is computed anew. */
    public static void stampLogAppendTime(ByteBuffer buffer, int at, long timestampMs) {
        buffer.putShort(at + ATTRIBUTES_AT, (short) (attributes(buffer, at) | LOG_APPEND_TIME_BIT));
        buffer.putLong(at + MAX_TIMESTAMP_AT, timestampMs);
        stampCrc(buffer, at);
    }

    /** Mends a header whose largest timestamp is not that of its records; the CRC is computed anew. */
    public static void stampMaxTimestamp(ByteBuffer buffer, int at, long timestampMs) {
        buffer.putLong(at + MAX_TIMESTAMP_AT, timestampMs);
        stampCrc(buffer, at);
    }

    static void stampCrc(ByteBuffer buffer, int at) {
        buffer.putInt(at + CRC_AT, computeCrc(new CRC32C(), buffer, at, (int) sizeInBytes(buffer, at)));
    }

    /** True if the CRC in the header is that of the bytes. The batch must be whole. */
    public static boolean isCrcValid(ByteBuffer buffer, int at) {
        return crc(buffer, at) == computeCrc(new CRC32C(), buffer, at, (int) sizeInBytes(buffer, at));
    }

    private static int computeCrc(CRC32C crc, ByteBuffer buffer, int at, int sizeInBytes) {
        // A view of its own, so that the caller's position stays; on a direct buffer the JVM's intrinsic reads the
        // memory.
        ByteBuffer covered = buffer.duplicate();
        covered.limit(at + sizeInBytes).position(at + ATTRIBUTES_AT);
        crc.update(covered);
        return (int) crc.getValue();
    }
}
