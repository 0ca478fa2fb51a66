/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.system.subscribers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sluice.system.broker.ClientLibrary;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Readers of {@link NumberedRecords} in a process of their own, which ends with a code and a line if a record does not come exactly once and in order. The programs
 * are in {@code system-tests/clients/subscribers}.
 *
 * <pre>
 *   to it      50000              read on until there were so many records
 *   from it    open MS URL        a socket is open; MS is milliseconds of its own clock
 *              frame MS JSON      a frame without records
 *              at MS COUNT        so far
 *              lost MS WHY        a socket is closed
 *              wrong MS WHY       and its end
 * </pre>
 */
final class SubscriberProcess implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final Duration POLL = Duration.ofMillis(2);
    private static final int LINES_SHOWN = 60;
    private static final int ENDS_WITHIN_SECONDS = 10;

    /** A line of it but the counts. */
    record Said(String word, long ms, String text) {}

    private final Process process;
    private final BufferedWriter input;
    private final Thread reader;
    private final List<Said> said = new ArrayList<>();
    private volatile long count;
    private volatile long all;
    private final AtomicLong silences = new AtomicLong();
    private volatile long silenceMs;

    private SubscriberProcess(List<String> command) throws IOException {
        process = new ProcessBuilder(command).redirectErrorStream(true).start();
        input = process.outputWriter(StandardCharsets.UTF_8);
        reader = new Thread(this::listen, "subscriber-" + process.pid());
        reader.setDaemon(true);
        reader.start();
    }

    /** sluice.js, as the first of the nodes serves it, in Node. */
    static SubscriberProcess javascript(Path folder, String topic, List<String> nodes) throws Exception {
        return node("reader.mjs", module(folder, nodes.get(0)), topic, String.join(",", nodes));
    }

    /** The same, that takes a connection for lost which is silent for so long. */
    static SubscriberProcess javascript(Path folder, String topic, List<String> nodes, Duration silence)
            throws Exception {
        return node(
                "reader.mjs",
                module(folder, nodes.get(0)),
                topic,
                String.join(",", nodes),
                Long.toString(silence.toMillis()));
    }

    /** So many readers with sluice.js in one process. */
    static SubscriberProcess storm(Path folder, String topic, int readers, List<String> nodes) throws Exception {
        return node(
                "storm.mjs", module(folder, nodes.get(0)), topic, Integer.toString(readers), String.join(",", nodes));
    }

    /** SluiceClient. */
    static SubscriberProcess java(String topic, List<String> nodes) throws IOException {
        return new SubscriberProcess(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-XX:+UseSerialGC",
                "-cp",
                ClientLibrary.classPath(),
                program("Reader.java"),
                topic,
                String.join(",", nodes)));
    }

    private static SubscriberProcess node(String program, String... arguments) throws IOException {
        List<String> command =
                new ArrayList<>(List.of("node", "--no-warnings", "--experimental-websocket", program(program)));
        command.addAll(List.of(arguments));
        return new SubscriberProcess(command);
    }

    private static String program(String name) {
        return Path.of(System.getProperty("sluice.client.programs", "clients"), "subscribers", name)
                .toAbsolutePath()
                .toString();
    }

    private static String module(Path folder, String node) throws Exception {
        Path module = folder.resolve("sluice.mjs");
        var response = HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(URI.create(node + "/sluice.js")).build(), BodyHandlers.ofString());
        assertThat(response.statusCode()).isEqualTo(200);
        return Files.writeString(module, response.body()).toUri().toString();
    }

    private void listen() {
        try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                heard(line);
            }
        } catch (IOException e) {
            synchronized (said) {
                said.add(new Said("ended", 0, e.toString()));
            }
        }
    }

    private void heard(String line) {
        String[] words = line.split(" ", 3);
        if (words.length == 3 && words[0].equals("at")) {
            String[] counts = words[2].split(" ", 2);
            all = counts.length > 1 ? Long.parseLong(counts[1]) : 0;
            count = Long.parseLong(counts[0]);
        } else if (words.length == 3 && words[0].equals("silence")) {
            silenceMs = Long.parseLong(words[2]);
            silences.incrementAndGet();
        } else {
            boolean known = words.length == 3 && words[1].matches("\\d+");
            synchronized (said) {
                said.add(known ? new Said(words[0], Long.parseLong(words[1]), words[2]) : new Said("", 0, line));
            }
        }
    }

    /** Lets it read until it has had so many records. */
    void allow(long records) {
        tell(Long.toString(records));
    }

    /** The longest time without a record, in milliseconds, since this was asked last. */
    long longestSilenceMs() {
        long before = silences.get();
        tell("silence");
        await("the longest silence").atMost(PATIENCE).pollInterval(POLL).until(() -> silences.get() > before);
        return silenceMs;
    }

    private void tell(String line) {
        try {
            input.write(line + "\n");
            input.flush();
        } catch (IOException e) {
            throw new UncheckedIOException("it takes no more: " + this, e);
        }
    }

    /** The records that it has had, as it told last; of many readers the fewest. */
    long count() {
        return count;
    }

    /** Of many readers, what they have had together. */
    long ofAll() {
        return all;
    }

    /** Waits until it has had so many records. */
    void awaitCount(long records) {
        awaitOf("records", records, this::count);
    }

    /** Waits until all its readers together have had so many. */
    void awaitOfAll(long records) {
        awaitOf("records of all readers", records, this::ofAll);
    }

    private void awaitOf(String what, long records, java.util.function.LongSupplier now) {
        await(what).atMost(PATIENCE).pollInterval(POLL).untilAsserted(() -> {
            assertThat(process.isAlive()).as("it runs: %s", this).isTrue();
            assertThat(now.getAsLong()).as("%s: %s", what, this).isGreaterThanOrEqualTo(records);
        });
    }

    /** What it has said so far, but for the counts. */
    List<Said> said() {
        synchronized (said) {
            return List.copyOf(said);
        }
    }

    /** What it has said, by its word. */
    List<Said> said(String word) {
        return said().stream().filter(line -> line.word().equals(word)).toList();
    }

    /** Frames of a type that it got. */
    List<Said> frames(String type) {
        return said("frame").stream()
                .filter(line -> line.text().startsWith("{\"type\":\"" + type + "\""))
                .toList();
    }

    /** The last lines of it, and how far it is. */
    @Override
    public String toString() {
        List<Said> lines = said();
        StringBuilder text = new StringBuilder("subscriber, at ").append(count).append(" records; it said last:");
        lines.subList(Math.max(0, lines.size() - LINES_SHOWN), lines.size())
                .forEach(line -> text.append("\n  ").append(line));
        return text.toString();
    }

    @Override
    public void close() {
        try {
            input.close();
            process.waitFor(ENDS_WITHIN_SECONDS, TimeUnit.SECONDS);
        } catch (IOException alreadyGone) {
            // what it said tells why
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            process.destroyForcibly();
        }
    }
}
