/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.deploy.process;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.deploy.process.Distribution.Result;
import io.sluice.deploy.process.Distribution.Running;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code sluice start}: what it says, how it ends, and what keeps it from starting. */
class StartIT {
    @TempDir
    private Path folder;

    @Test
    void sigtermIsACleanStopAndTheNextStartFindsEverything() throws Exception {
        // Given a topic with a record
        Path data = folder.resolve("data");
        try (Running broker = Distribution.start(data)) {
            Distribution.run("x".getBytes(UTF_8), Map.of(), "produce", "kept", "-b", broker.bootstrap())
                    .succeeded();

            // When
            int exitCode = broker.stop();

            // Then
            assertThat(exitCode).as("stderr: %s", broker.stderr()).isZero();
        }
        try (Running again = Distribution.start(data)) {
            assertThat(Distribution.run("consume", "kept", "-b", again.bootstrap())
                            .succeeded()
                            .text())
                    .isEqualTo("x");
        }
    }

    @Test
    void aKilledBrokerStartsAgainWithWhatWasAcknowledged() throws Exception {
        Path data = folder.resolve("data");
        try (Running broker = Distribution.start(data)) {
            Distribution.run("a\nb\n".getBytes(UTF_8), Map.of(), "produce", "kept", "-b", broker.bootstrap())
                    .succeeded();
            broker.process().destroyForcibly().waitFor();
        }
        try (Running again = Distribution.start(data)) {
            assertThat(Distribution.run("consume", "kept", "-b", again.bootstrap())
                            .succeeded()
                            .text())
                    .isEqualTo("a\nb\n");
        }
    }

    @Test
    void settingsComeFromAFileAndFromTheCommandLineWhichWins() throws Exception {
        Path config = Files.writeString(folder.resolve("sluice.properties"), "num.partitions=3\nnode.id=7\n");
        try (Running broker =
                Distribution.start(folder.resolve("data"), "--config", config.toString(), "-D", "num.partitions=5")) {
            Distribution.run("topics", "create", "t", "-b", broker.bootstrap()).succeeded();

            assertThat(Distribution.run("cluster", "nodes", "--json", "-b", broker.bootstrap())
                            .text())
                    .contains("\"node\" : 7");
            assertThat(Distribution.run("topics", "list", "--json", "-b", broker.bootstrap())
                            .text())
                    .contains("\"partitions\" : 5");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--dtaa x | Unknown options: '--dtaa', 'x' (did you mean --data?); see sluice start --help",
                "-D num.partition=3 | -D: num.partition",
                "-D num.partitions=many | -D: num.partitions=many",
                "--kafka nowhere | listeners=PLAINTEXT://nowhere",
                "--config missing.properties | --config: can't read missing.properties: no such file",
                "--http nowhere | sluice.http.listen=nowhere: must be like host:port",
                "--http 127.0.0.1:80800 | sluice.http.listen=127.0.0.1:80800: the port must be from 0 to 65535",
                "--seeds 127.0.0.1:2551 | sluice.cluster.voters=: must say which nodes vote where there are seeds",
                "--voters 1,2,3 | sluice.cluster.voters=1,2,3: node 1 is a cluster of its own without seeds",
                "--log-level loud | --log-level: \"loud\" is not error, warn, info, debug or trace",
            })
    void aWrongOptionOrKeyIsOneLineAndExitCode2(String arguments, String beginning) throws Exception {
        String data = folder.resolve("data").toString();

        Result result = Distribution.run(("start --data " + data + " " + arguments).split(" "));

        refused(result, beginning);
        assertThat(Path.of(data)).as("nothing was made").doesNotExist();
    }

    @Test
    void anUnknownKeyNamesTheNearestKnownOne() throws Exception {
        Result result =
                Distribution.run("start", "--data", folder.resolve("data").toString(), "-D", "log.retention.mss=1");

        refused(result, "-D: log.retention.mss");
        assertThat(result.stderr()).contains("log.retention.ms");
    }

