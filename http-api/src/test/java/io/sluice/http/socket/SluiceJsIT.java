/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.http.socket;

import static org.assertj.core.api.Assertions.assertThat;

import akka.stream.javadsl.Source;
import io.sluice.actors.subscription.Positions;
import io.sluice.actors.subscription.StartPosition;
import io.sluice.actors.subscription.SubscriptionControl;
import io.sluice.actors.subscription.SubscriptionEvent;
import io.sluice.actors.subscription.SubscriptionException;
import io.sluice.actors.subscription.SubscriptionRequest;
import io.sluice.actors.subscription.Subscriptions;
import io.sluice.http.auth.Principal;
import io.sluice.http.route.Problem;
import io.sluice.http.route.ProblemKind;
import java.io.ByteArrayOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
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
                    .containsExactly(
                            "%d %d,%d,%d 0".formatted(PARTITIONS * RECORDS, first.port(), first.port(), second.port()));
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
            assertThat(node.output()).containsExactly("SluiceError CONNECTION_LOST 0", "SluiceError NO_TICKET 3");
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
        List<String> lines = node("import * as all from 'sluice-client'; console.log(Object.keys(all).sort().join());")
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
    void whatIsWrongWithTheOptionsIsThrown() throws Exception {
        // Given
        try (SocketServer server = new SocketServer(new FakeLog(1, 5, 1), SocketOptions.DEFAULTS)) {
            // When: to the server that is a frame, and no subscription
            NodeScript node = node("""
                    import { subscribe } from './sluice.mjs';
                    try {
                      for await (const record of subscribe('%s', { topic: 'orders', policy: 'hurry' })) console.log(record);
                    } catch (error) {
                      console.log(error.code);
                    }
                    """.formatted(server.uri()));

            // Then
            assertThat(node.output()).containsExactly("MALFORMED_FRAME");
        }
    }

    /** Fails so many times before it does what it should. */
    private static Subscriptions failing(int times, SubscriptionException.Code code, Subscriptions then) {
        AtomicInteger left = new AtomicInteger(times);
        return request ->
                left.getAndDecrement() > 0 ? FakeLog.failed(code, "so the test wants") : then.subscribe(request);
    }

    @Test
    void whatPassesIsTriedAgainFromTheFirstTimeOn() throws Exception {
        // Given
        Subscriptions log = failing(3, SubscriptionException.Code.LEADER_NOT_AVAILABLE, new FakeLog(1, 5, 1));
        try (SocketServer server = new SocketServer(log, SocketOptions.DEFAULTS)) {
            // When
            NodeScript node = node("""
                    import { subscribe } from './sluice.mjs';
                    const onError = (error) => console.log(error.code);
                    const offsets = [];
                    for await (const { offset } of subscribe('%s', { topic: 'orders', from: 'earliest', onError })) {
                      offsets.push(offset);
                      if (offset === 4) break;
                    }
                    console.log(offsets.join());
                    """.formatted(server.uri()));

            // Then
            assertThat(node.output())
                    .containsExactly(
                            "LEADER_NOT_AVAILABLE", "LEADER_NOT_AVAILABLE", "LEADER_NOT_AVAILABLE", "0,1,2,3,4");
        }
    }

    @Test
    void anAddressAtWhichNobodyAnswersIsToldAndTriedAgain() throws Exception {
        // Given
        SocketServer gone = new SocketServer(new FakeLog(1, 5, 1), SocketOptions.DEFAULTS);
        gone.close();

        // When: the first attempt that fails is not worth a word
        NodeScript node = node("""
                import { subscribe } from './sluice.mjs';
                const told = [];
                const records = subscribe('%s', { topic: 'orders', onError: (error) => { if (told.push(error) === 2) records.close(); } });
                for await (const record of records) console.log(record);
                for (const { code, message } of told) console.log(code, message);
                """.formatted(gone.uri()));

        // Then
        String line = "CONNECTION_LOST no connection to ws://127.0.0.1:" + gone.port() + "/v1/subscribe";
        assertThat(node.output()).containsExactly(line, line);
    }

    @Test
    void whatTheServerClosedForIsNotSentAgain() throws Exception {
        // Given: a vector that is larger than a frame may be
        try (SocketServer server = new SocketServer(new FakeLog(1, 5, 1), SocketOptions.DEFAULTS)) {
            // When
            NodeScript node = node("""
                    import { subscribe } from './sluice.mjs';
                    const orders = Object.fromEntries(Array.from({ length: 6000 }, (_, partition) => [partition, 1234567]));
                    try {
                      for await (const record of subscribe('%s', { topic: 'orders', from: { offsets: { orders } } })) console.log(record);
                    } catch (error) {
                      console.log(error.name, error.code, error.message);
                    }
                    """.formatted(server.uri()));

            // Then
            assertThat(node.output()).containsExactly("SluiceError PROTOCOL_ERROR a message may have 65536 bytes");
        }
    }

    @Test
    void whatCanNeverWorkIsToldAtOnce() throws Exception {
        // When
        NodeScript node = node("""
                import { subscribe } from './sluice.mjs';
                const url = 'http://127.0.0.1:1';
                for (const options of [undefined, {}, { topics: [] }, { topic: 'orders', window: { records: 0 } }, { topic: 'orders', window: { bytes: -1 } }]) {
                  try {
                    subscribe(url, options);
                  } catch (error) {
                    console.log(error.name, error.message);
                  }
                }
                """);

        // Then
        String topic = "TypeError which topic? subscribe(url, { topic })";
        String window = "RangeError a window has room for records, and for bytes";
        assertThat(node.output()).containsExactly(topic, topic, topic, window, window);
    }

    @Test
    void aTicketThatCanNotBeHadIsToldAndAskedForAgain() throws Exception {
        // When
        NodeScript node = node("""
                import { subscribe } from './sluice.mjs';
                const onError = ({ code, message }) => console.log(code, message);
                const ticket = () => { throw new Error('not signed in'); };
                try {
                  for await (const record of subscribe('http://127.0.0.1:1', { topic: 'orders', ticket, onError, retries: 1 })) console.log(record);
                } catch ({ code, message }) {
                  console.log('thrown', code, message);
                }
                """);

        // Then
        assertThat(node.output()).containsExactly("NO_TICKET not signed in", "thrown NO_TICKET not signed in");
    }

    @Test
    void aReaderThatIsTooSlowForThePolicyItChoseIsTold() throws Exception {
        // Given
        Subscriptions log = failing(1, SubscriptionException.Code.SLOW_READER, new FakeLog(1, 5, 1));
        try (SocketServer server = new SocketServer(log, SocketOptions.DEFAULTS)) {
            // When
            NodeScript node = node("""
                    import { subscribe } from './sluice.mjs';
                    try {
                      for await (const record of subscribe('%s', { topic: 'orders', from: 'earliest', policy: 'close' })) console.log(record);
                    } catch (error) {
                      console.log(error.code);
                    }
                    """.formatted(server.uri()));

            // Then
            assertThat(node.output()).containsExactly("SLOW_READER");
        }
    }

    /** Of which offsets before 50 were deleted. */
    private static Source<SubscriptionEvent, SubscriptionControl> shortened(SubscriptionRequest request) {
        Positions from = ((StartPosition.Offsets) request.from()).positions();
        long at = from.offset("orders", 0).orElseThrow();
        Source<SubscriptionEvent, SubscriptionControl> rest = new FakeLog(1, 60, 10)
                .subscribe(new SubscriptionRequest(
                        request.topics(),
                        new StartPosition.Offsets(Positions.of("orders", 0, 50), StartPosition.earliest()),
                        request.isolation(),
                        request.filter(),
                        request.policy(),
                        request.bufferBytes()));
        return rest.prepend(
                Source.single(new SubscriptionEvent.Gap("orders", 0, at, 50, SubscriptionEvent.GapReason.DELETED)));
    }

    @Test
    void whatWasDeletedMeanwhileIsAGapAndTheRestComes() throws Exception {
        // Given
        try (SocketServer server = new SocketServer(SluiceJsIT::shortened, SocketOptions.DEFAULTS)) {
            // When
            NodeScript node = node("""
                    import { subscribe } from './sluice.mjs';
                    const onGap = (gap) => console.log(JSON.stringify(gap));
                    const records = subscribe('%s', { topic: 'orders', from: { offsets: { orders: { 0: 3 } } }, onGap });
                    const { value: { offset } } = await records.next();
                    records.close();
                    console.log(offset, JSON.stringify(records.positions));
                    """.formatted(server.uri()));

            // Then
            assertThat(node.output())
                    .containsExactly(
                            "{\"topic\":\"orders\",\"partition\":0,\"from\":3,\"to\":50,\"reason\":\"deleted\"}",
                            "50 {\"orders\":{\"0\":51}}");
        }
    }

    @Test
    void aConnectionFromWhichNothingComesIsLostAndAnIdleOneIsNot() throws Exception {
        // Given: one node that says nothing while it has nothing, and one that does
        FakeLog log = new FakeLog(1, 5, 1);
        SocketOptions lively = SocketOptions.DEFAULTS.withIntervals(Duration.ofMillis(100), Duration.ofSeconds(1));
        try (SocketServer silent = new SocketServer(log, SocketOptions.DEFAULTS);
                SocketServer alive = new SocketServer(log, lively)) {
            // When
            NodeScript node = node("""
                    import { subscribe } from './sluice.mjs';
                    let sockets = 0;
                    class Watched extends WebSocket {
                      constructor(...all) {
                        super(...all);
                        console.log(++sockets, new URL(this.url).port);
                      }
                    }
                    const records = subscribe(['%s', '%s'], { topic: 'orders', silence: 2_500, WebSocket: Watched });
                    const timer = setTimeout(() => records.close(), 8_000);
                    for await (const record of records) console.log(record);
                    """.formatted(silent.uri(), alive.uri()));

            // Then
            assertThat(node.output()).containsExactly("1 " + silent.port(), "2 " + alive.port());
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
