/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.system.readme;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sluice.system.broker.ClientLibrary;
import io.sluice.system.broker.SluiceProcess;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Takes the examples out of the README, where {@code <!-- test: NAME -->} stands before each, and runs them as they are, but for the broker's address and
 * a topic for each; where they start their own nodes, on free ports.
 */
class ReadmeIT {
    private static final String ADDRESS = "127.0.0.1:9092";
    private static final Duration SHOWN_WITHIN = Duration.ofSeconds(60);
    private static final int NODES = 3;
    private static final int FIRST_PORT = 15_000;
    private static final int LAST_PORT = 32_000;

    @TempDir
    private static Path folder;

    private static SluiceProcess broker;
    private static String readme;

    @BeforeAll
    static void start() throws IOException {
        readme = Files.readString(Path.of("..", "README.md"));
        broker = SluiceProcess.in(folder.resolve("data"))
                .set("sluice.websocket.origins", "null")
                .start();
    }

    @AfterAll
    static void stop() {
        broker.close();
    }

    @Test
    void theCommandLineExample() throws Exception {
        String script = example("sh").replace("./sluice", "'" + SluiceProcess.launcher() + "'");

        String output = run(List.of("sh", "-euc", script));

        assertThat(output).startsWith("created greetings-sh: 3 partitions").endsWith("hello\n");
    }

    @Test
    void theJavaExample() throws Exception {
        // Given: compiled with nothing but Kafka's client
        Path source = Files.writeString(folder.resolve("Greetings.java"), example("java"));
        String classPath = System.getProperty("java.class.path");
        int compiled = ToolProvider.getSystemJavaCompiler()
                .run(null, null, null, "-d", folder.toString(), "-cp", classPath, source.toString());
        assertThat(compiled).isZero();

        // When
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        String output =
                run(List.of(java, "-cp", folder + System.getProperty("path.separator") + classPath, "Greetings"));

        // Then
        assertThat(output).contains("java: hello from Java\n");
    }

    @Test
    @Tag("clients")
    void theExampleWithCurl() throws Exception {
        // Given
        run(List.of("sh", "-euc", "'" + SluiceProcess.launcher() + "' topics create greetings-curl"));
        String script = block("curl", "sh")
                .replace("http://127.0.0.1:8080", broker.http())
                .replace("topics/greetings/", "topics/greetings-curl/");

        // When
        String output = run(List.of("sh", "-euc", script));

        // Then
        assertThat(output)
                .contains(
                        "{\"results\":[{\"partition\":0,\"offset\":0}]}", "event: subscribed", "id: greetings-curl:0=1")
                .contains("\"value\":\"hello from curl\"");
    }

    /** The page's script, in Node, with as much of a document as it asks for. */
    @Test
    @Tag("clients")
    void thePageOfABrowser() throws Exception {
        // Given
        String page = page("greetings-html");
        Matcher script = Pattern.compile("<script type=\"module\">\n(.*?)</script>", Pattern.DOTALL)
                .matcher(page);
        assertThat(script.find()).isTrue();
        Path program = Files.writeString(folder.resolve("page.mjs"), DOCUMENT + script.group(1));

        // When
        String output = run(List.of(
                "node",
                "--no-warnings",
                "--experimental-websocket",
                "--experimental-network-imports",
                program.toString()));

        // Then
        assertThat(page.lines().count()).isLessThanOrEqualTo(21);
        assertThat(output).isEqualTo("0@0  hello\n1 so far\n");
    }

    /** The page for a topic that has one record. */
    private static String page(String topic) throws Exception {
        String launcher = "'" + SluiceProcess.launcher() + "'";
        run(List.of(
                "sh",
                "-euc",
                launcher + " topics create " + topic + " && echo hello | " + launcher + " produce " + topic));
        return block("html", "html")
                .replace("http://127.0.0.1:8080", broker.http())
                .replace("'greetings'", "'" + topic + "'");
    }

    @Test
    @Tag("browser")
    void thePageInChromium() throws Exception {
        // Given
        Path file = Files.writeString(folder.resolve("greetings.html"), page("greetings-browser"));
        Path installed = Path.of(System.getProperty("sluice.clients", "target/clients"), "browser", "node_modules")
                .toAbsolutePath();

        // When
        String output = run(
                List.of(
                        "node",
                        Path.of(System.getProperty("sluice.client.programs", "clients"), "browser", "page.cjs")
                                .toString(),
                        file.toString(),
                        broker.http(),
                        "greetings-browser"),
                Map.of("NODE_PATH", installed.toString()));

        // Then
        assertThat(output).isEqualTo("0@1 k live\n0@0  hello\n2 so far\n");
    }

    private static final String DOCUMENT = """
            {
              const shown = (show) => ({ set textContent(text) { this.text = text; show?.(text); } });
              const elements = {
                '#state': shown((text) => { console.log(text); process.exit(0); }),
                '#records': { children: [], prepend: (item) => console.log(item.text) },
              };
              globalThis.document = { querySelector: (selector) => elements[selector], createElement: () => shown() };
            }
            """;

