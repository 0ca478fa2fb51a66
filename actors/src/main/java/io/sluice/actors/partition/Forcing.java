/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.actors.partition;

import io.sluice.log.LogConfig;

/**
 * When the log is forced to disk: before the answer once {@code flush.messages} records are unforced (one force for all that was
 * gathered), and {@code flush.ms} after the first unforced write. By default never: the kernel decides, and replicas protect.
 */
final class Forcing {
    private LogConfig config;
    private long forcedOffset;
    private boolean timerRuns;

    Forcing(LogConfig config, long logEndOffset) {
        this.config = config;
        this.forcedOffset = logEndOffset;
    }

    void configure(LogConfig newConfig) {
        config = newConfig;
    }

    boolean isDueAt(long logEndOffset) {
        return logEndOffset - forcedOffset >= config.flushMessages();
    }

    /** @return milliseconds until a force is due, if a timer must be started for it; else -1 */
    long timerMsAt(long logEndOffset) {
        if (timerRuns || config.flushMs() == Long.MAX_VALUE || logEndOffset == forcedOffset) {
            return -1;
        }
        timerRuns = true;
        return config.flushMs();
    }

    /** @return whether something is unforced */
    boolean timerIsOver(long logEndOffset) {
        timerRuns = false;
        return logEndOffset != forcedOffset;
    }

    void forced(long logEndOffset) {
        forcedOffset = logEndOffset;
    }
}
