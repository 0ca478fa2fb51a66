/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.system.clients;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A command line of a client, run to its end or kept running; immutable. */
record Command(List<String> words, Map<String, String> environment, Duration endsWithin) {
    private static final Duration ENDS_WITHIN = Duration.ofSeconds(90);

    static Command of(String... words) {
        return new Command(List.of(words), Map.of(), ENDS_WITHIN);
    }

    /**
     * A Java main class with the jars of a folder that install-clients.sh made. Small heap and the first
     * compiler only, since the process is short-lived.
     */
    static Command java(String folder, String... words) {
        Path jars = Installed.folder(folder);
        var command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
                "-Dlog4j2.configurationFile=" + Installed.program("kafka-tools/log4j2.properties"),
                "-cp",
                jars + "/classes:" + jars + "/*"));
        command.addAll(Arrays.asList(words));
        return new Command(List.copyOf(command), Map.of(), ENDS_WITHIN);
    }

    Command with(String... more) {
        var all = new ArrayList<>(words);
        all.addAll(Arrays.asList(more));
        return new Command(List.copyOf(all), environment, endsWithin);
    }

    Command withEnvironment(String name, String value) {
        var all = new LinkedHashMap<>(environment);
        all.put(name, value);
        return new Command(words, Map.copyOf(all), endsWithin);
    }

    /** For one that takes longer. */
    Command within(Duration limit) {
        return new Command(words, environment, limit);
    }

    /** Starts it; standard output and error apart. */
    Process start() {
        var builder = new ProcessBuilder(words);
        builder.environment().putAll(environment);
        try {
            return builder.start();
        } catch (IOException e) {
            throw new UncheckedIOException("missing client? " + words, e);
        }
    }

    /** Runs it to its end and returns the lines of its standard output; a code other than 0 is a failure. */
    List<String> run(String input) {
        Result result = tryRun(input);
        assertThat(result.exitCode()).as("exit code of %s", result).isZero();
        return result.lines();
    }

    /** Runs it to its end, whatever its exit code. */
    Result tryRun(String input) {
        try {
            Path out = Files.createTempFile("sluice-client", ".out");
            Path err = Files.createTempFile("sluice-client", ".err");
            var builder = new ProcessBuilder(words).redirectOutput(out.toFile()).redirectError(err.toFile());
            builder.environment().putAll(environment);
            Process process = builder.start();
            try (OutputStream stdin = process.getOutputStream()) {
                stdin.write(input.getBytes(StandardCharsets.UTF_8));
            } catch (IOException e) {
                // it ended before it had read everything: its exit code and its errors tell more
                assertThat(e).hasMessageContaining("pipe");
            }
            if (!process.waitFor(endsWithin.toSeconds(), TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
            var result = new Result(
                    words, process.exitValue(), Files.readAllLines(out), Files.readString(err, StandardCharsets.UTF_8));
            Files.delete(out);
            Files.delete(err);
            return result;
        } catch (IOException e) {
            throw new UncheckedIOException("missing client? " + words, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** How a command ended. */
    record Result(List<String> words, int exitCode, List<String> lines, String errors) {
        String text() {
            return String.join("\n", lines);
        }

        @Override
        public String toString() {
            return "%s%nexit code %d, stderr:%n%s%nstdout:%n%s"
                    .formatted(String.join(" ", words), exitCode, errors, text());
        }
    }
}
