/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.log.batch;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Builds one record batch in a heap buffer: for what the broker itself writes, for tools and for tests.
 *
 * <p>One record, all lengths and deltas as zig-zag variable-length integers:
 *
 * <pre>
 *   length | attributes int8 = 0 | timestamp delta | offset delta | key length, -1 = null | key | value length | value
 *          | number of headers | { key length | key (UTF-8) | value length, -1 = null | value }*
 * </pre>
 */
public final class BatchBuilder {
    private static final int MAX_BYTES = Integer.MAX_VALUE - 1024;

    private final GrowableBuffer records = new GrowableBuffer(MAX_BYTES);
    private Compression codec = Compression.NONE;
    private int level = Compression.DEFAULT_LEVEL;
    private long producerId = BatchHeader.NO_PRODUCER_ID;
    private short producerEpoch = -1;
    private int baseSequence = BatchHeader.NO_SEQUENCE;
    private long baseOffset;
    private int leaderEpoch = -1;
    private int flags;
    private long baseTimestampMs = BatchHeader.NO_TIMESTAMP;
    private long maxTimestampMs = BatchHeader.NO_TIMESTAMP;
    private long forcedMaxTimestampMs = BatchHeader.NO_TIMESTAMP;
    private boolean baseTimestampSet;
    private long nextOffset;
    private long lastOffset = -1;
    private int count;

    private BatchBuilder() {}

    /** An uncompressed batch with create time, without a producer. */
    public static BatchBuilder create() {
        return new BatchBuilder();
    }

    public BatchBuilder compression(Compression codec) {
        this.codec = codec;
        return this;
    }

    /** @param level of the codec, or {@link Compression#DEFAULT_LEVEL} */
    public BatchBuilder compression(Compression codec, int level) {
        this.codec = codec;
        this.level = level;
        return this;
    }

    /** An idempotent producer's identity and the sequence of the first record. */
    public BatchBuilder producer(long producerId, short producerEpoch, int baseSequence) {
        this.producerId = producerId;
        this.producerEpoch = producerEpoch;
        this.baseSequence = baseSequence;
        return this;
    }

    /** Where the batch begins; before any record is added. Else 0, and the append gives it its place. */
    public BatchBuilder baseOffset(long baseOffset) {
        if (count > 0) {
            throw new IllegalStateException("records were added before the base offset was set");
        }
        this.baseOffset = baseOffset;
        this.nextOffset = baseOffset;
        return this;
    }

    /** The last offset that the batch covers, where compaction took its last records. */
    public BatchBuilder lastOffset(long lastOffset) {
        this.lastOffset = lastOffset;
        return this;
    }

    public BatchBuilder leaderEpoch(int leaderEpoch) {
        this.leaderEpoch = leaderEpoch;
        return this;
    }

    public BatchBuilder transactional() {
        flags |= BatchHeader.TRANSACTIONAL_BIT;
        return this;
    }

    public BatchBuilder control() {
        flags |= BatchHeader.CONTROL_BIT;
        return this;
    }

    /** All records have the broker's time. */
    public BatchBuilder logAppendTime(long timestampMs) {
        flags |= BatchHeader.LOG_APPEND_TIME_BIT;
        forcedMaxTimestampMs = timestampMs;
        return this;
    }

    /** The time after which the tombstones in this batch may go, kept as base timestamp; before any record is added. */
    public BatchBuilder deleteHorizon(long timestampMs) {
        flags |= BatchHeader.DELETE_HORIZON_BIT;
        return baseTimestamp(timestampMs);
    }

    /** What timestamps are written relative to; the first record's by default. Before any record is added. */
    public BatchBuilder baseTimestamp(long timestampMs) {
        if (count > 0) {
            throw new IllegalStateException("records were added before the base timestamp was set");
        }
        baseTimestampMs = timestampMs;
        baseTimestampSet = true;
        return this;
    }

    public BatchBuilder add(long timestampMs, byte[] key, byte[] value) {
        return add(timestampMs, key, value, List.of());
    }

