/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.log.append;

import io.sluice.log.batch.Batch;
import io.sluice.log.batch.CorruptBatchException;
import io.sluice.log.batch.Decompressor;
import io.sluice.log.batch.Record;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * The end of a transaction (KIP-98): one record.
 *
 * <pre>
 *   key:   version int16 | type int16 (0 = abort, 1 = commit)
 *   value: version int16 | coordinator epoch int32
 * </pre>
 */
public final class ControlBatch {
    private static final int COORDINATOR_EPOCH_AT = 2;
    private static final int MAX_BYTES = 1 << 16;

    private ControlBatch() {}

    /** The epoch of the coordinator that wrote it; -1 if it can't be told. */
    public static int coordinatorEpoch(ByteBuffer batches, int at) {
        try {
            List<Record> records = new Batch(batches, at).records(new Decompressor(MAX_BYTES));
            ByteBuffer value = records.isEmpty() ? null : records.get(0).value();
            return value == null || value.remaining() < COORDINATOR_EPOCH_AT + Integer.BYTES
                    ? -1
                    : value.getInt(COORDINATOR_EPOCH_AT);
        } catch (CorruptBatchException e) {
            return -1;
        }
    }
}
