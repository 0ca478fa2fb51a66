/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.system.broker;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The distribution, started as a user starts it: {@code bin/sluice start --data DIR --kafka HOST:PORT --http HOST:PORT}. It is ready
 * when it has printed its ready line. Its last lines of output are kept and shown when something fails.
 */
public final class SluiceProcess implements Broker {
    private static final Duration READY_WITHIN = Duration.ofSeconds(60);
    private static final Duration STOPPED_WITHIN = Duration.ofSeconds(30);
    private static final int LINES_KEPT = 2_000;
    private static final Pattern READY = Pattern.compile("Sluice \\S+ ready: kafka=(\\S+:(\\d+)) http=(\\S+)");

    private final Process process;
    private final ConcurrentLinkedDeque<String> output = new ConcurrentLinkedDeque<>();
    private final CompletableFuture<Matcher> ready = new CompletableFuture<>();
    private final Thread reader;

    private SluiceProcess(Process process) {
        this.process = process;
        this.reader = new Thread(this::readOutput, "sluice-output-" + process.pid());
        reader.setDaemon(true);
        reader.start();
    }

    /** How to start it; data directory and port can be given again, for a restart in place. */
    public static final class Builder {
        private final Path data;
        private String host = "127.0.0.1";
        private int port;
        private int httpPort;
        private final List<String> options = new ArrayList<>();
        private final List<String> wrapper = new ArrayList<>();
        private String javaOptions = "";

        private Builder(Path data) {
            this.data = data;
        }

        /** The port to listen on; 0, the default, picks a free one. */
        public Builder port(int port) {
            this.port = port;
            return this;
        }

        /** The port to serve HTTP at; 0, the default, picks a free one. */
        public Builder httpPort(int port) {
            this.httpPort = port;
            return this;
        }

        /** The address to listen on; the loopback one is the default. */
        public Builder host(String host) {
            this.host = host;
            return this;
        }

        /** An option of {@code sluice start}, e.g. {@code --node 2}. */
        public Builder option(String name, Object value) {
            options.addAll(List.of(name, value.toString()));
            return this;
        }

        /** Words to put before the command; the program that they name must become the broker's process (exec). */
        public Builder within(List<String> words) {
            wrapper.clear();
            wrapper.addAll(words);
            return this;
        }

        /** A configuration key, as {@code -D key=value}. */
        public Builder set(String key, Object value) {
            options.addAll(List.of("-D", key + "=" + value));
            return this;
        }

        /** More options of the JVM, e.g. the size of its heap. */
        public Builder javaOptions(String javaOptions) {
            this.javaOptions = javaOptions;
            return this;
        }

        /**
         * Puts the data directory on a file system of its own in memory, so that it can run full; it is seen by the broker
         * alone (a mount namespace) and gone with it. {@link SmallDisk} reaches into it. Needs root or user namespaces.
         */
        public Builder onSmallDisk(int mebibytes) {
            wrapper.clear();
            wrapper.addAll(SmallDisk.wrapper(data, mebibytes));
            return this;
        }

        /** Starts it and waits until it serves. */
        public SluiceProcess start() throws IOException {
            SluiceProcess sluice = launch();
            try {
                sluice.awaitReady();
            } catch (AssertionError notReady) {
                sluice.close();
                throw notReady;
            }
            return sluice;
        }

        /** Starts it and does not wait. */
        public SluiceProcess launch() throws IOException {
            var command = new ArrayList<>(wrapper);
            command.addAll(
                    List.of(launcher().toString(), "start", "--data", data.toString(), "--kafka", host + ":" + port));
            command.addAll(List.of("--http", host + ":" + httpPort));
            command.addAll(options);
            var builder = new ProcessBuilder(command).redirectErrorStream(true);
            if (!javaOptions.isEmpty()) {
                builder.environment().put("SLUICE_JAVA_OPTS", javaOptions);
            }
            return new SluiceProcess(builder.start());
        }
    }

    /** A process with its data in {@code data}. */
    public static Builder in(Path data) {
        return new Builder(data);
    }

