/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.cluster.group;

import io.sluice.log.BatchTimes;

/**
 * What a partition has from an offset on.
 *
 * @param start the log's first offset
 * @param highWatermark the first offset that is not committed
 * @param sinceMs the time of the first batch of records from the offset on, in ms since the epoch; {@link #NOTHING} if there is none
 */
public record Backlog(long start, long highWatermark, long sinceMs) {
    public static final long NOTHING = BatchTimes.NONE;

    /** Committed records from an offset on. What is deleted can't be read any more. */
    public long records(long offset) {
        return Math.max(0, highWatermark - Math.max(start, offset));
    }
}