    @Test
    void aPortInUseIsOneLineAndExitCode2() throws Exception {
        try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String address = "127.0.0.1:" + other.getLocalPort();

            Result result =
                    Distribution.run("start", "--data", folder.resolve("data").toString(), "--kafka", address);

            refused(result, "can't listen for Kafka clients on " + address);
        }
    }

    @Test
    void anHttpPortInUseIsOneLineAndExitCode2() throws Exception {
        try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String address = "127.0.0.1:" + other.getLocalPort();

            Result result = Distribution.run(
                    "start", "--data", folder.resolve("data").toString(), "--kafka", "127.0.0.1:0", "--http", address);

            refused(result, "can't listen for HTTP on " + address);
            assertThat(result.stderr()).contains("--http none");
        }
    }

    @Test
    void httpTellsProbesAndPrometheus() throws Exception {
        try (Running broker = Distribution.start(folder.resolve("data"))) {
            assertThat(get(broker.http() + "/health/live")).isEqualTo("alive\n");
            assertThat(get(broker.http() + "/health/ready")).startsWith("ready: leads ");
            assertThat(get(broker.http() + "/metrics")).contains("\nsluice_node_ready{node=\"1\"} 1.0\n");
            assertThat(broker.stop()).as("stderr: %s", broker.stderr()).isZero();
            assertThat(broker.stderr()).isEmpty();
        }
    }

    @Test
    void thereNeedBeNoHttp() throws Exception {
        try (Running broker = Distribution.start(folder.resolve("data"), "--http", "none")) {
            assertThat(broker.readyLine()).doesNotContain("http=");
        }
    }

    private static String get(String uri) throws Exception {
        return HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(URI.create(uri)).build(), BodyHandlers.ofString())
                .body();
    }

    @Test
    void aDirectoryInUseIsOneLineAndExitCode2() throws Exception {
        Path data = folder.resolve("data");
        try (Running first = Distribution.start(data)) {
            Result second = Distribution.run("start", "--data", data.toString(), "--kafka", "127.0.0.1:0");

            refused(second, "");
            assertThat(second.stderr()).contains(data.toString()).containsIgnoringCase("another");
            assertThat(first.process().isAlive()).isTrue();
        }
    }

    @Test
    void aDirectoryOfANewerFormatIsOneLineAndExitCode2() throws Exception {
        // Given a directory that a later version has written
        Path data = folder.resolve("data");
        try (Running broker = Distribution.start(data)) {
            assertThat(broker.stop()).isZero();
        }
        Path properties = data.resolve("node.properties");
        Files.writeString(
                properties, Files.readString(properties).replaceFirst("(?m)^((?:format\\.)?version)=\\d+$", "$1=999"));
        assertThat(properties).content().contains("=999");

        // When
        Result result = Distribution.run("start", "--data", data.toString(), "--kafka", "127.0.0.1:0");

        // Then
        refused(result, "");
        assertThat(result.stderr()).contains("999").contains(data.toString());
    }

    @Test
    void aDirectoryThatIsAFileIsOneLineAndExitCode2() throws Exception {
        Path file = Files.writeString(folder.resolve("file"), "not a directory");

        Result result = Distribution.run("start", "--data", file.toString(), "--kafka", "127.0.0.1:0");

        refused(result, "");
        assertThat(result.stderr()).contains(file.toString());
    }

    @Test
    void aDirectoryThatCannotBeMadeIsOneLineAndExitCode2() throws Exception {
        // Given: in /proc nobody may make anything, not even root
        Result result = Distribution.run("start", "--data", "/proc/sluice", "--kafka", "127.0.0.1:0");

        refused(result, "");
        assertThat(result.stderr()).contains("/proc/sluice");
    }

    private static void refused(Result result, String beginning) {
        assertThat(result.stderr()).startsWith("sluice: " + beginning).hasLineCount(1);
        assertThat(result.text()).isEmpty();
        assertThat(result.exitCode()).isEqualTo(2);
    }
}