    @Test
    @Tag("slow")
    void theExampleOfThreeNodes() throws Exception {
        // Given: other ports, and another folder
        String script =
                Path.of("..", "deploy", "local-cluster.sh").toRealPath() + " --data '" + folder.resolve("three") + "'";
        int kafka = freePorts();
        String example = block("cluster", "sh")
                .replace("./sluice", "'" + SluiceProcess.launcher() + "'")
                .replace(
                        "local-cluster.sh start",
                        "local-cluster.sh --kafka " + kafka + " --akka " + (kafka + NODES) + " --http "
                                + (kafka + 2 * NODES) + " start")
                .replace("deploy/local-cluster.sh", script);
        for (int n = NODES - 1; n >= 0; n--) {
            example = example.replace("127.0.0.1:" + (9092 + n), "127.0.0.1:" + (kafka + n));
        }

        // When
        String output;
        try {
            output = run(
                    List.of("bash", "-euc", example),
                    Map.of("SLUICE", SluiceProcess.launcher().toString()));
        } finally {
            new ProcessBuilder("bash", "-c", script + " stop").start().waitFor();
        }

        // Then
        assertThat(output)
                .contains("created orders: 3 partitions, 3 replicas each\n", "node 2: killed\n", "\n2000\n")
                .contains("all partitions are served")
                .endsWith("node 1: stopped\nnode 2: stopped\nnode 3: stopped\n");
    }

    @Test
    @Tag("clients")
    void thePythonExample() throws Exception {
        String output = run(List.of("/usr/bin/python3", "-c", example("python")));

        assertThat(output).contains("b'python' b'hello from Python'\n");
    }

    private static void topicWithHello(String topic) throws Exception {
        run(List.of("sh", "-euc", "'" + SluiceProcess.launcher() + "' topics create " + topic));
        produce(topic, "hello");
    }

    private static void produce(String topic, String value) throws Exception {
        run(List.of("sh", "-euc", "echo " + value + " | '" + SluiceProcess.launcher() + "' produce " + topic));
    }

    @Test
    void theJavaExampleOfALiveTopic() throws Exception {
        // Given: compiled with nothing but the client
        topicWithHello("greetings-live");
        Path source = Files.writeString(
                folder.resolve("LiveGreetings.java"),
                block("java-client", "java")
                        .replace("http://127.0.0.1:8080", broker.http())
                        .replace("\"greetings\"", "\"greetings-live\""));
        String classPath = ClientLibrary.classPath();
        int compiled = ToolProvider.getSystemJavaCompiler()
                .run(null, null, null, "-d", folder.toString(), "-cp", classPath, source.toString());
        assertThat(compiled).isZero();

        // When, then
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        assertLive(
                "greetings-live",
                List.of(java, "-cp", folder + System.getProperty("path.separator") + classPath, "LiveGreetings"),
                "greetings-live-0@0 null hello\n",
                "greetings-live-0@1 null again\n");
    }

    @Test
    @Tag("clients")
    void theExampleOfALiveTopicWithCurl() throws Exception {
        // Given
        topicWithHello("greetings-curl-live");
        String script = block("curl-live", "sh")
                .replace("http://127.0.0.1:8080", broker.http())
                .replace("topics/greetings/", "topics/greetings-curl-live/");

        // When, then
        assertLive(
                "greetings-curl-live",
                List.of("sh", "-euc", "exec " + script),
                "\"value\":\"hello\"",
                "\"value\":\"again\"");
    }

    /** Runs what does not end by itself: it shows what is there, and then what comes. */
    private static void assertLive(String topic, List<String> command, String first, String second) throws Exception {
        Path out = Files.createTempFile(folder, "live", ".out");
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(out.toFile())
                .start();
        try {
            awaitOutput(out, first);
            produce(topic, "again");
            awaitOutput(out, second);
            assertThat(process.isAlive()).as("it goes on").isTrue();
        } finally {
            process.destroyForcibly().waitFor();
        }
    }

    private static void awaitOutput(Path out, String text) {
        await("output").atMost(SHOWN_WITHIN).untilAsserted(() -> assertThat(Files.readString(out))
                .contains(text));
    }

    /** The first of as many free ports in a row as the cluster needs, below those that the kernel gives to outgoing connections. */
    private static int freePorts() {
        return ThreadLocalRandom.current()
                .ints(FIRST_PORT, LAST_PORT)
                .filter(first -> IntStream.range(first, first + 3 * NODES).allMatch(ReadmeIT::isFree))
                .findFirst()
                .orElseThrow();
    }

    private static boolean isFree(int port) {
        try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            return socket.isBound();
        } catch (IOException inUse) {
            return false;
        }
    }

    private static String block(String name, String language) {
        Matcher block = Pattern.compile("<!-- test: " + name + " -->\n```" + language + "\n(.*?)```", Pattern.DOTALL)
                .matcher(readme);
        assertThat(block.find()).as("the README has the example %s", name).isTrue();
        return block.group(1);
    }

    private static String example(String language) {
        return block(language, language)
                .replace(ADDRESS, broker.bootstrap())
                .replace("\"greetings\"", "\"greetings-" + language + "\"")
                .replaceAll("(create|produce|consume) greetings", "$1 greetings-" + language);
    }

    private static String run(List<String> command) throws Exception {
        return run(command, Map.of("SLUICE_BOOTSTRAP", broker.bootstrap()));
    }

    private static String run(List<String> command, Map<String, String> environment) throws Exception {
        Path out = Files.createTempFile(folder, "example", ".out");
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(out.toFile());
        builder.environment().putAll(environment);
        Process process = builder.start();
        boolean ended = process.waitFor(180, TimeUnit.SECONDS);
        process.destroyForcibly().waitFor();
        String output = Files.readString(out);
        assertThat(ended).as("ended; it said: %s", output).isTrue();
        assertThat(process.exitValue()).as("exit code; it said: %s", output).isZero();
        return output;
    }
}
