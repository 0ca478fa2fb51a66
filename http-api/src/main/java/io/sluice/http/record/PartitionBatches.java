/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.http.record;

import io.sluice.log.batch.BatchBuilder;
import io.sluice.log.batch.BatchHeader;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** Makes batches of the records for one partition, none larger than the topic allows but one that has a single record: that one is refused by the log. */
final class PartitionBatches {
    private final long bytesMax;
    private final long nowMs;
    private final NamedProducer producer;
    private final List<ByteBuffer> done = new ArrayList<>();
    private BatchBuilder open = BatchBuilder.create();
    private long openBytes = BatchHeader.SIZE;

    /** @param bytesMax of one batch ({@code max.message.bytes}, {@code segment.bytes}) */
    PartitionBatches(long bytesMax, long nowMs) {
        this(bytesMax, nowMs, null);
    }

    /** @param producer whose numbers the batches carry; null for none */
    PartitionBatches(long bytesMax, long nowMs, NamedProducer producer) {
        this.bytesMax = bytesMax;
        this.nowMs = nowMs;
        this.producer = producer;
    }

    /** @param place in the request, rising */
    void add(int place, NewRecord record) {
        long size = record.sizeMax();
        if (open.count() > 0 && openBytes + size > bytesMax) {
            close();
        }
        if (open.count() == 0 && producer != null) {
            open.producer(producer.id(), NamedProducer.EPOCH, producer.sequenceAt(place));
        }
        open.add(
                record.timestampMs() == NewRecord.NOW ? nowMs : record.timestampMs(),
                record.key(),
                record.value(),
                record.headers());
        openBytes += size;
    }

    private void close() {
        done.add(open.build());
        open = BatchBuilder.create();
        openBytes = BatchHeader.SIZE;
    }

    /** All of them behind each other. */
    ByteBuffer build() {
        if (open.count() > 0) {
            close();
        }
        if (done.size() == 1) {
            return done.get(0);
        }
        ByteBuffer all = ByteBuffer.allocate(
                done.stream().mapToInt(ByteBuffer::remaining).sum());
        done.forEach(all::put);
        return all.flip();
    }
}
