/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.log.compaction;

/**
 * What a compaction did: for metrics and one line in the log.
 *
 * @param cleanUpTo the first offset that is still dirty
 * @param complete false if the key map was too small for all keys: another pass is needed
 * @param keys keys gathered
 * @param keyMapBytes memory that they took
 * @param recordsRead records looked at
 * @param recordsKept records that stayed
 * @param bytesRead bytes read, in both passes
 * @param bytesBefore bytes of the segments that were rewritten
 * @param bytesAfter bytes that they have now
 * @param millis time that it took
 */
public record CompactionStats(
        long cleanUpTo,
        boolean complete,
        int keys,
        long keyMapBytes,
        long recordsRead,
        long recordsKept,
        long bytesRead,
        long bytesBefore,
        long bytesAfter,
        long millis) {}
