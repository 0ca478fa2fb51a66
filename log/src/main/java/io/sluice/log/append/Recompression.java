/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.log.append;

import io.sluice.log.batch.Batch;
import io.sluice.log.batch.BatchBuilder;
import io.sluice.log.batch.Compression;
import io.sluice.log.batch.CorruptBatchException;
import io.sluice.log.batch.Decompressor;
import io.sluice.log.batch.Record;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Writes batches anew in the codec that {@code compression.type} names, where the producer used another one. Everything
 * else of a batch stays: records, times, producer, sequence.
 */
final class Recompression {
    private Recompression() {}

    /** @return {@code batches} itself if all have that codec already, else a new buffer */
    static ByteBuffer apply(ByteBuffer batches, Compression codec, int level, Decompressor decompressor)
            throws CorruptBatchException {
        List<Batch> all = Batch.in(batches);
        if (all.stream().allMatch(batch -> batch.isControl() || batch.codec() == codec)) {
            return batches;
        }
        List<ByteBuffer> rebuilt = new ArrayList<>(all.size());
        int bytes = 0;
        for (Batch batch : all) {
            ByteBuffer one = batch.isControl() || batch.codec() == codec
                    ? batch.bytes()
                    : rebuild(batch, codec, level, decompressor);
            rebuilt.add(one);
            bytes += one.remaining();
        }
        ByteBuffer out = ByteBuffer.allocate(bytes);
        rebuilt.forEach(out::put);
        return out.flip();
    }

    private static ByteBuffer rebuild(Batch batch, Compression codec, int level, Decompressor decompressor)
            throws CorruptBatchException {
        BatchBuilder builder = BatchBuilder.create()
                .compression(codec, level)
                .producer(batch.producerId(), batch.producerEpoch(), batch.baseSequence())
                .baseOffset(batch.baseOffset())
                .baseTimestamp(batch.baseTimestampMs())
                .leaderEpoch(batch.leaderEpoch());
        if (batch.isTransactional()) {
            builder.transactional();
        }
        for (Record record : batch.records(decompressor)) {
            builder.add(record);
        }
        return builder.build();
    }
}
