/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.log.append;

import io.sluice.log.AppendOrigin;
import io.sluice.log.AppendResult.RecordError;
import io.sluice.log.AppendResult.Rejected;
import io.sluice.log.ErrorCode;
import io.sluice.log.LogConfig;
import io.sluice.log.batch.BatchHeader;
import io.sluice.log.batch.BatchTooLargeException;
import io.sluice.log.batch.Compression;
import io.sluice.log.batch.CorruptBatchException;
import io.sluice.log.batch.Decompressor;
import io.sluice.log.batch.Decompressors;
import io.sluice.log.batch.RecordScan;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * What a batch must fulfil before it may enter a log, checked where it lies. Changes nothing in the buffer but a header
 * whose largest timestamp is not that of its records. Not thread-safe.
 */
public final class AppendChecks {
    private final Decompressors decompressors;
    private final RecordScan scan = new RecordScan();

    public AppendChecks(Decompressors decompressors) {
        this.decompressors = decompressors;
    }

    /**
     * Checks every batch between position and limit, which stay.
     *
     * @return null if all are good
     */
    public Rejected check(ByteBuffer batches, AppendOrigin origin, LogConfig config, long nowMs) {
        if (!batches.hasRemaining()) {
            return new Rejected(ErrorCode.INVALID_RECORD, "the request has no batch for this partition");
        }
        int at = batches.position();
        while (at < batches.limit()) {
            Rejected fault = checkFrame(batches, at, config, origin);
            if (fault == null && origin == AppendOrigin.CLIENT) {
                fault = checkClientHeader(batches, at);
            }
            if (fault == null && origin != AppendOrigin.REPLICATION) {
                fault = checkRecords(batches, at, origin, config, nowMs);
            }
            if (fault != null) {
                return fault;
            }
            at += (int) BatchHeader.sizeInBytes(batches, at);
        }
        return null;
    }

    /** Is it a whole batch with the right CRC? */
    private static Rejected checkFrame(ByteBuffer batches, int at, LogConfig config, AppendOrigin origin) {
        int left = batches.limit() - at;
        if (left < BatchHeader.SIZE) {
            return corrupt(left + " bytes are no batch: a header has " + BatchHeader.SIZE);
        }
        byte magic = BatchHeader.magic(batches, at);
        if (magic != BatchHeader.MAGIC_V2) {
            return new Rejected(
                    magic == 0 || magic == 1 ? ErrorCode.UNSUPPORTED_FOR_MESSAGE_FORMAT : ErrorCode.CORRUPT_MESSAGE,
                    "batch of format version " + magic + ", only version 2 is supported");
        }
        long size = BatchHeader.sizeInBytes(batches, at);
        if (size < BatchHeader.SIZE || size > left) {
            return corrupt("batch with a length of " + size + " bytes, " + left + " were sent");
        }
        if (origin == AppendOrigin.CLIENT && size > config.maxMessageBytes()) {
            return tooLarge(size, config);
        }
        if (size > config.segmentBytes()) {
            return new Rejected(
                    ErrorCode.RECORD_LIST_TOO_LARGE,
                    "batch of " + size + " bytes, segment.bytes is " + config.segmentBytes());
        }
        if (!BatchHeader.isCrcValid(batches, at)) {
            return corrupt("the batch's CRC is wrong");
        }
        if (Compression.ofId(BatchHeader.codecId(batches, at)) == null) {
            return new Rejected(
                    ErrorCode.UNSUPPORTED_COMPRESSION_TYPE, "unknown codec " + BatchHeader.codecId(batches, at));
        }
        if (BatchHeader.recordCount(batches, at) < 0 || BatchHeader.lastOffsetDelta(batches, at) < 0) {
            return invalid("batch with " + BatchHeader.recordCount(batches, at) + " records and last offset delta "
                    + BatchHeader.lastOffsetDelta(batches, at));
        }
        return null;
    }

    /** Is each batch within {@code max.message.bytes}? */
    static Rejected checkSizes(ByteBuffer batches, LogConfig config) {
        for (int at = batches.position(); at < batches.limit(); at += (int) BatchHeader.sizeInBytes(batches, at)) {
            if (BatchHeader.sizeInBytes(batches, at) > config.maxMessageBytes()) {
                return tooLarge(BatchHeader.sizeInBytes(batches, at), config);
            }
        }
        return null;
    }

    private static Rejected tooLarge(long size, LogConfig config) {
        return new Rejected(
                ErrorCode.MESSAGE_TOO_LARGE,
                "batch of " + size + " bytes, max.message.bytes is " + config.maxMessageBytes());
    }

