/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.actors.subscription;

import io.sluice.actors.partition.TopicPartition;
import io.sluice.log.batch.Batch;
import io.sluice.log.batch.Compression;
import io.sluice.log.batch.CorruptBatchException;
import io.sluice.log.batch.Decompressor;
import io.sluice.log.batch.Decompressors;
import io.sluice.log.batch.Record;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** Makes {@link DecodedBatch}es of what the log has stored. Thread-safe. */
final class BatchDecoder {
    private final Decompressors decompressors;

    /** @param maxDecompressedBytes the most that a batch may grow to */
    BatchDecoder(int maxDecompressedBytes) {
        this.decompressors = new Decompressors(maxDecompressedBytes);
    }

    /**
     * The whole batches in a buffer, of which the records become views; at least one. A damaged batch ends them.
     *
     * @param offset the first that is wanted
     * @param end what begins there, or behind it, is not wanted
     * @param maxBytes decoded; one batch may be more
     * @throws CorruptBatchException if already the first is damaged, in one line: which batch and what is wrong with it
     */
    List<DecodedBatch> decode(ByteBuffer stored, long offset, long end, int maxBytes) throws CorruptBatchException {
        List<DecodedBatch> decoded = new ArrayList<>();
        long from = offset;
        long bytes = 0;
        for (Batch batch : Batch.in(stored)) {
            if (!decoded.isEmpty() && (bytes + batch.sizeInBytes() > maxBytes || batch.baseOffset() >= end)) {
                break;
            }
            try {
                DecodedBatch next = decode(batch, Math.min(from, batch.baseOffset()));
                if (next.nextOffset() > from) {
                    decoded.add(next);
                    bytes += next.sizeInBytes();
                    from = next.nextOffset();
                }
            } catch (CorruptBatchException damaged) {
                if (decoded.isEmpty()) {
                    throw damaged;
                }
                break;
            }
        }
        if (decoded.isEmpty()) {
            throw new CorruptBatchException("no whole batch in " + stored.remaining() + " bytes");
        }
        return decoded;
    }

    /**
     * The same for a partition's reader, small ones gathered.
     *
     * @param end as far as may be read
     * @throws SubscriptionException if already the first batch is damaged
     */
    PartitionRead.Batches read(TopicPartition partition, ByteBuffer stored, long offset, long end, int maxBytes) {
        try {
            return PartitionRead.Batches.upTo(
                    end,
                    DecodedBatch.gathered(decode(stored, offset, end, maxBytes), SubscriptionSettings.GATHERED_BYTES));
        } catch (CorruptBatchException damaged) {
            throw new SubscriptionException(
                    SubscriptionException.Code.CORRUPT_BATCH,
                    partition + " can't be read at offset " + offset + ": " + damaged.getMessage(),
                    damaged);
        }
    }

    private DecodedBatch decode(Batch batch, long from) throws CorruptBatchException {
        if (!batch.isCrcValid()) {
            throw new CorruptBatchException("batch at offset " + batch.baseOffset() + ": CRC is wrong");
        }
        if (batch.lastOffset() < batch.baseOffset()) {
            throw new CorruptBatchException(
                    "batch at offset " + batch.baseOffset() + ": its last offset is " + batch.lastOffset());
        }
        long next = batch.lastOffset() + 1;
        if (batch.isControl()) {
            return new DecodedBatch(from, next, List.of(), 0);
        }
        if (batch.recordCount() > SubscriptionSettings.MAX_BATCH_RECORDS) {
            throw new CorruptBatchException(
                    "batch at offset " + batch.baseOffset() + ": " + batch.recordCount() + " records, more than the "
                            + SubscriptionSettings.MAX_BATCH_RECORDS + " that can be read at once");
        }
        Decompressor decompressor = decompressors.borrow();
        try {
            List<Record> records = batch.records(decompressor, SubscriptionSettings.MAX_BATCH_HEADERS);
            int bytes = batch.codec() == Compression.NONE ? batch.sizeInBytes() : sizeOf(records);
            return new DecodedBatch(from, next, records, bytes);
        } finally {
            decompressors.giveBack(decompressor);
        }
    }

    private static int sizeOf(List<Record> records) {
        long bytes = 0;
        for (Record record : records) {
            bytes += sizeOf(record.key()) + sizeOf(record.value());
            for (Record.Header header : record.headers()) {
                bytes += sizeOf(header.value());
            }
        }
        return (int) Math.min(bytes, Integer.MAX_VALUE / 2);
    }

    private static int sizeOf(ByteBuffer bytes) {
        return bytes == null ? 0 : bytes.remaining();
    }
}
