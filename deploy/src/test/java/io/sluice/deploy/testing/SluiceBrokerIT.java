/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.deploy.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SluiceBrokerIT {
    private static final Path OPEN_FILES = Path.of("/proc/self/fd");

    @TempDir
    private Path folder;

    @Test
    void afterCloseNoThreadNoPortAndNoFileIsLeft() throws Exception {
        // Given: what a first broker leaves in the JVM for ever (class loading, the clients' own static state) is there
        // already
        try (SluiceBroker first = SluiceBroker.start(folder.resolve("first"))) {
            roundTrip(first, "warm");
        }
        Set<String> threads = threads();
        Set<String> files = openFiles();

        // When
        int port;
        Path data = folder.resolve("second");
        try (SluiceBroker broker = SluiceBroker.start(data)) {
            port = broker.port();
            roundTrip(broker, "t");
        }

        // Then
        Awaitility.await("no thread of the broker is left")
                .atMost(Duration.ofSeconds(10))
                .untilAsserted(() -> assertThat(threads()).isSubsetOf(threads));
        Awaitility.await("no file or socket is left")
                .atMost(Duration.ofSeconds(10))
                .untilAsserted(() -> assertThat(openFiles()).isSubsetOf(files));
        try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            assertThat(socket.isBound()).isTrue();
        }
        assertThat(data).isDirectory();
    }

    @Test
    void fiveAtOnceKnowNothingOfEachOther() throws Exception {
        List<SluiceBroker> brokers = new ArrayList<>();
        try {
            brokers.addAll(IntStream.range(0, 5)
                    .parallel()
                    .mapToObj(i -> SluiceBroker.start())
                    .toList());

            for (int i = 0; i < brokers.size(); i++) {
                produce(brokers.get(i), "t", "of broker " + i);
            }

            for (int i = 0; i < brokers.size(); i++) {
                assertThat(consume(brokers.get(i), "t", 1)).containsExactly("of broker " + i);
            }
            assertThat(brokers.stream().map(SluiceBroker::port)).doesNotHaveDuplicates();
        } finally {
            brokers.forEach(SluiceBroker::close);
        }
        assertThat(brokers.stream().map(SluiceBroker::dataDirectory)).noneMatch(Files::exists);
    }

    @Test
    void aBrokerInTheSameDirectoryFindsTheDataOfTheOneBefore() throws Exception {
        try (SluiceBroker broker = SluiceBroker.start(folder)) {
            produce(broker, "kept", "value");
        }
        try (SluiceBroker again = SluiceBroker.start(folder)) {
            assertThat(consume(again, "kept", 1)).containsExactly("value");
        }
    }

    @Test
    void aDirectoryHasOneBrokerOnly() {
        try (SluiceBroker broker = SluiceBroker.start(folder)) {
            assertThatThrownBy(() -> SluiceBroker.start(folder)).hasMessageContaining(folder.toString());
            assertThat(broker.bootstrap()).startsWith("127.0.0.1:");
        }
    }

    @Test
    void anUnknownSettingIsRefusedByName() {
        assertThatThrownBy(() ->
                        SluiceBroker.builder().config("num.partitons", "3").start())
                .hasMessageContaining("num.partitons")
                .hasMessageContaining("num.partitions");
    }

    @Test
    void closingTwiceIsClosingOnce() {
        SluiceBroker broker = SluiceBroker.start(folder);
        broker.close();
        broker.close();
    }

    private static void roundTrip(SluiceBroker broker, String topic) throws Exception {
        produce(broker, topic, "value");
        assertThat(consume(broker, topic, 1)).containsExactly("value");
    }

    private static void produce(SluiceBroker broker, String topic, String value) throws Exception {
        try (var producer = new KafkaProducer<>(
                Map.<String, Object>of("bootstrap.servers", broker.bootstrap()),
                new StringSerializer(),
                new StringSerializer())) {
            producer.send(new ProducerRecord<>(topic, value)).get();
        }
    }

    private static List<String> consume(SluiceBroker broker, String topic, int count) {
        List<String> values = new ArrayList<>();
        try (var consumer = new KafkaConsumer<>(
                Map.<String, Object>of(
                        "bootstrap.servers", broker.bootstrap(), "group.id", "g", "auto.offset.reset", "earliest"),
                new StringDeserializer(),
                new StringDeserializer())) {
            consumer.subscribe(List.of(topic));
            Awaitility.await("records of " + topic)
                    .atMost(Duration.ofSeconds(20))
                    .until(() -> {
                        for (ConsumerRecord<String, String> record : consumer.poll(Duration.ofMillis(200))) {
                            values.add(record.value());
                        }
                        return values.size() >= count;
                    });
        }
        return values;
    }

    /** Threads by name, numbers left out: a pool's next thread has another number. */
    private static Set<String> threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .map(thread -> thread.getName().replaceAll("\\d+", "#"))
                .filter(name -> !name.startsWith("awaitility"))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** Open files and sockets of this process, but for jars, which class loading opens when it likes. */
    private static Set<String> openFiles() throws IOException {
        Set<String> open = new HashSet<>();
        try (Stream<Path> handles = Files.list(OPEN_FILES)) {
            for (Path handle : handles.toList()) {
                try {
                    String target = Files.readSymbolicLink(handle).toString();
                    if (!target.endsWith(".jar") && !target.endsWith("/fd") && !target.startsWith("/proc")) {
                        open.add(target);
                    }
                } catch (IOException gone) {
                    // closed between listing and reading
                }
            }
        }
        return open;
    }
}
