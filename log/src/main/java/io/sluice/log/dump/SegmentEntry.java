/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.log.dump;

import io.sluice.log.batch.Compression;
import io.sluice.log.batch.Record;
import java.util.List;

/** What lies in a segment's file, from its beginning to its end. */
public sealed interface SegmentEntry {
    /** Byte position in the file. */
    long position();

    /**
     * A whole batch with the right CRC.
     *
     * @param position byte position in the file
     * @param baseOffset first offset
     * @param lastOffset last offset, inclusive; compaction may have taken its record
     * @param recordCount records in it
     * @param sizeBytes bytes with the header
     * @param codec null if the attributes name an unknown one
     * @param leaderEpoch epoch of the leader that wrote it
     * @param producerId idempotent producer, or -1
     * @param producerEpoch its epoch, or -1
     * @param baseSequence sequence of the first record, or -1
     * @param transactional part of a transaction
     * @param control a transaction's marker
     * @param logAppendTime the timestamps are the broker's
     * @param baseTimestampMs timestamp of the first record, or -1; with a delete horizon that time
     * @param maxTimestampMs largest timestamp, or -1
     * @param deleteHorizonMs time after which its tombstones may go, or -1
     * @param crc as stored
     * @param records its records if they were asked for, else empty
     * @param fault why the records can't be read though the CRC is right; null if they can, or were not asked for
     */
    record BatchEntry(
            long position,
            long baseOffset,
            long lastOffset,
            int recordCount,
            int sizeBytes,
            Compression codec,
            int leaderEpoch,
            long producerId,
            short producerEpoch,
            int baseSequence,
            boolean transactional,
            boolean control,
            boolean logAppendTime,
            long baseTimestampMs,
            long maxTimestampMs,
            long deleteHorizonMs,
            int crc,
            List<Record> records,
            String fault)
            implements SegmentEntry {
        public BatchEntry {
            records = List.copyOf(records);
        }
    }

    /**
     * Bytes that are no whole batch.
     *
     * @param position where they begin
     * @param lengthBytes how many, up to the next whole batch or the end of the file
     * @param cause which rule of a batch they break
     * @param atTheEnd no whole batch follows: a crash leaves such an end, and recovery cuts it
     */
    record DamageEntry(long position, long lengthBytes, String cause, boolean atTheEnd) implements SegmentEntry {}
}
