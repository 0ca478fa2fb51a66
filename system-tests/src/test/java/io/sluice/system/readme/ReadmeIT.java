/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.system.readme;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.system.broker.SluiceProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Takes the examples out of the README, where {@code <!-- test: LANGUAGE -->} stands before each, and runs them as they are, but for the broker's address
 * and a topic for each.
 */
class ReadmeIT {
    private static final String ADDRESS = "127.0.0.1:9092";

    @TempDir
    private static Path folder;

    private static SluiceProcess broker;
    private static String readme;

    @BeforeAll
    static void start() throws IOException {
        readme = Files.readString(Path.of("..", "README.md"));
        broker = SluiceProcess.in(folder.resolve("data")).start();
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
    void thePythonExample() throws Exception {
        String output = run(List.of("/usr/bin/python3", "-c", example("python")));

        assertThat(output).contains("b'python' b'hello from Python'\n");
    }

    private static String example(String language) {
        Matcher block = Pattern.compile(
                        "<!-- test: " + language + " -->\n```" + language + "\n(.*?)```", Pattern.DOTALL)
                .matcher(readme);
        assertThat(block.find()).as("the README has an example in %s", language).isTrue();
        return block.group(1)
                .replace(ADDRESS, broker.bootstrap())
                .replace("\"greetings\"", "\"greetings-" + language + "\"")
                .replaceAll("(create|produce|consume) greetings", "$1 greetings-" + language);
    }

    private static String run(List<String> command) throws Exception {
        Path out = Files.createTempFile(folder, "example", ".out");
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(out.toFile());
        builder.environment().put("SLUICE_BOOTSTRAP", broker.bootstrap());
        Process process = builder.start();
        boolean ended = process.waitFor(60, TimeUnit.SECONDS);
        process.destroyForcibly().waitFor();
        String output = Files.readString(out);
        assertThat(ended).as("ended; it said: %s", output).isTrue();
        assertThat(process.exitValue()).as("exit code; it said: %s", output).isZero();
        return output;
    }
}