    /** What a client may not send. */
    private static Rejected checkClientHeader(ByteBuffer batches, int at) {
        if (BatchHeader.isControl(batches, at)) {
            return invalid("control batches are not for clients");
        }
        if (BatchHeader.isLogAppendTime(batches, at)) {
            return new Rejected(
                    ErrorCode.INVALID_TIMESTAMP, "a client may not set the timestamp type to LogAppendTime");
        }
        boolean hasProducer = BatchHeader.producerId(batches, at) != BatchHeader.NO_PRODUCER_ID;
        if (hasProducer && (BatchHeader.baseSequence(batches, at) < 0 || BatchHeader.producerEpoch(batches, at) < 0)) {
            return invalid("batch of producer " + BatchHeader.producerId(batches, at) + " with epoch "
                    + BatchHeader.producerEpoch(batches, at) + " and sequence "
                    + BatchHeader.baseSequence(batches, at));
        }
        if (BatchHeader.isTransactional(batches, at)) {
            return hasProducer
                    ? new Rejected(ErrorCode.INVALID_TXN_STATE, "the producer has no transaction open")
                    : invalid("transactional batch without a producer id");
        }
        return null;
    }

    /** Are they records, with offsets that count up, times within the bounds, and keys where the topic is compacted? */
    private Rejected checkRecords(ByteBuffer batches, int at, AppendOrigin origin, LogConfig config, long nowMs) {
        int count = BatchHeader.recordCount(batches, at);
        if (count == 0 || BatchHeader.lastOffsetDelta(batches, at) != count - 1) {
            return invalid("batch of " + count + " records with last offset delta "
                    + BatchHeader.lastOffsetDelta(batches, at));
        }
        Compression codec = Compression.ofId(BatchHeader.codecId(batches, at));
        int size = (int) BatchHeader.sizeInBytes(batches, at);
        try {
            ByteBuffer body = batches.slice(at + BatchHeader.SIZE, size - BatchHeader.SIZE);
            scan(codec, body, count, BatchHeader.baseTimestamp(batches, at));
        } catch (BatchTooLargeException e) {
            return new Rejected(ErrorCode.MESSAGE_TOO_LARGE, e.getMessage());
        } catch (CorruptBatchException e) {
            return invalid(e.getMessage());
        }
        boolean keysNeeded = config.compact() && !BatchHeader.isControl(batches, at);
        if (keysNeeded && scan.firstKeyless() >= 0) {
            return new Rejected(
                    ErrorCode.INVALID_RECORD,
                    "one or more records have no key, and the topic is compacted",
                    List.of(new RecordError(scan.firstKeyless(), "the topic is compacted: a record needs a key")));
        }
        if (config.logAppendTime()) {
            return null;
        }
        Rejected late = origin == AppendOrigin.CLIENT ? checkTimes(config, nowMs) : null;
        if (late == null && BatchHeader.maxTimestamp(batches, at) != scan.maxTimestampMs()) {
            BatchHeader.stampMaxTimestamp(batches, at, scan.maxTimestampMs());
        }
        return late;
    }

    private void scan(Compression codec, ByteBuffer body, int count, long baseTimestampMs)
            throws CorruptBatchException {
        if (codec == Compression.NONE) {
            scan.scan(body, count, baseTimestampMs);
            return;
        }
        Decompressor decompressor = decompressors.borrow();
        try {
            scan.scan(decompressor.decompress(codec, body), count, baseTimestampMs);
        } finally {
            decompressors.giveBack(decompressor);
        }
    }

    private Rejected checkTimes(LogConfig config, long nowMs) {
        long largest = scan.maxTimestampMs();
        if (largest != BatchHeader.NO_TIMESTAMP && largest - nowMs > config.timestampAfterMaxMs()) {
            return outOfTime(largest, nowMs, "after", config.timestampAfterMaxMs());
        }
        long smallest = scan.minTimestampMs();
        if (smallest != Long.MAX_VALUE && nowMs - smallest > config.timestampBeforeMaxMs()) {
            return outOfTime(smallest, nowMs, "before", config.timestampBeforeMaxMs());
        }
        return null;
    }

    private Rejected outOfTime(long timestampMs, long nowMs, String side, long limitMs) {
        String message = "timestamp " + timestampMs + " is more than " + limitMs + " ms " + side + " the broker's time "
                + nowMs + " (message.timestamp." + side + ".max.ms)";
        return new Rejected(ErrorCode.INVALID_TIMESTAMP, message);
    }

    private static Rejected corrupt(String message) {
        return new Rejected(ErrorCode.CORRUPT_MESSAGE, message);
    }

    private static Rejected invalid(String message) {
        return new Rejected(ErrorCode.INVALID_RECORD, message);
    }
}
