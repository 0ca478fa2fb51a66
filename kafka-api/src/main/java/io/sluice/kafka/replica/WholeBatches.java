/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.kafka.replica;

import io.sluice.log.batch.BatchHeader;
import java.nio.ByteBuffer;

/**
 * How much of what came may be written: batches that are whole, and of no later epoch than that of the leader who was asked.
 *
 * <p>Design note: records leave their broker straight from its file. If the broker has lost its leadership meanwhile and its log was cut and
 * written anew at that place, what arrives is of a later epoch, and not what the answer promises.
 */
final class WholeBatches {
    private WholeBatches() {}

    /** Bytes from the position on. */
    static int bytes(ByteBuffer records, int epochMax) {
        int at = records.position();
        while (records.limit() - at >= BatchHeader.SIZE) {
            long size = BatchHeader.sizeInBytes(records, at);
            boolean whole = size >= BatchHeader.SIZE && size <= records.limit() - at;
            if (!whole || BatchHeader.leaderEpoch(records, at) > epochMax) {
                break;
            }
            at += (int) size;
        }
        return at - records.position();
    }
}
