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
     * Reads one; see {@link ReplicaFetchResponse}.
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
        int bytes = in.readInt();
        if (bytes < 0 || bytes > in.buffer().readableBytes()) {
            throw new MalformedRequestException(
                    "records of " + bytes + " bytes where " + in.buffer().readableBytes() + " are left");
        }
        int at = in.buffer().readerIndex();
        in.buffer().skipBytes(bytes);
        return new FetchedPart(key, answer, at, bytes);
    }
}
