/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.actors.partition;

import io.sluice.log.LogConfig;

/**
 * When the log is forced to disk. {@code flush.messages} is the log's own business: its write forces before it returns, and this
 * says only whether a write may have to wait for the disk. {@code flush.ms} is a timer that starts with the first unforced write. By default
 * neither: the kernel decides, and replicas protect.
 */
final class Forcing {
    private LogConfig config;
    private boolean timerRuns;

    Forcing(LogConfig config) {
        this.config = config;
    }

    void configure(LogConfig newConfig) {
        config = newConfig;
    }

    /** Whether a write forces now and then. */
    boolean writesForce() {
        return config.flushMessages() != Long.MAX_VALUE;
    }

    /** Whether the log is forced at all, by whatever rule. */
    boolean isOn() {
        return writesForce() || config.flushMs() != Long.MAX_VALUE;
    }

    /**
     * Something was written.
     *
     * @return milliseconds after which {@link #timerIsOver} is to be called; -1 for not at all
     */
    long written() {
        if (timerRuns || config.flushMs() == Long.MAX_VALUE) {
            return -1;
        }
        timerRuns = true;
        return config.flushMs();
    }

    /** Force now. */
    void timerIsOver() {
        timerRuns = false;
    }
}
