/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.log.producer;

import io.sluice.log.ErrorCode;

/** What {@link ProducerStates#check} says of a batch. */
public sealed interface Verdict {
    /** It comes next: append it, then tell {@link ProducerStates#prepared}. */
    enum Accept implements Verdict {
        INSTANCE
    }

    /**
     * It is there already (or will be, with the write that is being prepared).
     *
     * @param baseOffset offset that its first record got
     * @param lastOffset offset that its last record got
     * @param timestampMs log append time it got, or -1
     */
    record Duplicate(long baseOffset, long lastOffset, long timestampMs) implements Verdict {}

    /**
     * It must not be appended.
     *
     * @param error why, as the protocol numbers it
     * @param message why, for people
     */
    record Refuse(ErrorCode error, String message) implements Verdict {}
}
