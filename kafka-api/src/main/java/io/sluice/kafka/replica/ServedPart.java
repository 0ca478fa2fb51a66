/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.kafka.replica;

import io.sluice.actors.replication.ReplicaKey;
import io.sluice.actors.replication.ReplicaMessage;
import io.sluice.log.LogSlice;

/**
 * What one partition answers to a replica on another broker.
 *
 * @param slice the records; null if there are none. Whoever holds this releases it once
 */
record ServedPart(ReplicaKey key, ReplicaMessage.Answer answer, LogSlice slice) {
    int length() {
        return slice == null ? 0 : slice.length();
    }

    void release() {
        if (slice != null) {
            slice.release();
        }
    }
}
