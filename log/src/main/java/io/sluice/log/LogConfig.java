/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.log;

import io.sluice.log.batch.Compression;

/**
 * The settings of one topic that its logs act on. Units are in the names; the keys of Kafka's topic configuration that they
 * come from are named beside them.
 *
 * @param segmentBytes {@code segment.bytes}
 * @param segmentMs {@code segment.ms}
 * @param indexIntervalBytes {@code index.interval.bytes}
 * @param retentionMs {@code retention.ms}; -1 is for ever
 * @param retentionBytes {@code retention.bytes}; -1 is no limit
 * @param maxMessageBytes {@code max.message.bytes}: the largest batch
 * @param compact {@code cleanup.policy} contains {@code compact}
 * @param delete {@code cleanup.policy} contains {@code delete}
 * @param compression {@code compression.type}; null is {@code producer}
 * @param compressionLevel level of that codec, {@link Integer#MIN_VALUE} for its default
 * @param logAppendTime {@code message.timestamp.type} is {@code LogAppendTime}
 * @param timestampBeforeMaxMs {@code message.timestamp.before.max.ms}
 * @param timestampAfterMaxMs {@code message.timestamp.after.max.ms}
 * @param deleteRetentionMs {@code delete.retention.ms}
 * @param minCompactionLagMs {@code min.compaction.lag.ms}
 * @param maxCompactionLagMs {@code max.compaction.lag.ms}
 * @param minCleanableDirtyRatio {@code min.cleanable.dirty.ratio}
 * @param flushMessages {@code flush.messages}
 * @param flushMs {@code flush.ms}
 * @param minInsyncReplicas {@code min.insync.replicas}
 */
public record LogConfig(
        int segmentBytes,
        long segmentMs,
        int indexIntervalBytes,
        long retentionMs,
        long retentionBytes,
        int maxMessageBytes,
        boolean compact,
        boolean delete,
        Compression compression,
        int compressionLevel,
        boolean logAppendTime,
        long timestampBeforeMaxMs,
        long timestampAfterMaxMs,
        long deleteRetentionMs,
        long minCompactionLagMs,
        long maxCompactionLagMs,
        double minCleanableDirtyRatio,
        long flushMessages,
        long flushMs,
        int minInsyncReplicas) {

    /** Kafka's defaults. */
    public static final LogConfig DEFAULTS = new LogConfig(
            1 << 30,
            604_800_000L,
            4096,
            604_800_000L,
            -1,
            1_048_588,
            false,
            true,
            null,
            Integer.MIN_VALUE,
            false,
            Long.MAX_VALUE,
            3_600_000L,
            86_400_000L,
            0,
            Long.MAX_VALUE,
            0.5,
            Long.MAX_VALUE,
            Long.MAX_VALUE,
            1);
}
