/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.log;

import io.sluice.log.batch.Compression;

/** A topic's settings for a test: Kafka's defaults, and what the test changes. */
public final class TestConfig {
    private int segmentBytes = LogConfig.DEFAULTS.segmentBytes();
    private long segmentMs = LogConfig.DEFAULTS.segmentMs();
    private int indexIntervalBytes = LogConfig.DEFAULTS.indexIntervalBytes();
    private long retentionMs = LogConfig.DEFAULTS.retentionMs();
    private long retentionBytes = LogConfig.DEFAULTS.retentionBytes();
    private int maxMessageBytes = LogConfig.DEFAULTS.maxMessageBytes();
    private boolean compact;
    private Compression compression;
    private boolean logAppendTime;
    private long timestampBeforeMaxMs = LogConfig.DEFAULTS.timestampBeforeMaxMs();
    private long timestampAfterMaxMs = LogConfig.DEFAULTS.timestampAfterMaxMs();
    private long flushMessages = Long.MAX_VALUE;

    public TestConfig segmentBytes(int bytes) {
        segmentBytes = bytes;
        return this;
    }

    public TestConfig segmentMs(long ms) {
        segmentMs = ms;
        return this;
    }

    public TestConfig indexIntervalBytes(int bytes) {
        indexIntervalBytes = bytes;
        return this;
    }

    public TestConfig retentionMs(long ms) {
        retentionMs = ms;
        return this;
    }

    public TestConfig retentionBytes(long bytes) {
        retentionBytes = bytes;
        return this;
    }

    public TestConfig maxMessageBytes(int bytes) {
        maxMessageBytes = bytes;
        return this;
    }

    public TestConfig compact() {
        compact = true;
        return this;
    }

    public TestConfig compression(Compression codec) {
        compression = codec;
        return this;
    }

    public TestConfig logAppendTime() {
        logAppendTime = true;
        return this;
    }

    public TestConfig timestampBeforeMaxMs(long ms) {
        timestampBeforeMaxMs = ms;
        return this;
    }

    public TestConfig timestampAfterMaxMs(long ms) {
        timestampAfterMaxMs = ms;
        return this;
    }

    public TestConfig flushMessages(long messages) {
        flushMessages = messages;
        return this;
    }

    public LogConfig build() {
        LogConfig d = LogConfig.DEFAULTS;
        return new LogConfig(
                segmentBytes,
                segmentMs,
                indexIntervalBytes,
                retentionMs,
                retentionBytes,
                maxMessageBytes,
                compact,
                !compact,
                compression,
                d.compressionLevel(),
                logAppendTime,
                timestampBeforeMaxMs,
                timestampAfterMaxMs,
                d.deleteRetentionMs(),
                d.minCompactionLagMs(),
                d.maxCompactionLagMs(),
                d.minCleanableDirtyRatio(),
                flushMessages,
                d.flushMs(),
                d.minInsyncReplicas());
    }
}
