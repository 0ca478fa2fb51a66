/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.deploy.process;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.awaitility.Awaitility;

/** {@code bin/sluice} of the distribution that the build has made (or that {@code -Dsluice.distribution} names). */
public final class Distribution {
    private static final long TIMEOUT_SECONDS = 60;

    private Distribution() {}

    /** What became of a command that ended. */
    public record Result(int exitCode, byte[] stdout, String stderr) {
        public String text() {
            return new String(stdout, UTF_8);
        }

        public Result succeeded() {
            assertThat(exitCode)
                    .as("exit code; stderr: %s; stdout: %s", stderr, text())
                    .isZero();
            return this;
        }
    }

    /** The launcher. */
    public static Path launcher() {
        Path root = Path.of(System.getProperty("sluice.distribution", "target"));
        if (Files.isExecutable(root.resolve("bin/sluice"))) {
            return root.resolve("bin/sluice").toAbsolutePath();
        }
        try (Stream<Path> folders = Files.list(root)) {
            return folders.map(folder -> folder.resolve("bin/sluice"))
                    .filter(Files::isExecutable)
                    .findFirst()
                    .orElseThrow(() -> new IllegalStateException(
                            "no sluice-*/bin/sluice in " + root.toAbsolutePath() + ": mvn -Pquick package"))
                    .toAbsolutePath();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Runs a command to its end. */
    public static Result run(byte[] stdin, Map<String, String> environment, String... arguments) throws Exception {
        List<String> words = new ArrayList<>(List.of(launcher().toString()));
        words.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(words);
        builder.environment().putAll(environment);
        Process process = builder.start();
        CompletableFuture<byte[]> out = CompletableFuture.supplyAsync(() -> drain(process.getInputStream()));
        CompletableFuture<byte[]> err = CompletableFuture.supplyAsync(() -> drain(process.getErrorStream()));
        try (OutputStream in = process.getOutputStream()) {
            in.write(stdin);
        } catch (IOException brokenPipe) {
            // it ended without reading all of its input; its exit code and stderr tell why
        }
        if (!process.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new AssertionError(words + " did not end within " + TIMEOUT_SECONDS + " s; stderr: "
                    + new String(err.get(), UTF_8) + "; stdout: " + new String(out.get(), UTF_8));
        }
        return new Result(process.exitValue(), out.get(), new String(err.get(), UTF_8));
    }

    public static Result run(String... arguments) throws Exception {
        return run(new byte[0], Map.of(), arguments);
    }

    /** Starts a broker and waits for its ready line. */
    public static Running start(Path data, String... more) throws Exception {
        return start(data, Map.of(), more);
    }

    /** The same, with more in its environment. */
    public static Running start(Path data, Map<String, String> environment, String... more) throws Exception {
        List<String> words = new ArrayList<>(List.of(launcher().toString(), "start", "--data", data.toString()));
        if (!List.of(more).contains("--kafka")) {
            words.addAll(List.of("--kafka", "127.0.0.1:0"));
        }
        if (!List.of(more).contains("--http")) {
            words.addAll(List.of("--http", "127.0.0.1:0"));
        }
        words.addAll(List.of(more));
        ProcessBuilder builder = new ProcessBuilder(words);
        builder.environment().putAll(environment);
        return new Running(builder.start());
    }

    private static byte[] drain(java.io.InputStream in) {
        try (in) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A broker that runs. */
    public static final class Running implements AutoCloseable {
        private final Process process;
        private final StringBuffer stdout = new StringBuffer();
        private final StringBuffer stderr = new StringBuffer();

        private Running(Process process) {
            this.process = process;
            collect(process.inputReader(UTF_8), stdout);
            collect(process.errorReader(UTF_8), stderr);
            Awaitility.await("ready line")
                    .atMost(java.time.Duration.ofSeconds(TIMEOUT_SECONDS))
                    .conditionEvaluationListener(condition -> {})
                    .until(() -> stdout.indexOf("\n") >= 0 || !process.isAlive());
            assertThat(stdout.toString())
                    .as("stdout of the broker; stderr: %s", stderr)
                    .matches("Sluice \\S+ ready: kafka=127\\.0\\.0\\.\\d+:\\d+( http=127\\.0\\.0\\.\\d+:\\d+)?\n");
        }

        public String bootstrap() {
            return stdout.toString().strip().replaceFirst(".*kafka=(\\S+).*", "$1");
        }

        /** All that it has said. */
        public String readyLine() {
            return stdout.toString();
        }

        /** {@code http://HOST:PORT}. */
        public String http() {
            return "http://" + stdout.toString().strip().replaceFirst(".* http=", "");
        }

        public String stderr() {
            return stderr.toString();
        }

        public Process process() {
            return process;
        }

        /** SIGTERM; the exit code. */
        public int stop() throws InterruptedException {
            process.destroy();
            assertThat(process.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS))
                    .as("stopped; stderr: %s", stderr)
                    .isTrue();
            return process.exitValue();
        }

        @Override
        public void close() {
            if (process.isAlive()) {
                process.destroyForcibly().onExit().join();
            }
        }

        private static void collect(java.io.BufferedReader from, StringBuffer into) {
            Thread reader = new Thread(
                    () -> {
                        try (from) {
                            for (String line = from.readLine(); line != null; line = from.readLine()) {
                                into.append(line).append('\n');
                            }
                        } catch (IOException ended) {
                            into.append("(").append(ended).append(")\n");
                        }
                    },
                    "output");
            reader.setDaemon(true);
            reader.start();
        }
    }
}
