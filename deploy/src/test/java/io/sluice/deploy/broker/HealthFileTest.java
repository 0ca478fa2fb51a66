/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.deploy.broker;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.cluster.Health;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the broker writes is what {@code bin/sluice-health} tells. */
class HealthFileTest {
    private static final Path PROGRAM = Path.of("src/dist/bin/sluice-health").toAbsolutePath();

    @TempDir
    private Path folder;

    private final AtomicReference<Health> health = new AtomicReference<>(new Health(false, "opens what it keeps"));
    private final AtomicReference<Duration> late = new AtomicReference<>(Duration.ZERO);

    private record Told(int exitCode, String line) {}

    @Test
    void probesAreToldWhatTheNodeSays() throws Exception {
        InstantSource clock = () -> Instant.now().minus(late.get());
        try (HealthFile file = HealthFile.start(folder, health::get, clock)) {
            assertThat(file).isNotNull();
            eventually(new Told(1, "not ready: opens what it keeps"));
            assertThat(tell("--live")).isEqualTo(new Told(0, "alive"));

            health.set(new Health(true, "leads 2 partitions and follows 1"));
            eventually(new Told(0, "ready: leads 2 partitions and follows 1"));

            // a process that wrote last so long ago
            late.set(Duration.ofMinutes(2));
            Awaitility.await().untilAsserted(() -> {
                assertThat(tell("--live").exitCode()).isEqualTo(1);
                assertThat(tell("--live").line()).startsWith("not alive: silent for 12");
                assertThat(tell().exitCode()).isEqualTo(1);
            });
        }
        assertThat(tell("--live")).isEqualTo(new Told(1, "not alive: there is no " + folder + "/health"));
        assertThat(tell().exitCode()).isEqualTo(1);
        try (Stream<Path> left = Files.list(folder)) {
            assertThat(left).isEmpty();
        }
    }

    @Test
    void anUnknownOptionIsOneLine() throws Exception {
        assertThat(tell("--alive"))
                .isEqualTo(new Told(2, "sluice-health: unknown option --alive; it takes --live and --data DIR"));
    }

    private void eventually(Told expected) {
        Awaitility.await().untilAsserted(() -> assertThat(tell()).isEqualTo(expected));
    }

    private Told tell(String... options) throws Exception {
        List<String> words = Stream.concat(
                        Stream.of(PROGRAM.toString(), "--data", folder.toString()), Stream.of(options))
                .toList();
        Process process = new ProcessBuilder(words).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), UTF_8);
        assertThat(output).hasLineCount(1);
        return new Told(process.waitFor(), output.strip());
    }
}
