/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.deploy.command;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.sluice.cluster.StartupException;
import io.sluice.deploy.logging.Logging;
import io.sluice.deploy.testing.SluiceBroker;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;

/**
 * {@code sluice prepare}: runs a broker and a few commands for a moment, under a JVM that the launcher told to keep the classes that were loaded
 * (AppCDS, {@code -XX:ArchiveClassesAtExit}). The build does it; a person may, after moving the distribution or changing the JDK.
 */
@Command(
        name = "prepare",
        description =
                "Lay out the classes for this Java, so that all starts are faster. Done by the build; worth doing again after a new JDK or a move of the folder.")
final class PrepareCommand implements Callable<Integer> {
    private static final String RECORDS = "/v1/topics/rehearsal/partitions/0/records?offset=earliest";
    private static final int ANSWER_SECONDS = 20;

    @Override
    public Integer call() throws Exception {
        Path input = Files.createTempFile("sluice-prepare", ".txt");
        PrintStream stdout = System.out;
        try (PrintStream nowhere = new PrintStream(OutputStream.nullOutputStream(), false, UTF_8)) {
            Files.writeString(input, "a line\nanother\n".repeat(100));
            System.setOut(nowhere);
            Logging.broker("warn", null);
            rehearse(input);
        } catch (StartupException e) {
            throw CommandFailure.failed("could not prepare: " + e.getMessage(), e);
        } finally {
            System.setOut(stdout);
            Files.delete(input);
        }
        return 0;
    }

    private static void rehearse(Path input) {
        try (SluiceBroker broker = SluiceBroker.start()) {
            String address = broker.bootstrap();
            for (List<String> command : List.of(
                    List.of("topics", "create", "rehearsal", "-p", "2"),
                    List.of("produce", "rehearsal", input.toString(), "-z", "lz4"),
                    List.of("consume", "rehearsal"),
                    List.of("consume", "rehearsal", "--group", "rehearsal", "--json"),
                    List.of("topics", "describe", "rehearsal", "--json"),
                    List.of("topics", "list"),
                    List.of("groups", "lag", "rehearsal"),
                    List.of("cluster", "status"))) {
                run(command, address);
            }
            URI http = broker.http().orElseThrow();
            for (String path : List.of("/health/ready", "/metrics", "/v1/topics", RECORDS)) {
                get(http.resolve(path));
            }
            socket(
                    http.resolve("/v1/produce"),
                    "{\"type\":\"produce\",\"id\":\"a\",\"topic\":\"rehearsal\",\"records\":[{\"k\":\"k\",\"v\":\"v\"}]}",
                    "\"produced\"");
            // clients that another node sends here find it warm
            socket(
                    http.resolve("/v1/subscribe"),
                    "{\"type\":\"subscribe\",\"id\":\"a\",\"topics\":[\"rehearsal\"],\"from\":\"earliest\",\"credit\":{\"records\":10}}",
                    "\"records\"");
            run(List.of("topics", "delete", "rehearsal"), address);
        }
    }

    /** Says something over a WebSocket, until there is an answer with a word in it. */
    private static void socket(URI address, String frame, String awaited) {
        CompletableFuture<Void> answered = new CompletableFuture<>();
        WebSocket socket = HttpClient.newHttpClient()
                .newWebSocketBuilder()
                .subprotocols("sluice.v1.json")
                .buildAsync(URI.create("ws://" + address.getAuthority() + address.getPath()), new WebSocket.Listener() {
                    private final StringBuilder heard = new StringBuilder();

                    @Override
                    public CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
                        heard.append(data);
                        if (heard.indexOf(awaited) >= 0) {
                            answered.complete(null);
                        }
                        from.request(1);
                        return null;
                    }
                })
                .join();
        socket.sendText(frame, true).join();
        answered.orTimeout(ANSWER_SECONDS, TimeUnit.SECONDS).join();
        socket.sendClose(WebSocket.NORMAL_CLOSURE, "").join();
    }

    private static void get(URI uri) {
        try (InputStream answer = uri.toURL().openStream()) {
            answer.transferTo(OutputStream.nullOutputStream());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void run(List<String> command, String address) {
        List<String> words = new ArrayList<>(command);
        words.addAll(Arrays.asList("--bootstrap", address));
        PrintWriter nowhere = new PrintWriter(OutputStream.nullOutputStream(), false, UTF_8);
        SluiceCommand.commandLine(command.get(0)).setOut(nowhere).execute(words.toArray(String[]::new));
    }
}
