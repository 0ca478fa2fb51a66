/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.http.socket;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;

/** A script in Node, beside {@code sluice.mjs}; without Node the test is left out. */
final class NodeScript {
    private static final int ENDS_WITHIN_SECONDS = 40;

    private final Path output;
    private final Process process;

    private NodeScript(Path output, Process process) {
        this.output = output;
        this.process = process;
    }

    /** @param folder of the test; one script at a time */
    static NodeScript start(Path folder, String script) throws IOException {
        Assumptions.assumeTrue(isInstalled("node"), "Node 20 or newer is not installed");
        Files.write(folder.resolve("sluice.mjs"), module());
        Files.writeString(folder.resolve("test.mjs"), script);
        Path output = folder.resolve("output");
        return new NodeScript(
                output,
                new ProcessBuilder("node", "--experimental-websocket", "--no-warnings", "test.mjs")
                        .directory(folder.toFile())
                        .redirectErrorStream(true)
                        .redirectOutput(output.toFile())
                        .start());
    }

    /** The client as nodes serve it. */
    static byte[] module() throws IOException {
        try (InputStream in = NodeScript.class.getResourceAsStream("/io/sluice/http/web/sluice.js")) {
            return in.readAllBytes();
        }
    }

    static boolean isInstalled(String program) {
        for (String path : System.getenv().getOrDefault("PATH", "").split(File.pathSeparator, -1)) {
            if (Files.isExecutable(Path.of(path, program))) {
                return true;
            }
        }
        return false;
    }

    /** Waits until it has ended: what it printed. */
    List<String> output() throws Exception {
        boolean ended = process.waitFor(ENDS_WITHIN_SECONDS, TimeUnit.SECONDS);
        process.destroyForcibly();
        List<String> lines = Files.readAllLines(output, StandardCharsets.UTF_8);
        assertThat(ended).as(() -> "Node goes on: " + lines).isTrue();
        return lines;
    }
}
