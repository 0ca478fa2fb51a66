/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.deploy.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a broker counts is in a file, in the form that Prometheus reads. */
class MetricsFileTest {
    private static final Instant NOW = Instant.parse("2026-11-21T08:00:00Z");

    @TempDir
    private Path folder;

    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();

    @Test
    void metersOfOneNameStandTogetherAndEachHasItsValue() {
        // Given
        AtomicInteger open = new AtomicInteger(3);
        counter("sluice.b", "1", null, "what b counts").increment(2);
        Gauge.builder("sluice.a.open", open, AtomicInteger::get).register(meters);
        counter("sluice.b", "2", null, "what b counts").increment(0.5);

        // When
        String text = MetricsFile.text(meters);

        // Then
        assertThat(text.lines())
                .startsWith("# TYPE sluice_a_open gauge", "sluice_a_open 3")
                .contains("# HELP sluice_b_total what b counts", "# TYPE sluice_b_total counter")
                .endsWith("sluice_b_total{node=\"1\"} 2", "sluice_b_total{node=\"2\"} 0.5")
                .as("one head for both")
                .hasSize(6);
    }

    @Test
    void namesEndWithTheirUnitAndThenTotal() {
        counter("sluice.replica.fetch.bytes", "1", "bytes", null).increment(7);
        Gauge.builder("sluice.memory", () -> 8).baseUnit("bytes").register(meters);

        assertThat(MetricsFile.text(meters))
                .contains("sluice_replica_fetch_bytes_total{node=\"1\"} 7\n", "sluice_memory_bytes 8\n");
    }

    @Test
    void quotesAndLinesInTextsDoNoHarm() {
        counter("sluice.c", "a \"b\" \\ c\nd", null, "two\nlines \\").increment();

        assertThat(MetricsFile.text(meters)).isEqualTo("""
                        # HELP sluice_c_total two\\nlines \\\\
                        # TYPE sluice_c_total counter
                        sluice_c_total{node="a \\"b\\" \\\\ c\\nd"} 1
                        """);
    }

    @Test
    void aTimerIsSeveralNumbers() {
        Timer.builder("sluice.d").register(meters).record(Duration.ofMillis(1500));

        assertThat(MetricsFile.text(meters).lines())
                .containsExactlyInAnyOrder(
                        "# TYPE sluice_d_seconds summary",
                        "sluice_d_seconds_count 1",
                        "sluice_d_seconds_sum 1.5",
                        "sluice_d_seconds_max 1.5");
    }

    @Test
    void theFileIsRewrittenAndGoneWhenItIsClosed() throws Exception {
        // Given
        Counter counter = counter("sluice.e", "1", null, null);
        Path file = folder.resolve("metrics");

        // When
        try (RewrittenFile metrics = MetricsFile.start(folder, Duration.ofMillis(10), meters, () -> NOW)) {
            assertThat(metrics).isNotNull();
            awaitLines(file, "sluice_e_total{node=\"1\"} 0");
            counter.increment(2e9);

            // Then
            awaitLines(file, "sluice_e_total{node=\"1\"} 2000000000");
        }
        assertThat(folder).isEmptyDirectory();
    }

    private static void awaitLines(Path file, String last) {
        Awaitility.await().ignoreExceptions().untilAsserted(() -> assertThat(Files.readAllLines(file))
                .isEqualTo(List.of("# written 2026-11-21T08:00:00Z", "# TYPE sluice_e_total counter", last)));
    }

    private Counter counter(String name, String node, String unit, String description) {
        return Counter.builder(name)
                .tag("node", node)
                .baseUnit(unit)
                .description(description)
                .register(meters);
    }
}
