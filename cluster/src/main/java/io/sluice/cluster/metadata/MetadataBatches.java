/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.cluster.metadata;

import io.sluice.log.batch.BatchBuilder;
import io.sluice.log.batch.Record;
import io.sluice.log.batch.Records;
import java.nio.ByteBuffer;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;

/** Metadata records in record batches: one batch a request, so that what was decided together is replayed together. */
public final class MetadataBatches {
    /** What a run of batches holds, and the offset after it. */
    public record Decoded(List<MetadataRecord> records, long nextOffset) {}

    private final InstantSource clock;

    public MetadataBatches(InstantSource clock) {
        this.clock = clock;
    }

    public ByteBuffer encode(List<MetadataRecord> records) {
        long nowMs = clock.millis();
        BatchBuilder batch = BatchBuilder.create();
        for (MetadataRecord record : records) {
            batch = batch.add(nowMs, null, MetadataCodec.encode(record));
        }
        return batch.build();
    }

    /**
     * Every record of whole batches from {@code fromOffset} on.
     *
     * @throws MetadataFormatException if one can't be understood
     */
    public Decoded decode(ByteBuffer batches, long fromOffset) {
        List<MetadataRecord> records = new ArrayList<>();
        long next = fromOffset;
        for (Record record : Records.in(batches)) {
            if (record.offset() < fromOffset) {
                continue;
            }
            try {
                records.add(MetadataCodec.decode(record.value()));
            } catch (MetadataFormatException unknown) {
                throw new MetadataFormatException("offset " + record.offset() + ": " + unknown.getMessage());
            }
            next = record.offset() + 1;
        }
        return new Decoded(records, next);
    }
}
