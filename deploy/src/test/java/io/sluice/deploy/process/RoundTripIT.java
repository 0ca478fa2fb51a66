/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.deploy.process;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.deploy.process.Distribution.Running;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What {@code produce} reads comes out of {@code consume} byte for byte. */
@Tag("slow")
class RoundTripIT {
    @TempDir
    private static Path data;

    private static Running broker;

    @BeforeAll
    static void start() throws Exception {
        broker = Distribution.start(data);
    }

    @AfterAll
    static void stop() throws Exception {
        broker.close();
    }

    static Stream<Arguments> inputs() {
        byte[] random = new byte[3_000_000];
        new Random(42).nextBytes(random);
        StringBuilder accessLog = new StringBuilder();
        for (int i = 0; i < 50_000; i++) {
            accessLog
                    .append("127.0.0.1 - - [20/Nov/2026:10:00:")
                    .append(i % 60)
                    .append("] \"GET /page/")
                    .append(i)
                    .append(" HTTP/1.1\" 200 ")
                    .append(i * 31)
                    .append('\n');
        }
        return Stream.of(
                Arguments.of("access-log", accessLog.toString().getBytes(UTF_8)),
                Arguments.of("no-newline-at-the-end", "first\nlast".getBytes(UTF_8)),
                Arguments.of("empty-lines", "\n\n\nx\n\n".getBytes(UTF_8)),
                Arguments.of("crlf", "a\r\nb\r\n\r\n\rc".getBytes(UTF_8)),
                Arguments.of("binary", random),
                Arguments.of("one-newline", "\n".getBytes(UTF_8)),
                Arguments.of("one-line", "x".getBytes(UTF_8)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("inputs")
    void whatGoesInComesOut(String topic, byte[] bytes) throws Exception {
        Distribution.run(bytes, Map.of(), "produce", topic, "-b", broker.bootstrap())
                .succeeded();

        byte[] back = Distribution.run("consume", topic, "-b", broker.bootstrap())
                .succeeded()
                .stdout();

        assertThat(back.length).isEqualTo(bytes.length);
        assertThat(back).isEqualTo(bytes);
    }
}
