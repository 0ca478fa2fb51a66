/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.kafka.testing;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.SimpleRecord;

/** Record batches made by kafka-clients. */
public final class Batches {
    private Batches() {}

    public static MemoryRecords of(String... values) {
        SimpleRecord[] records = new SimpleRecord[values.length];
        for (int i = 0; i < values.length; i++) {
            records[i] = new SimpleRecord(1_000L + i, null, values[i].getBytes(StandardCharsets.UTF_8));
        }
        return MemoryRecords.withRecords(Compression.NONE, records);
    }

    /** One batch with one record of so many bytes. */
    public static MemoryRecords ofSize(int valueBytes) {
        return MemoryRecords.withRecords(Compression.NONE, new SimpleRecord(1_000L, null, new byte[valueBytes]));
    }

    public static ByteBuffer bytes(MemoryRecords records) {
        return records.buffer().duplicate();
    }
}
