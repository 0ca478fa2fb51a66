/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.log.compaction;

import io.sluice.log.LogConfig;

/** A compacted topic's settings for tests. */
final class Configs {
    private Configs() {}

    static LogConfig compacted() {
        return compacted(1 << 20, 0.0, 86_400_000L, 0, Long.MAX_VALUE);
    }

    static LogConfig compacted(
            int segmentBytes, double minDirtyRatio, long deleteRetentionMs, long minLagMs, long maxLagMs) {
        LogConfig d = LogConfig.DEFAULTS;
        return new LogConfig(
                segmentBytes,
                d.segmentMs(),
                d.indexIntervalBytes(),
                d.retentionMs(),
                d.retentionBytes(),
                d.maxMessageBytes(),
                true,
                false,
                d.compression(),
                d.compressionLevel(),
                d.logAppendTime(),
                d.timestampBeforeMaxMs(),
                d.timestampAfterMaxMs(),
                deleteRetentionMs,
                minLagMs,
                maxLagMs,
                minDirtyRatio,
                d.flushMessages(),
                d.flushMs(),
                d.minInsyncReplicas());
    }
}
