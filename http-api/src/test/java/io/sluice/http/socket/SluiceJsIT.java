/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.http.socket;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.http.auth.Principal;
import io.sluice.http.route.Problem;
import io.sluice.http.route.ProblemKind;
import java.io.ByteArrayOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
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

    @Test
    void theModuleHasAtMostFiveKilobytes() throws Exception {
        // When
        ByteArrayOutputStream zipped = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(zipped)) {
            out.write(NodeScript.module());
        }

        // Then
        assertThat(zipped.size()).isLessThanOrEqualTo(5_000);
    }

    private NodeScript node(String script) throws Exception {
        return NodeScript.start(folder, script);
    }

    /** @param nodes their addresses, separated by commas */
    private NodeScript reader(String nodes) throws Exception {
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
            NodeScript node = reader(first.uri().toString());

            // When
            org.awaitility.Awaitility.await().until(() -> log.pulled.get() > 1_000);
            first.sockets
                    .stop("the node stops", List.of("ws://127.0.0.1:" + second.port()))
                    .toCompletableFuture()
                    .get(10, TimeUnit.SECONDS);

            // Then
            assertThat(node.output()).containsExactly(ALL);
        }
    }

    @Test
    void everyRecordComesOnceThoughTheServerIsCutOffAndComesBack() throws Exception {
        // Given
        FakeLog log = new FakeLog(PARTITIONS, RECORDS, 10);
        SocketServer first = new SocketServer(log, SocketOptions.DEFAULTS);
        int port = first.port();
        NodeScript node = reader(first.uri().toString());

        // When
        org.awaitility.Awaitility.await().until(() -> log.pulled.get() > 1_000);
        first.close();
        try (SocketServer again = new SocketServer(log, SocketOptions.DEFAULTS, port)) {
            // Then
            assertThat(node.output()).containsExactly(ALL);
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
            NodeScript node = reader(first.uri() + "," + second.uri());

            // When
            org.awaitility.Awaitility.await().until(() -> log.pulled.get() > 1_000);
            first.close();

            // Then
            assertThat(node.output()).containsExactly(ALL);
            assertThat(second.meters
                            .get("sluice.websocket.frames.received")
                            .counter()
                            .count())
                    .isPositive();
        }
    }

    private static SocketServer serverForTicketsOnly(FakeLog log) {
        SocketServer server = new SocketServer(log, SocketOptions.DEFAULTS);
        server.authenticator = credentials -> CompletableFuture.failedFuture(
                Problem.of(ProblemKind.UNAUTHORIZED, "Nobody may.").asException());
        return server;
    }

    @Test
    void everyConnectionShowsATicketOfItsOwn() throws Exception {
        // Given: the first ticket is wrong, the second for the first node, the third for the other one
        FakeLog log = new FakeLog(PARTITIONS, RECORDS, 10);
        try (SocketServer first = serverForTicketsOnly(log);
                SocketServer second = serverForTicketsOnly(log)) {
            NodeScript node = node("""
                    import { subscribe } from './sluice.mjs';
                    const tickets = ['wrong', '%s', '%s'];
                    const asked = [];
                    const ticket = async (url) => {
                      asked.push(new URL(url).port);
                      return tickets.shift();
                    };
                    let count = 0;
                    for await (const record of subscribe('%s', { topic: 'orders', from: 'earliest', window: { records: 100 }, ticket })) {
                      count++;
                      if (count %% 100 === 0) await new Promise((done) => setTimeout(done, 2));
                      if (count === %d) break;
                    }
                    console.log(count, asked.join(), tickets.length);
                    """.formatted(
                    first.tickets.issue(Principal.ANONYMOUS),
                    second.tickets.issue(Principal.ANONYMOUS),
                    first.uri(),
                    PARTITIONS * RECORDS));

            // When
            org.awaitility.Awaitility.await().until(() -> log.pulled.get() > 1_000);
            first.sockets
                    .stop("the node stops", List.of("ws://127.0.0.1:" + second.port()))
                    .toCompletableFuture()
                    .get(10, TimeUnit.SECONDS);

            // Then
            assertThat(node.output())
                    .containsExactly("%d %d,%d,%d 0"
                            .formatted(PARTITIONS * RECORDS, first.port(), first.port(), second.port()));
        }
    }

    @Test
    void whoGetsNoTicketIsNotLetInAndTriesAgainAsOftenAsItMay() throws Exception {
        // Given
        try (SocketServer server = serverForTicketsOnly(new FakeLog(1, 5, 1))) {
            // When
            NodeScript node = node("""
                    import { subscribe } from './sluice.mjs';
                    let asked = 0;
                    const ticket = () => {
                      asked++;
                      throw new Error('the session is over');
                    };
                    for (const options of [{}, { ticket }]) {
                      try {
                        for await (const record of subscribe('%s', { topic: 'orders', retries: 2, ...options })) console.log(record);
                      } catch (error) {
                        console.log(error.name, error.code, asked);
                      }
                    }
                    """.formatted(server.uri()));

            // Then
            assertThat(node.output())
                    .containsExactly("SluiceError CONNECTION_LOST 0", "SluiceError CONNECTION_LOST 3");
        }
    }

    @Test
    void thePackageForNpmIsImportedByItsName() throws Exception {
        // Given
        Assumptions.assumeTrue(NodeScript.isInstalled("npm") && NodeScript.isInstalled("tar"), "npm is not installed");
        Path installed = Files.createDirectories(folder.resolve("node_modules/sluice-client"));
        run("bash", Path.of("npm/pack.sh").toAbsolutePath().toString(), folder.toString());
        run("tar", "xzf", "sluice-client-0.1.0.tgz", "--strip-components=1", "-C", installed.toString());

        // When
        List<String> lines =
                node("import * as all from 'sluice-client'; console.log(Object.keys(all).sort().join());")
                        .output();

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
            NodeScript node = node("""
                    import { subscribe } from './sluice.mjs';
                    try {
                      for await (const record of subscribe('%s', { topic: 'nothing' })) console.log(record);
                    } catch (error) {
                      console.log(error.name, error.code, error.message);
                    }
                    """.formatted(server.uri()));

            // Then
            assertThat(node.output()).containsExactly("SluiceError UNKNOWN_TOPIC topic 'nothing' does not exist");
        }
    }

    @Test
    void bytesThatWereAskedForAreArraysAndNothingKeepsTheProcessAlive() throws Exception {
        // Given
        try (SocketServer server = new SocketServer(new FakeLog(1, 5, 1), SocketOptions.DEFAULTS)) {
            // When
            NodeScript node = node("""
                    import { subscribe } from './sluice.mjs';
                    const records = subscribe('%s', { topics: ['orders'], from: { offsets: { orders: { 0: 3 } } }, value: 'base64' });
                    const { value: record } = await records.next();
                    console.log(record.offset, record.key, record.value instanceof Uint8Array, new TextDecoder().decode(record.value));
                    records.close();
                    """.formatted(server.uri()));

            // Then
            assertThat(node.output()).containsExactly("3 k3 true orders-0@3");
        }
    }
}
