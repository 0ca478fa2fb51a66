/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.deploy.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class SluiceCommandTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "topcs list | Unmatched arguments from index 0: 'topcs', 'list' (did you mean topics?); see sluice --help",
                "topics lits | Unmatched argument at index 1: 'lits' (did you mean list?); see sluice topics --help",
                "topics list --jsn | Unknown option: '--jsn' (did you mean --json?); see sluice topics list --help",
                "topics create | Missing required parameter: 'TOPIC'; see sluice topics create --help",
                "topics create t -p many | Invalid value for option '--partitions': 'many' is not an int; see sluice topics create --help",
                "topics | Missing required subcommand; see sluice topics --help",
                "consume t --bootstrap nowhere | --bootstrap: \"nowhere\" is not HOST:PORT",
                "consume t --format {x} | --format: {x} is unknown: a record has topic, partition, offset, timestamp, time, key, value and headers",
                "consume t --group g --from latest | --group decides what is read: leave out --from (sluice groups reset moves a group)",
                "produce t -z brotli | --compression: \"brotli\" is not none, gzip, snappy, lz4 or zstd",
                "topics configure t | nothing to change: give KEY=VALUE, --default KEY or --partitions N",
            })
    void aWrongCallIsOneLineAndExitCode2(String arguments, String line) {
        int exitCode = run(arguments.split(" "));

        assertThat(err.toString()).isEqualTo("sluice: " + line + System.lineSeparator());
        assertThat(exitCode).isEqualTo(2);
        assertThat(out.toString()).isEmpty();
    }

    @Test
    void anUnreachableBrokerIsOneLineAndExitCode1() throws IOException {
        // Given a port where nobody listens
        int port;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = socket.getLocalPort();
        }

        // When
        int exitCode = run("topics", "list", "--bootstrap", "127.0.0.1:" + port);

        // Then
        assertThat(err.toString())
                .isEqualTo("sluice: cannot reach 127.0.0.1:" + port
                        + " (Connection refused): is the broker running there? --bootstrap names another"
                        + System.lineSeparator());
        assertThat(exitCode).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "topics",
                "topics create",
                "produce",
                "consume",
                "groups reset",
                "cluster status",
                "log dump",
                "start"
            })
    void everyCommandExplainsItself(String command) {
        String[] words = (command + " --help").strip().split(" ");

        int exitCode = run(words);

        assertThat(exitCode).isZero();
        assertThat(out.toString()).startsWith(("Usage: sluice " + command).strip());
        assertThat(err.toString()).isEmpty();
    }

    @Test
    void theCommandThatIsCalledIsTheOnlyOneMade() {
        assertThat(SluiceCommand.commandLine("topics").getSubcommands().keySet())
                .isEqualTo(java.util.Set.of("topics"));
        assertThat(SluiceCommand.commandLine("--help").getSubcommands().keySet())
                .containsAll(List.of("topics", "produce", "consume", "groups", "cluster"));
    }

    private int run(String... arguments) {
        CommandLine line = SluiceCommand.commandLine(arguments[0]);
        return line.setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(arguments);
    }
}