    /** {@code bin/sluice} of the distribution: the folder {@code -Dsluice.distribution}, or the one below it. */
    public static Path launcher() throws IOException {
        Path root = Path.of(System.getProperty("sluice.distribution", "../deploy/target"));
        if (Files.isExecutable(root.resolve("bin/sluice"))) {
            return root.resolve("bin/sluice").toAbsolutePath();
        }
        if (Files.isDirectory(root)) {
            try (Stream<Path> folders = Files.list(root)) {
                var found = folders.map(folder -> folder.resolve("bin/sluice"))
                        .filter(Files::isExecutable)
                        .sorted()
                        .toList();
                if (!found.isEmpty()) {
                    return found.get(found.size() - 1).toAbsolutePath();
                }
            }
        }
        throw new IllegalStateException("no distribution (sluice-*/bin/sluice) in " + root.toAbsolutePath()
                + ": build it with `mvn package -Pquick`, or name one with -Dsluice.distribution=DIR");
    }

    @Override
    public String bootstrap() {
        return readyLine().group(1);
    }

    /** The port it listens on. */
    public int port() {
        return Integer.parseInt(readyLine().group(2));
    }

    /** Where it serves HTTP: {@code http://HOST:PORT}. */
    public String http() {
        return "http://" + readyLine().group(3);
    }

    /** The broker's own process (the launcher replaces itself by it). */
    public long pid() {
        return process.pid();
    }

    /** What it printed last. */
    public String output() {
        return String.join("\n", output);
    }

    /** Whether it still runs. */
    public boolean isAlive() {
        return process.isAlive();
    }

    /** kill -9: nothing is flushed, nothing is closed; what the kernel has, it keeps. */
    public void kill() {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
        awaitExit();
    }

    /** SIGTERM, and the exit code of a clean stop. */
    public int stop() {
        process.destroy();
        awaitExit();
        return process.exitValue();
    }

    /** SIGTERM alone, without waiting. */
    public void askToStop() {
        process.destroy();
    }

    /** Waits until it has ended by itself, or since it was asked to; its exit code. */
    public int awaitEnd() {
        awaitExit();
        return process.exitValue();
    }

    /** Sends a signal by its name without SIG, e.g. {@code STOP}. */
    public void signal(String name) {
        try {
            new ProcessBuilder("kill", "-" + name, Long.toString(pid()))
                    .inheritIO()
                    .start()
                    .waitFor();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Resident memory in bytes, as the kernel counts it. */
    public long residentBytes() throws IOException {
        return statusBytes("VmRSS:");
    }

    /** The largest resident memory so far, in bytes. */
    public long peakResidentBytes() throws IOException {
        return statusBytes("VmHWM:");
    }

    @Override
    public void close() {
        if (process.isAlive()) {
            kill();
        }
    }

    private long statusBytes(String field) throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc", Long.toString(pid()), "status"))) {
            if (line.startsWith(field)) {
                return Long.parseLong(line.replaceAll("\\D", "")) * 1024;
            }
        }
        throw new IOException("no " + field + " of process " + pid());
    }

    private Matcher readyLine() {
        return ready.join();
    }

    /** Whether it has said that it serves. */
    public boolean isReady() {
        return ready.isDone() && !ready.isCompletedExceptionally() && isAlive();
    }

    /** Waits until it says that it serves; fails if that takes too long, or it ends. */
    public void awaitReady() {
        try {
            ready.get(READY_WITHIN.toSeconds(), TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            throw new AssertionError("Sluice was not ready within " + READY_WITHIN + "; it said:\n" + output(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            close();
            throw new IllegalStateException(e);
        }
    }

    private void awaitExit() {
        try {
            assertThat(process.waitFor(STOPPED_WITHIN.toSeconds(), TimeUnit.SECONDS))
                    .as("stopped within %s; it said:%n%s", STOPPED_WITHIN, output())
                    .isTrue();
            reader.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private void readOutput() {
        try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                output.add(line);
                if (output.size() > LINES_KEPT) {
                    output.poll();
                }
                Matcher matcher = READY.matcher(line);
                if (matcher.matches()) {
                    ready.complete(matcher);
                }
            }
        } catch (IOException e) {
            output.add("(output ended: " + e + ")");
        } finally {
            ready.completeExceptionally(new UncheckedIOException(new IOException("the process ended")));
        }
    }
}
