/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.client;

/**
 * Offsets that are not delivered.
 *
 * @param fromOffset the first
 * @param toOffset the one behind the last
 */
public record Gap(String topic, int partition, long fromOffset, long toOffset, Reason reason) {
    /** Why. */
    public enum Reason {
        /** The reader did not keep up, and its policy is {@link SlowReaderPolicy#DROP}. */
        DROPPED,
        /** The log begins behind them: retention, or DeleteRecords. */
        DELETED,
        /** For a reason that this client has no name for. */
        OTHER
    }
}
