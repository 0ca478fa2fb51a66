/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.http.socket;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code sluice.js} in Node, against real sockets. */
@Timeout(60)
class SluiceJsIT {
    private static final int PARTITIONS = 2;
    private static final int RECORDS = 5_000;

    @TempDir
    Path folder;

    private static byte[] module() throws Exception {
        try (InputStream in = SluiceJsIT.class.getResourceAsStream("/io/sluice/http/web/sluice.js")) {
            return in.readAllBytes();
        }
    }

    @Test
    void theModuleHasAtMostFiveKilobytes() throws Exception {
        // When
        ByteArrayOutputStream zipped = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(zipped)) {
            out.write(module());
        }

        // Then
        assertThat(zipped.size()).isLessThanOrEqualTo(5_000);
    }

    private Process node(String script) throws Exception {
        Assumptions.assumeTrue(isInstalled("node"), "Node 20 or newer is not installed");
        Files.write(folder.resolve("sluice.mjs"), module());
        Files.writeString(folder.resolve("test.mjs"), script);
        return new ProcessBuilder("node", "--experimental-websocket", "--no-warnings", "test.mjs")
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("output").toFile())
                .start();
    }

    private static boolean isInstalled(String program) {
        for (String path : System.getenv().getOrDefault("PATH", "").split(File.pathSeparator, -1)) {
            if (Files.isExecutable(Path.of(path, program))) {
                return true;
            }
        }
        return false;
    }

    private List<String> output(Process process) throws Exception {
        boolean ended = process.waitFor(40, TimeUnit.SECONDS);
        process.destroyForcibly();
        List<String> lines = Files.readAllLines(folder.resolve("output"), StandardCharsets.UTF_8);
        assertThat(ended).as(() -> "Node goes on: " + lines).isTrue();
        return lines;
    }

    /** @param nodes their addresses, separated by commas */
    private Process reader(String nodes) throws Exception {
        return node("""
                import { subscribe } from './sluice.mjs';
                const next = {};
                let count = 0;
                const records = subscribe('%s'.split(','), { topic: 'orders', from: 'earliest', window: { records: 100 } });
                for await (const record of records) {
                  const { partition, offset, value } = record;
                  if (offset !== (next[partition] ?? 0)) throw new Error(`got ${partition}@${offset}, wanted ${next[partition]}`);
                  if (value !== `orders-${partition}@${offset}`) throw new Error(value);
                  next[partition] = offset + 1;
                  count++;
                  if (count %% 100 === 0) await new Promise((done) => setTimeout(done, 2));
                  if (count === %d) break;
                }
                console.log(count, JSON.stringify(records.positions));
                """.formatted(nodes, PARTITIONS * RECORDS));
    }

    private static final String ALL =
            PARTITIONS * RECORDS + " {\"orders\":{\"0\":" + RECORDS + ",\"1\":" + RECORDS + "}}";

    @Test
    void everyRecordComesOnceThoughTheServerSaysByeInTheMiddle() throws Exception {
        // Given
        FakeLog log = new FakeLog(PARTITIONS, RECORDS, 10);
        try (SocketServer first = new SocketServer(log, SocketOptions.DEFAULTS);
                SocketServer second = new SocketServer(log, SocketOptions.DEFAULTS)) {
            Process node = reader(first.uri().toString());

            // When
            org.awaitility.Awaitility.await().until(() -> log.pulled.get() > 1_000);
            first.sockets
                    .stop("the node stops", List.of("ws://127.0.0.1:" + second.port()))
                    .toCompletableFuture()
                    .get(10, TimeUnit.SECONDS);

            // Then
            assertThat(output(node)).containsExactly(ALL);
        }
    }

    @Test
    void everyRecordComesOnceThoughTheServerIsCutOffAndComesBack() throws Exception {
        // Given
        FakeLog log = new FakeLog(PARTITIONS, RECORDS, 10);
        SocketServer first = new SocketServer(log, SocketOptions.DEFAULTS);
        int port = first.port();
        Process node = reader(first.uri().toString());

        // When
        org.awaitility.Awaitility.await().until(() -> log.pulled.get() > 1_000);
        first.close();
        try (SocketServer again = new SocketServer(log, SocketOptions.DEFAULTS, port)) {
            // Then
            assertThat(output(node)).containsExactly(ALL);
            assertThat(again.meters
                            .get("sluice.websocket.frames.received")
                            .counter()
                            .count())
                    .isPositive();
        }
    }

    @Test
    void everyRecordComesOnceThoughTheServerDiesAndTheNextOfTheListIsTaken() throws Exception {
        // Given
        FakeLog log = new FakeLog(PARTITIONS, RECORDS, 10);
        SocketServer first = new SocketServer(log, SocketOptions.DEFAULTS);
        try (SocketServer second = new SocketServer(log, SocketOptions.DEFAULTS)) {
            Process node = reader(first.uri() + "," + second.uri());

            // When
            org.awaitility.Awaitility.await().until(() -> log.pulled.get() > 1_000);
            first.close();

            // Then
            assertThat(output(node)).containsExactly(ALL);
            assertThat(second.meters
                            .get("sluice.websocket.frames.received")
                            .counter()
                            .count())
                    .isPositive();
        }
    }

    @Test
    void thePackageForNpmIsImportedByItsName() throws Exception {
        // Given
        Assumptions.assumeTrue(isInstalled("npm") && isInstalled("tar"), "npm is not installed");
        Path installed = Files.createDirectories(folder.resolve("node_modules/sluice-client"));
        run("bash", Path.of("npm/pack.sh").toAbsolutePath().toString(), folder.toString());
        run("tar", "xzf", "sluice-client-0.1.0.tgz", "--strip-components=1", "-C", installed.toString());

        // When
        List<String> lines =
                output(node("import * as all from 'sluice-client'; console.log(Object.keys(all).sort().join());"));

        // Then
        assertThat(lines).containsExactly("SluiceError,produce,subscribe");
        assertThat(installed.resolve("sluice.d.ts")).exists();
        assertThat(Files.readString(installed.resolve("package.json"))).contains("\"version\": \"0.1.0\"");
    }

    private void run(String... command) throws Exception {
        Process process = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("output").toFile())
                .start();
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue())
                .as(Files.readString(folder.resolve("output")))
                .isZero();
    }

    @Test
    void whatTheServerRefusesIsThrown() throws Exception {
        // Given
        try (SocketServer server = new SocketServer(new FakeLog(1, 5, 1), SocketOptions.DEFAULTS)) {
            // When
            Process node = node("""
                    import { subscribe } from './sluice.mjs';
                    try {
                      for await (const record of subscribe('%s', { topic: 'nothing' })) console.log(record);
                    } catch (error) {
                      console.log(error.name, error.code, error.message);
                    }
                    """.formatted(server.uri()));

            // Then
            assertThat(output(node)).containsExactly("SluiceError UNKNOWN_TOPIC topic 'nothing' does not exist");
        }
    }

    @Test
    void bytesThatWereAskedForAreArraysAndNothingKeepsTheProcessAlive() throws Exception {
        // Given
        try (SocketServer server = new SocketServer(new FakeLog(1, 5, 1), SocketOptions.DEFAULTS)) {
            // When
            Process node = node("""
                    import { subscribe } from './sluice.mjs';
                    const records = subscribe('%s', { topics: ['orders'], from: { offsets: { orders: { 0: 3 } } }, value: 'base64' });
                    const { value: record } = await records.next();
                    console.log(record.offset, record.key, record.value instanceof Uint8Array, new TextDecoder().decode(record.value));
                    records.close();
                    """.formatted(server.uri()));

            // Then
            assertThat(output(node)).containsExactly("3 k3 true orders-0@3");
        }
    }
}
