/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.system.clients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sluice.system.broker.SluiceProcess;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The console of three nodes in headless Chromium: every room of it, by keyboard and mouse, light, dark and on a phone; it leaves screenshots. */
@Tag("browser")
@Timeout(420)
class BrowserConsoleIT {
    private static final Duration ENDS_WITHIN = Duration.ofMinutes(6);
    private static final int CHECKS_MIN = 50;
    private static final int NODES = 3;
    private static final Duration WHOLE_WITHIN = Duration.ofMinutes(1);

    /** A group that is slower than what is written, so that there is a lag to look at. */
    private static final class SlowReader {
        private static final Duration PAUSE = Duration.ofMillis(700);

        private final KafkaConsumer<byte[], byte[]> consumer;
        private final Thread thread = new Thread(this::read, "slow-reader");

        SlowReader(String bootstrap) {
            consumer = new KafkaConsumer<>(
                    Map.of(
                            "bootstrap.servers", bootstrap,
                            "group.id", "billing",
                            "client.id", "billing-1",
                            "auto.offset.reset", "earliest",
                            "allow.auto.create.topics", "false",
                            "metadata.max.age.ms", "1000",
                            "auto.commit.interval.ms", "500",
                            "max.poll.records", "20"),
                    new ByteArrayDeserializer(),
                    new ByteArrayDeserializer());
            consumer.subscribe(List.of("orders"));
            thread.start();
        }

        private void read() {
            try (consumer) {
                while (true) {
                    consumer.poll(PAUSE);
                    // nothing is paused, but this poll returns only when its time is over: it gives the pace
                    consumer.pause(consumer.assignment());
                    consumer.poll(PAUSE);
                    consumer.resume(consumer.paused());
                }
            } catch (WakeupException over) {
                // as wanted
            }
        }

        void stop() throws InterruptedException {
            consumer.wakeup();
            thread.join();
        }
    }

    private static Command.Result drive(String http, Path images) {
        return Command.of("node", Installed.program("browser/console.cjs").toString(), http, images.toString())
                .withEnvironment(
                        "NODE_PATH",
                        Installed.folder("browser").resolve("node_modules").toString())
                .within(ENDS_WITHIN)
                .tryRun("");
    }

    private static List<Integer> freePorts() throws IOException {
        List<ServerSocket> sockets = new ArrayList<>();
        for (int i = 0; i < NODES; i++) {
            sockets.add(new ServerSocket(0, 1, InetAddress.getLoopbackAddress()));
        }
        List<Integer> ports = sockets.stream().map(ServerSocket::getLocalPort).toList();
        for (ServerSocket socket : sockets) {
            socket.close();
        }
        return ports;
    }

    private static List<SluiceProcess> launch(Path data) throws IOException {
        List<Integer> ports = freePorts();
        String seeds = ports.stream().map(port -> "127.0.0.1:" + port).collect(Collectors.joining(","));
        List<SluiceProcess> brokers = new ArrayList<>();
        for (int i = 0; i < NODES; i++) {
            brokers.add(SluiceProcess.in(data.resolve("node-" + (i + 1)))
                    .javaOptions("-Xmx384m")
                    .option("--node", i + 1)
                    .option("--akka", "127.0.0.1:" + ports.get(i))
                    .option("--seeds", seeds)
                    .option("--voters", "1,2,3")
                    .launch());
        }
        return brokers;
    }

    private static String get(SluiceProcess broker, String path) throws Exception {
        HttpRequest request =
                HttpRequest.newBuilder(URI.create(broker.http() + path)).build();
        return HttpClient.newHttpClient()
                .send(request, HttpResponse.BodyHandlers.ofString())
                .body();
    }

    @Test
    void everyRoomWorks(@TempDir Path data) throws Exception {
        // Given
        Path images =
                Path.of(System.getProperty("sluice.images", "target/images")).toAbsolutePath();
        Files.createDirectories(images);
        List<SluiceProcess> brokers = launch(data);
        try {
            brokers.forEach(SluiceProcess::awaitReady);
            await("all nodes are there, and where they serve HTTP")
                    .atMost(WHOLE_WITHIN)
                    .untilAsserted(
                            () -> assertThat(get(brokers.get(0), "/v1/nodes").split("\"http\":\"127.0.0.1:", -1))
                                    .as("what is between the addresses of all nodes")
                                    .hasSize(NODES + 1));
            SlowReader reader = new SlowReader(brokers.get(0).bootstrap());

            // When
            Command.Result result = drive(brokers.get(0).http(), images);
            reader.stop();

            // Then
            assertThat(result.lines())
                    .as("%s%npictures of what failed are in %s", result, images)
                    .hasSizeGreaterThanOrEqualTo(CHECKS_MIN)
                    .allMatch(line -> line.startsWith("ok "));
            assertThat(result.exitCode()).isZero();
        } finally {
            brokers.forEach(SluiceProcess::close);
        }
    }
}
