/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.system.clients;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Stream;

/** A consumer process and what it has reported so far. */
final class RunningConsumer implements AutoCloseable {
    private static final Duration STOPS_WITHIN = Duration.ofSeconds(20);
    private static final int SIGTERM_EXIT = 128 + 15;

    /** How it is asked to leave the group and end. */
    enum StoppedBy {
        END_OF_INPUT,
        SIGTERM
    }

    private final String name;
    private final Process process;
    private final StoppedBy stoppedBy;
    private final Function<String, Stream<ReadRecord>> parser;
    private final List<ReadRecord> records = new ArrayList<>();
    private final List<String> other = new ArrayList<>();
    private final List<Thread> readers;

    /** @param parser the records of one line of standard output, none if the line says something else */
    RunningConsumer(String name, Process process, StoppedBy stoppedBy, Function<String, Stream<ReadRecord>> parser) {
        this.name = name;
        this.process = process;
        this.stoppedBy = stoppedBy;
        this.parser = parser;
        this.readers = List.of(
                reader("out", () -> read(process.inputReader(StandardCharsets.UTF_8), this::onLine)),
                reader("err", () -> read(process.errorReader(StandardCharsets.UTF_8), this::note)));
    }

    /** What it has read, in its order. */
    synchronized List<ReadRecord> records() {
        return List.copyOf(records);
    }

    /** Everything else that it said; shown when something fails. */
    synchronized String said() {
        return name + (process.isAlive() ? " (running)" : " (exit code " + process.exitValue() + ")") + " said:\n"
                + String.join("\n", other);
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** Leaves the group in order and ends. */
    void stop() {
        try {
            if (stoppedBy == StoppedBy.END_OF_INPUT) {
                process.getOutputStream().close();
            } else {
                process.destroy();
            }
            assertThat(process.waitFor(STOPS_WITHIN.toSeconds(), TimeUnit.SECONDS))
                    .as("ended within %s; %s", STOPS_WITHIN, said())
                    .isTrue();
            for (Thread reader : readers) {
                reader.join();
            }
            assertThat(process.exitValue()).as(said()).isIn(0, SIGTERM_EXIT);
        } catch (IOException e) {
            throw new AssertionError(said(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }

    private Thread reader(String stream, Runnable task) {
        var thread = new Thread(task, name + "-" + stream);
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    private void read(BufferedReader lines, java.util.function.Consumer<String> sink) {
        try (lines) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                sink.accept(line);
            }
        } catch (IOException e) {
            note("(output ended: " + e + ")");
        }
    }

    private void onLine(String line) {
        try {
            List<ReadRecord> read = parser.apply(line).toList();
            synchronized (this) {
                records.addAll(read);
            }
            if (read.isEmpty()) {
                note(line);
            }
        } catch (RuntimeException e) {
            note("could not read this line (" + e + "): " + line);
        }
    }

    private synchronized void note(String line) {
        other.add(line);
    }
}
