/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.kafka.replica;

import io.sluice.actors.replication.ReplicaKey;
import io.sluice.actors.replication.ReplicaMessage;
import io.sluice.kafka.wire.MalformedRequestException;
import io.sluice.kafka.wire.WireReader;

/**
 * What one partition on another broker has answered.
 *
 * @param recordsAt where its records begin in the response
 * @param recordsBytes 0 if there are none
 */
record FetchedPart(ReplicaKey key, ReplicaMessage.Answer answer, int recordsAt, int recordsBytes) {
    /**
     * Reads one; see {@link ServedPart}.
     *
     * @throws MalformedRequestException unless it is one
     */
    static FetchedPart read(WireReader in) {
        ReplicaKey key = ReplicaFetchRequest.readKey(in);
        ReplicaMessage message = ReplicaFetchRequest.readMessage(in.buffer());
        if (!(message instanceof ReplicaMessage.Answer answer)) {
            throw new MalformedRequestException(
                    "a " + message.getClass().getSimpleName() + " where the answer to a fetch is due");
        }
        int bytes = LinkAnswer.skipRecords(in);
        return new FetchedPart(key, answer, in.buffer().readerIndex() - bytes, bytes);
    }
}
