/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.client;

import java.util.List;

/** What a client says (docs/websocket.md). */
sealed interface ClientFrame {
    /** Begins a subscription. */
    record Begin(String id, Subscribe what, StartFrom from, long creditRecords, long creditBytes)
            implements ClientFrame {}

    /** Grants more. */
    record Credit(String id, long records, long bytes) implements ClientFrame {}

    /** Of a group: processed up to there. */
    record Commit(String id, Positions positions) implements ClientFrame {}

    /**
     * Appends records to one topic.
     *
     * @param producer null for one whose records may be doubled
     * @param sequence of the first record, if there is a name
     */
    record Produce(String id, String topic, Acks acks, String producer, long sequence, List<Record> records)
            implements ClientFrame {}
}
