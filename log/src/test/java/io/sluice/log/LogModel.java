/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.log.LogView.Bound;
import io.sluice.log.batch.Batch;
import io.sluice.log.batch.BatchBuilder;
import io.sluice.log.batch.Compression;
import io.sluice.log.batch.Record;
import io.sluice.log.batch.Records;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** What a log should hold, kept as a plain list beside it. */
public final class LogModel {
    public static final long NOW_MS = 1_700_000_000_000L;

    /** A batch's place, and its records. */
    public record Entry(long baseOffset, long lastOffset, int leaderEpoch, long producerId, List<Record> records) {}

    public final List<Entry> entries = new ArrayList<>();
    private final Random random;

    public LogModel(Random random) {
        this.random = random;
    }

    public long endOffset() {
        return entries.isEmpty() ? 0 : entries.get(entries.size() - 1).lastOffset() + 1;
    }

    public List<Record> records() {
        List<Record> all = new ArrayList<>();
        entries.forEach(entry -> all.addAll(entry.records()));
        return all;
    }

    /** A batch of 1 to 8 records, direct or heap, any codec. */
    public ByteBuffer randomBatch() {
        BatchBuilder builder = BatchBuilder.create().compression(Compression.ofId(random.nextInt(5)));
        for (int i = random.nextInt(8); i >= 0; i--) {
            byte[] value = new byte[random.nextInt(200)];
            random.nextBytes(value);
            builder.add(NOW_MS - random.nextInt(100_000), new byte[] {(byte) random.nextInt(10)}, value);
        }
        ByteBuffer batch = builder.build();
        if (random.nextBoolean()) {
            batch = ByteBuffer.allocateDirect(batch.remaining()).put(batch).flip();
        }
        return batch;
    }

    /** Appends it to the log, and here once it is written. */
    public List<Entry> prepare(PartitionLog log, ByteBuffer batch, int epoch) throws IOException {
        AppendResult result = log.prepare(batch, AppendOrigin.CLIENT, epoch);
        assertThat(result).isInstanceOf(AppendResult.Appended.class);
        return read(batch.duplicate());
    }

    /** What is in a buffer of batches. */
    public static List<Entry> read(ByteBuffer batches) {
        List<Entry> entries = new ArrayList<>();
        for (Batch batch : Batch.in(batches)) {
            List<Record> records = new ArrayList<>();
            Records.in(batch.bytes()).forEach(record -> records.add(copy(record)));
            entries.add(new Entry(
                    batch.baseOffset(), batch.lastOffset(), batch.leaderEpoch(), batch.producerId(), records));
        }
        return entries;
    }

    private static Record copy(Record record) {
        return new Record(
                record.offset(), record.timestampMs(), copy(record.key()), copy(record.value()), record.headers());
    }

    private static ByteBuffer copy(ByteBuffer bytes) {
        return bytes == null
                ? null
                : ByteBuffer.allocate(bytes.remaining()).put(bytes.duplicate()).flip();
    }

    /** Everything from an offset to a bound, read slice by slice. */
    public static List<Entry> readAll(LogView view, long from, Bound bound, int maxBytes) throws IOException {
        List<Entry> entries = new ArrayList<>();
        long offset = from;
        while (true) {
            LogSlice slice = view.read(offset, maxBytes, true, bound);
            List<Entry> read;
            try {
                read = read(slice.copy());
                if (!read.isEmpty()) {
                    assertThat(slice.baseOffset()).isEqualTo(read.get(0).baseOffset());
                }
            } finally {
                slice.release();
            }
            if (read.isEmpty()) {
                return entries;
            }
            entries.addAll(read);
            offset = read.get(read.size() - 1).lastOffset() + 1;
        }
    }
}
