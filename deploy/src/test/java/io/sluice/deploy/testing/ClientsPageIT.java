/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.deploy.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The example of {@code docs/clients.md} that runs inside the JVM, as it stands there. */
@Timeout(120)
class ClientsPageIT {
    private static final Path PAGE = Path.of("..", "docs", "clients.md");
    private static final Pattern EXAMPLE =
            Pattern.compile("<!-- test: in-process -->\n```java\n(.*?)```", Pattern.DOTALL);
    private static final String PROGRAM = """
            import io.sluice.deploy.testing.*;
            import io.sluice.http.record.NewRecord;
            import java.util.*;
            import java.util.concurrent.SubmissionPublisher;
            import org.apache.kafka.clients.admin.*;

            public class Example {
                public static void run(java.io.PrintStream out) throws Exception {
            EXAMPLE
                }
            }
            """;

    @TempDir
    private Path folder;

    @Test
    void theExampleInsideTheJvm() throws Exception {
        // Given
        Matcher example = EXAMPLE.matcher(Files.readString(PAGE));
        assertThat(example.find()).isTrue();
        Path source = Files.writeString(
                folder.resolve("Example.java"),
                PROGRAM.replace("EXAMPLE", example.group(1).replace("System.out", "out")));
        int compiled = ToolProvider.getSystemJavaCompiler()
                .run(
                        null,
                        null,
                        null,
                        "-proc:none",
                        "-d",
                        folder.toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        source.toString());
        assertThat(compiled).isZero();
        ByteArrayOutputStream output = new ByteArrayOutputStream();

        // When
        try (URLClassLoader loader = new URLClassLoader(
                new URL[] {folder.toUri().toURL()}, getClass().getClassLoader())) {
            loader.loadClass("Example")
                    .getMethod("run", PrintStream.class)
                    .invoke(null, new PrintStream(output, true, StandardCharsets.UTF_8));
        }

        // Then
        assertThat(output.toString(StandardCharsets.UTF_8)).isEqualTo("1000 appended\n");
    }
}
