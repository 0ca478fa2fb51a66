/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.http.socket.frame;

import io.sluice.actors.subscription.Positions;
import io.sluice.log.batch.Record;
import java.util.List;

/** What the server says. */
public sealed interface ServerFrame {
    /** The subscription is open, and begins at these positions: one for each of its partitions. */
    record Subscribed(String id, Positions positions) implements ServerFrame {}

    /**
     * Records of one partition, in order.
     *
     * @param next the offset to resume this partition at after them
     * @param bytes how many credits for bytes they cost
     */
    record Records(
            String id, String topic, int partition, long next, long bytes, List<Record> records, Projection projection)
            implements ServerFrame {}

    /** How far the subscription is, also where nothing matched: the whole vector. */
    record Progress(String id, Positions positions) implements ServerFrame {}

    /** The group has these positions. */
    record Committed(String id, Positions positions) implements ServerFrame {}

    /** Offsets {@code [from, to)} are not delivered. */
    record Gap(String id, String topic, int partition, long from, long to, String reason) implements ServerFrame {}

    /**
     * What was wrong.
     *
     * @param id the subscription that it is about; null for the socket
     * @param fatal the subscription, or the socket, is over
     */
    record Error(String id, String code, String message, boolean fatal) implements ServerFrame {}

    /**
     * What became of one record.
     *
     * @param offset -1 if it is not known
     * @param duplicate it was there already, under the same number of the same producer
     * @param error what its partition said; null if it is written
     */
    record Placed(int partition, long offset, boolean duplicate, String error) {}

    /** All records of a frame are written. */
    record Produced(String id, List<Placed> records) implements ServerFrame {}

    /**
     * Not all records of a frame are written.
     *
     * @param records what became of each; empty if nothing was tried
     */
    record NotProduced(String id, String code, String message, List<Placed> records) implements ServerFrame {}

    /**
     * The server closes the socket.
     *
     * @param reconnect whether that makes sense
     * @param to addresses to try, in this order; may be empty
     */
    record Bye(String reason, boolean reconnect, List<String> to) implements ServerFrame {}
}
