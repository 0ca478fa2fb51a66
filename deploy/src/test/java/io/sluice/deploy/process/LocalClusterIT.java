/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.deploy.process;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code deploy/local-cluster.sh}, with a stand-in for the broker: what it starts, stops and kills, and what it says of mistakes. */
class LocalClusterIT {
    private static final Path SCRIPT = Path.of("local-cluster.sh").toAbsolutePath();

    /** Says that it is ready, and lives until SIGTERM; node 3 does not start if there is a file "broken". */
    private static final String STAND_IN = """
            #!/bin/sh
            [ "$1" = --version ] && exit 0
            if [ "$3" = 3 ] && [ -e "${0%/*}/broken" ]; then
                echo 'sluice: out of order' >&2
                exit 2
            fi
            trap 'exit 0' TERM
            echo "Sluice 0.0.0 ready: kafka=$5 http=$9"
            while :; do sleep 0.1; done
            """;

    private record Said(int exitCode, String stdout, String stderr) {}

    @TempDir
    private Path folder;

    private Path standIn;
    private int kafka;
    private int akka;
    private int http;

    @BeforeEach
    void standIn() throws Exception {
        standIn = Files.writeString(folder.resolve("sluice"), STAND_IN);
        assertThat(standIn.toFile().setExecutable(true)).isTrue();
        kafka = freePort();
        akka = freePort();
        http = freePort();
    }

    @AfterEach
    void stop() throws Exception {
        run("stop");
    }

    @Test
    void nodesAreStartedKilledStartedAgainAndStopped() throws Exception {
        assertThat(run("start")).isEqualTo(new Said(0, ready(1) + ready(2) + ready(3) + bootstrap(), ""));

        assertThat(run("kill", "2")).isEqualTo(new Said(0, "node 2: killed\n", ""));
        assertThat(run("status").stdout())
                .contains("node 1: runs (process ", "node 2: does not run\n", "node 3: runs (process ");
        assertThat(run("kill", "2")).isEqualTo(wrong(1, "node 2 does not run"));

        assertThat(run("start")).as("only what is missing").isEqualTo(new Said(0, ready(2) + bootstrap(), ""));
        assertThat(run("start")).isEqualTo(wrong(1, "all three nodes run already; \"status\" shows where"));

        assertThat(run("restart", "3")).isEqualTo(new Said(0, "node 3: stopped\n" + ready(3), ""));

        assertThat(run("stop")).isEqualTo(new Said(0, "node 1: stopped\nnode 2: stopped\nnode 3: stopped\n", ""));
        assertThat(run("stop").exitCode()).isEqualTo(1);
        assertThat(run("status").exitCode()).isEqualTo(1);
    }

    @Test
    void aPortInUseIsSaidBeforeAnythingIsStarted() throws Exception {
        try (ServerSocket other = new ServerSocket(kafka + 1, 1, InetAddress.getLoopbackAddress())) {
            assertThat(run("start"))
                    .isEqualTo(wrong(
                            1,
                            "port " + other.getLocalPort()
                                    + " is in use, node 2 needs it: --kafka PORT chooses others"));
        }
        assertThat(run("status").stdout()).doesNotContain("runs (");
    }

    @Test
    void aNodeThatDoesNotStartIsQuoted() throws Exception {
        Files.createFile(folder.resolve("broken"));

        Said said = run("start");

        assertThat(said.exitCode()).isEqualTo(1);
        assertThat(said.stderr())
                .isEqualTo("local-cluster: node 3 has ended: sluice: out of order (all of it is in " + data()
                        + "/node-3.log)\n");
    }

    @Test
    void anotherProcessWithTheNumberOfANodeIsLeftAlone() throws Exception {
        // Given a file that names this very process, as after a restart of the machine
        Files.createDirectories(data());
        Files.writeString(data().resolve("node-1.pid"), ProcessHandle.current().pid() + "\n");

        assertThat(run("kill", "1")).isEqualTo(wrong(1, "node 1 does not run"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "kill 4 | there is no node \"4\": they are 1, 2 and 3",
                "kill | kill which node? 1, 2 or 3",
                "start 1 | start takes no node; kill and restart do",
                "launch | unknown command \"launch\": start, stop, kill N, restart N or status",
                "start --kafka 99999 | --kafka 99999: must be a number from 1 to 65533",
                "start --data | --data: its value is missing",
                "start --quickly | unknown option --quickly; --help shows all",
            })
    void mistakesAreOneLine(String arguments, String line) throws Exception {
        assertThat(bare(List.of(arguments.split(" ")))).isEqualTo(wrong(2, line));
    }

    private String ready(int node) {
        return "node " + node + ": Sluice 0.0.0 ready: kafka=127.0.0.1:" + (kafka + node - 1) + " http=127.0.0.1:"
                + (http + node - 1) + "\n";
    }

    private String bootstrap() {
        return "bootstrap: 127.0.0.1:" + kafka + ",127.0.0.1:" + (kafka + 1) + ",127.0.0.1:" + (kafka + 2) + "\n";
    }

    private static Said wrong(int exitCode, String line) {
        return new Said(exitCode, "", "local-cluster: " + line + "\n");
    }

    private Path data() {
        return folder.resolve("cluster");
    }

    private Said run(String... arguments) throws Exception {
        List<String> words = new ArrayList<>(List.of("--data", data().toString()));
        if (arguments[0].equals("start")) {
            words.addAll(List.of("--kafka", String.valueOf(kafka), "--akka", String.valueOf(akka)));
            words.addAll(List.of("--http", String.valueOf(http)));
        }
        words.addAll(List.of(arguments));
        return bare(words);
    }

    /** Output goes to files: what the script starts keeps none of its pipes open, but a mistake there must not hang the test. */
    private Said bare(List<String> arguments) throws Exception {
        List<String> words = new ArrayList<>(List.of(SCRIPT.toString()));
        words.addAll(arguments);
        Path out = folder.resolve("out");
        Path err = folder.resolve("err");
        ProcessBuilder builder = new ProcessBuilder(words)
                .redirectOutput(out.toFile())
                .redirectError(err.toFile())
                .directory(folder.toFile());
        builder.environment().put("SLUICE", standIn.toString());
        Process process = builder.start();
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).as("%s ended", words).isTrue();
        return new Said(process.exitValue(), Files.readString(out, UTF_8), Files.readString(err, UTF_8));
    }

    /** One of three free ones in a row, most likely. */
    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return Math.min(socket.getLocalPort(), 65_533);
        }
    }
}
