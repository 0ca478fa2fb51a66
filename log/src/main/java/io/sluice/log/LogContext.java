/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.log;

import io.sluice.log.batch.Decompressors;
import io.sluice.log.file.LogFiles;
import io.sluice.log.segment.OpenSegments;
import java.time.InstantSource;
import java.util.concurrent.Executor;

/**
 * What all logs of a node share. One for a node: the bound on open files is in it.
 *
 * @param files the way to the disk
 * @param clock the time
 * @param background runs what must not hold up a partition's writer: forcing complete segments to disk
 * @param limits see {@link LogLimits}
 * @param openSegments the bound on open files
 * @param decompressors memory for decompression, lent
 * @param meters what is counted
 */
public record LogContext(
        LogFiles files,
        InstantSource clock,
        Executor background,
        LogLimits limits,
        OpenSegments openSegments,
        Decompressors decompressors,
        LogMeters meters) {

    public static LogContext of(LogFiles files, InstantSource clock, Executor background, LogLimits limits) {
        return new LogContext(
                files,
                clock,
                background,
                limits,
                new OpenSegments(limits.maxOpenSegments()),
                new Decompressors(limits.maxDecompressedBytes()),
                new LogMeters());
    }

    /** Default limits, and background work done at once: for tests and tools. */
    public static LogContext of(LogFiles files, InstantSource clock) {
        return of(files, clock, Runnable::run, LogLimits.DEFAULTS);
    }
}
