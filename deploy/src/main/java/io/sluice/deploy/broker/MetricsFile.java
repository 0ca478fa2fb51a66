/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.deploy.broker;

import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;

/**
 * Every meter of the broker as text, for people, scripts and collectors of text files: the file {@code metrics} in the data directory, with what
 * {@code /metrics} answers. It says when it was written, for it outlives a process that was killed.
 *
 * <pre>
 *   # written 2026-11-21T08:00:00Z
 *   # HELP sluice_partition_appends_total appends written
 *   # TYPE sluice_partition_appends_total counter
 *   sluice_partition_appends_total{node="1"} 1200.0
 * </pre>
 */
final class MetricsFile {
    static final String NAME = "metrics";

    private MetricsFile() {}

    /** Writes into {@code folder} every so often until it is closed. */
    static RewrittenFile start(Path folder, Duration interval, PrometheusMeterRegistry meters, InstantSource clock) {
        return RewrittenFile.start(
                folder.resolve(NAME),
                interval,
                () -> "# written " + clock.instant() + "\n" + meters.scrape(),
                "it does not tell what the broker counts");
    }
}
