/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.log.batch;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * One whole batch where it lies in a buffer: for readers that are not on the hot path.
 *
 * @param buffer holds the batch; its position and limit play no part
 * @param at index of the batch's first byte
 */
public record Batch(ByteBuffer buffer, int at) {
    /** The whole batches between position and limit; a batch cut short at the end is left out. */
    public static List<Batch> in(ByteBuffer buffer) {
        List<Batch> batches = new ArrayList<>();
        int at = buffer.position();
        while (buffer.limit() - at >= BatchHeader.LENGTH_END) {
            long size = BatchHeader.sizeInBytes(buffer, at);
            if (size < BatchHeader.SIZE || size > buffer.limit() - at) {
                break;
            }
            batches.add(new Batch(buffer, at));
            at += (int) size;
        }
        return batches;
    }

    public long baseOffset() {
        return BatchHeader.baseOffset(buffer, at);
    }

    public long lastOffset() {
        return BatchHeader.lastOffset(buffer, at);
    }

    public int sizeInBytes() {
        return (int) BatchHeader.sizeInBytes(buffer, at);
    }

    public int leaderEpoch() {
        return BatchHeader.leaderEpoch(buffer, at);
    }

    public byte magic() {
        return BatchHeader.magic(buffer, at);
    }

    /** @return null if the attributes name an unknown codec */
    public Compression codec() {
        return Compression.ofId(BatchHeader.codecId(buffer, at));
    }

    public boolean isLogAppendTime() {
        return BatchHeader.isLogAppendTime(buffer, at);
    }

    public boolean isTransactional() {
        return BatchHeader.isTransactional(buffer, at);
    }

    public boolean isControl() {
        return BatchHeader.isControl(buffer, at);
    }

    public boolean hasDeleteHorizon() {
        return BatchHeader.hasDeleteHorizon(buffer, at);
    }

    public long baseTimestampMs() {
        return BatchHeader.baseTimestamp(buffer, at);
    }

    public long maxTimestampMs() {
        return BatchHeader.maxTimestamp(buffer, at);
    }

    public long producerId() {
        return BatchHeader.producerId(buffer, at);
    }

    public short producerEpoch() {
        return BatchHeader.producerEpoch(buffer, at);
    }

    public int baseSequence() {
        return BatchHeader.baseSequence(buffer, at);
    }

    public int recordCount() {
        return BatchHeader.recordCount(buffer, at);
    }

    public boolean isCrcValid() {
        return BatchHeader.isCrcValid(buffer, at);
    }

    /** The bytes of the batch, as a view. */
    public ByteBuffer bytes() {
        return buffer.slice(at, sizeInBytes());
    }

    /**
     * The records, those of a control batch too. Parsed at once: a batch is small.
     *
     * @throws CorruptBatchException if the records are not what the header promises
     */
    public List<Record> records(Decompressor decompressor) throws CorruptBatchException {
        return records(decompressor, Integer.MAX_VALUE);
    }

    /**
     * The same for readers who have to be careful with memory: a header of two bytes takes a hundred of it.
     *
     * @param maxHeaders of all records together
     * @throws CorruptBatchException if there are more, too
     */
    public List<Record> records(Decompressor decompressor, int maxHeaders) throws CorruptBatchException {
        Compression codec = codec();
        if (magic() != BatchHeader.MAGIC_V2 || codec == null) {
            throw new CorruptBatchException("batch at offset " + baseOffset() + " has format version " + magic()
                    + " and codec " + BatchHeader.codecId(buffer, at));
        }
        ByteBuffer body = buffer.slice(at + BatchHeader.SIZE, sizeInBytes() - BatchHeader.SIZE);
        ByteBuffer raw = decompressor.decompress(codec, body);
        if (codec != Compression.NONE) {
            // The decompressor's memory is used again; records outlive it.
            raw = ByteBuffer.allocate(raw.remaining()).put(raw).flip();
        }
        return new RecordParser(this, raw, maxHeaders).parse();
    }
}
