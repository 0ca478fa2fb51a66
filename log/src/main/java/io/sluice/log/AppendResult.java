/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.log;

import java.util.List;

/** What became of one append. */
public sealed interface AppendResult {
    /**
     * The batches have their place in the log.
     *
     * @param baseOffset first offset
     * @param lastOffset last offset, inclusive
     * @param logAppendTimeMs the broker's time where {@code message.timestamp.type=LogAppendTime}, else -1
     * @param logStartOffset the log's start at that moment
     */
    record Appended(long baseOffset, long lastOffset, long logAppendTimeMs, long logStartOffset)
            implements AppendResult {}

    /** An idempotent producer sent again what is there already; these are the offsets it got the first time. */
    record Duplicate(long baseOffset, long lastOffset, long logAppendTimeMs, long logStartOffset)
            implements AppendResult {}

    /**
     * Nothing was written.
     *
     * @param error why, as the protocol numbers it
     * @param message why, for people: names the value and the limit
     * @param recordErrors which records were at fault, where that is known (KIP-467); empty otherwise
     * @param logStartOffset the log's start at that moment, or -1; a producer that is told {@code UNKNOWN_PRODUCER_ID} needs it
     *     to begin a new epoch: without it the Java client only sends the same again
     */
    record Rejected(ErrorCode error, String message, List<RecordError> recordErrors, long logStartOffset)
            implements AppendResult {
        public Rejected(ErrorCode error, String message) {
            this(error, message, List.of());
        }

        public Rejected(ErrorCode error, String message, List<RecordError> recordErrors) {
            this(error, message, recordErrors, -1);
        }
    }

    /**
     * One record at fault.
     *
     * @param index position of the record in its batch
     * @param message why
     */
    record RecordError(int index, String message) {}
}