    public BatchBuilder add(long timestampMs, byte[] key, byte[] value, List<Record.Header> headers) {
        return add(new Record(nextOffset, timestampMs, wrap(key), wrap(value), headers));
    }

    /** A record with the offset that it has already: not below the ones before it. */
    public BatchBuilder add(Record record) {
        if (record.offset() < nextOffset) {
            throw new IllegalArgumentException("offset " + record.offset() + " after " + (nextOffset - 1));
        }
        if (!baseTimestampSet) {
            baseTimestampMs = record.timestampMs();
            baseTimestampSet = true;
        }
        maxTimestampMs = Math.max(maxTimestampMs, record.timestampMs());
        write(record, record.timestampMs() - baseTimestampMs, (int) (record.offset() - baseOffset));
        nextOffset = record.offset() + 1;
        count++;
        return this;
    }

    public int count() {
        return count;
    }

    /** Bytes of the records so far, before compression. */
    public int uncompressedBytes() {
        return records.size();
    }

    /** The batch, base offset 0 if none was set, ready to be appended. */
    public ByteBuffer build() {
        GrowableBuffer body = records;
        if (codec != Compression.NONE) {
            body = new GrowableBuffer(MAX_BYTES);
            try (OutputStream compressed = Compressor.wrap(codec, level, body)) {
                compressed.write(records.array(), 0, records.size());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        ByteBuffer batch = ByteBuffer.allocate(BatchHeader.SIZE + body.size());
        long last = lastOffset >= 0 ? lastOffset : nextOffset - 1;
        batch.putLong(baseOffset)
                .putInt(batch.capacity() - BatchHeader.LENGTH_END)
                .putInt(leaderEpoch)
                .put(BatchHeader.MAGIC_V2)
                .putInt(0)
                .putShort((short) (codec.id() | flags))
                .putInt((int) (last - baseOffset))
                .putLong(baseTimestampMs)
                .putLong((flags & BatchHeader.LOG_APPEND_TIME_BIT) != 0 ? forcedMaxTimestampMs : maxTimestampMs)
                .putLong(producerId)
                .putShort(producerEpoch)
                .putInt(baseSequence)
                .putInt(count)
                .put(body.array(), 0, body.size())
                .flip();
        BatchHeader.stampCrc(batch, 0);
        return batch;
    }

    private void write(Record record, long timestampDelta, int offsetDelta) {
        int headerCount = record.headers().size();
        int size = 1
                + Varints.sizeOf(timestampDelta)
                + Varints.sizeOf(offsetDelta)
                + sizeOf(record.key())
                + sizeOf(record.value())
                + Varints.sizeOf(headerCount);
        byte[][] names = new byte[headerCount][];
        for (int i = 0; i < headerCount; i++) {
            Record.Header header = record.headers().get(i);
            names[i] = header.key().getBytes(StandardCharsets.UTF_8);
            size += Varints.sizeOf(names[i].length) + names[i].length + sizeOf(header.value());
        }
        Varints.writeInt(records, size);
        records.put((byte) 0);
        Varints.writeLong(records, timestampDelta);
        Varints.writeInt(records, offsetDelta);
        write(record.key());
        write(record.value());
        Varints.writeInt(records, headerCount);
        for (int i = 0; i < headerCount; i++) {
            write(ByteBuffer.wrap(names[i]));
            write(record.headers().get(i).value());
        }
    }

    private void write(ByteBuffer bytes) {
        Varints.writeInt(records, bytes == null ? -1 : bytes.remaining());
        if (bytes != null) {
            records.put(bytes);
        }
    }

    private static int sizeOf(ByteBuffer bytes) {
        return bytes == null ? Varints.sizeOf(-1) : Varints.sizeOf(bytes.remaining()) + bytes.remaining();
    }

    private static ByteBuffer wrap(byte[] bytes) {
        return bytes == null ? null : ByteBuffer.wrap(bytes);
    }
}
