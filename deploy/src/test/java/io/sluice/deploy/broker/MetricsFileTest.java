/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.deploy.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a broker counts is in a file, in the form that Prometheus reads. */
class MetricsFileTest {
    private static final Instant NOW = Instant.parse("2026-11-21T08:00:00Z");

    @TempDir
    private Path folder;

    private final PrometheusMeterRegistry meters = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);

    @Test
    void theFileIsRewrittenAndGoneWhenItIsClosed() throws Exception {
        // Given
        Counter counter = Counter.builder("sluice.e")
                .tag("node", "1")
                .description("what e counts")
                .register(meters);
        Path file = folder.resolve("metrics");

        // When
        try (RewrittenFile metrics = MetricsFile.start(folder, Duration.ofMillis(10), meters, () -> NOW)) {
            assertThat(metrics).isNotNull();
            awaitLines(file, "sluice_e_total{node=\"1\"} 0.0");
            counter.increment(3);

            // Then
            awaitLines(file, "sluice_e_total{node=\"1\"} 3.0");
        }
        assertThat(folder).isEmptyDirectory();
    }

    /** Dashboards and docs/metrics.md rely on it. */
    @Test
    void namesHaveUnderscoresThenTheUnitAndThenTotal() {
        Counter.builder("sluice.replica.fetch.bytes").baseUnit("bytes").register(meters);
        Counter.builder("sluice.partition.append.bytes").register(meters);
        Gauge.builder("sluice.kafka.request.memory.used", () -> 8)
                .baseUnit("bytes")
                .register(meters);

        assertThat(meters.scrape())
                .contains(
                        "\nsluice_replica_fetch_bytes_total 0.0\n",
                        "\nsluice_partition_append_bytes_total 0.0\n",
                        "\nsluice_kafka_request_memory_used_bytes 8.0\n");
    }

    private static void awaitLines(Path file, String last) {
        Awaitility.await().ignoreExceptions().untilAsserted(() -> assertThat(Files.readAllLines(file))
                .isEqualTo(List.of(
                        "# written 2026-11-21T08:00:00Z",
                        "# HELP sluice_e_total what e counts",
                        "# TYPE sluice_e_total counter",
                        last)));
    }
}
