/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.client;

import java.util.List;

/** What a node says (docs/websocket.md). */
sealed interface ServerFrame {
    /** What it is about: the id that the client gave; null if it is about the socket. */
    String id();

    /** The subscription runs from there on. */
    record Subscribed(String id, Positions positions) implements ServerFrame {}

    /**
     * Records of one partition, in order.
     *
     * @param next the position behind them
     * @param bytes of the credit for bytes
     */
    record Records(String id, String topic, int partition, long next, long bytes, List<Record> records)
            implements ServerFrame {}

    /** How far the subscription is. */
    record Progress(String id, Positions positions) implements ServerFrame {}

    /** Offsets that are left out. */
    record GapNotice(String id, Gap gap) implements ServerFrame {}

    /**
     * What was wrong.
     *
     * @param records of a frame of which some records were appended; else none
     */
    record Error(String id, String code, String message, boolean fatal, List<Placed> records) implements ServerFrame {}

    /** The node closes the socket. */
    record Bye(String reason, boolean reconnect, List<String> to) implements ServerFrame {
        @Override
        public String id() {
            return null;
        }
    }

    /**
     * What became of one record that was to be produced.
     *
     * @param offset {@link Record#NO_OFFSET} if nobody knows it any more
     * @param duplicate it was there already
     * @param error null if it was appended
     */
    record Placed(int partition, long offset, boolean duplicate, String error) {}

    /** All records of a frame were appended. */
    record Produced(String id, List<Placed> records) implements ServerFrame {}
}
