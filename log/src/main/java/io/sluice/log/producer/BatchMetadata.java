/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.log.producer;

/**
 * What is remembered of one batch of a producer: enough to answer a repetition of it with what was answered the first time.
 *
 * @param baseSequence sequence of the first record
 * @param lastSequence sequence of the last record; below {@code baseSequence} if the numbers wrapped round inside the batch
 * @param lastOffset offset of the last record
 * @param timestampMs the broker's time where the topic has {@code LogAppendTime}, else -1
 */
public record BatchMetadata(int baseSequence, int lastSequence, long lastOffset, long timestampMs) {
    /** Offset of the first record: a producer's batch has one offset a sequence number. */
    public long baseOffset() {
        return lastOffset - Sequences.distance(baseSequence, lastSequence);
    }
}
