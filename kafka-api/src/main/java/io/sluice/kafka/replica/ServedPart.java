/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.kafka.replica;

import io.netty.buffer.ByteBuf;
import io.sluice.actors.replication.ReplicaKey;
import io.sluice.actors.replication.ReplicaMessage;
import io.sluice.actors.replication.ReplicaMessageCodec;
import io.sluice.log.LogSlice;

/**
 * What one partition answers to a replica on another broker.
 *
 * <pre>
 *  int64 int64 topic id | int32 partition | {@link ReplicaMessageCodec answer} | int32 length of records | records
 * </pre>
 *
 * @param slice the records, from the batch that holds the answer's offset on
 */
record ServedPart(ReplicaKey key, ReplicaMessage.Answer answer, LogSlice slice) implements LinkAnswer {
    @Override
    public int sizeInBytes() {
        return ReplicaFetchRequest.KEY_BYTES + ReplicaMessageCodec.size(answer);
    }

    @Override
    public void write(ByteBuf out) {
        ReplicaFetchRequest.writeKey(out, key);
        ReplicaFetchRequest.writeMessage(out, answer);
    }
}
