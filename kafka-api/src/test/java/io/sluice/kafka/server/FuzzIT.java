/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.kafka.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.sluice.cluster.NodeOptions;
import io.sluice.cluster.SluiceNode;
import io.sluice.cluster.config.BrokerSettings;
import io.sluice.kafka.testing.RawClient;
import java.io.EOFException;
import java.io.IOException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.ApiVersionsRequestData;
import org.apache.kafka.common.message.ApiVersionsResponseData;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Damaged requests: each is answered or closes its own connection, while a clean client is served all the time. The seed is printed;
 * {@code -Dsluice.fuzz.seed=} repeats a run.
 */
class FuzzIT {
    private static final int SENDERS = 8;
    private static final int MARKER = 0x5AFE;
    private static final int ANSWER_TIMEOUT_MS = 300;

    private final long seed = Long.getLong("sluice.fuzz.seed", System.nanoTime());
    private final AtomicInteger sent = new AtomicInteger();
    private final AtomicInteger answered = new AtomicInteger();
    private final AtomicInteger closed = new AtomicInteger();
    private final AtomicInteger waiting = new AtomicInteger();
    private final AtomicInteger clean = new AtomicInteger();
    private final AtomicBoolean over = new AtomicBoolean();
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private int requests;
    private KafkaListener listener;
    private List<byte[]> seeds;

    @Test
    @Timeout(value = 2, unit = TimeUnit.MINUTES)
    void damagedRequestsHarmNobodyElse(@TempDir Path data) throws Exception {
        fuzz(10_000, data);
    }

    @Test
    @Tag("slow")
    @Timeout(value = 10, unit = TimeUnit.MINUTES)
    void aHundredThousandDamagedRequestsHarmNobodyElse(@TempDir Path data) throws Exception {
        fuzz(100_000, data);
    }

    private void fuzz(int count, Path data) throws Exception {
        requests = count;
        System.out.println("sluice.fuzz.seed=" + seed);
        SluiceNode node = SluiceNode.start(NodeOptions.of(
                        BrokerSettings.parse(Map.of(
                                "sluice.topic.partitions.max", "50",
                                "offsets.topic.num.partitions", "2",
                                "auto.create.topics.enable", "false")),
                        data))
                .toCompletableFuture()
                .join();
        try (KafkaListener started = KafkaListener.start(node, ListenerOptions.of("127.0.0.1", 0, meters))) {
            listener = started;
            node.advertise("127.0.0.1", listener.address().getPort())
                    .toCompletableFuture()
                    .join();
            fuzz();
        } finally {
            node.stop().toCompletableFuture().join();
        }
    }

    private void fuzz() throws Exception {
        // Given a topic for the damaged requests, one for the clean client, and a request of every API and version
        String bootstrap = "127.0.0.1:" + listener.address().getPort();
        Uuid topicId;
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrap))) {
            var created = admin.createTopics(
                    List.of(new NewTopic("fuzzed", 1, (short) 1), new NewTopic("clean", 1, (short) 1)));
            created.all().get();
            topicId = created.topicId("fuzzed").get();
        }
        seeds = RequestSeeds.of("fuzzed", topicId, served());
        ExecutorService threads = Executors.newFixedThreadPool(SENDERS + 1);
        try {
            // When
            Future<?> cleanClient = threads.submit(cleanClient(bootstrap));
            List<Future<?>> senders = new ArrayList<>();
            for (int i = 0; i < SENDERS; i++) {
                Random random = new Random(seed + i);
                senders.add(threads.submit(() -> {
                    send(random);
                    return null;
                }));
            }
            for (Future<?> sender : senders) {
                sender.get();
            }
            over.set(true);
            cleanClient.get();
        } finally {
            threads.shutdownNow();
        }

        // Then
        System.out.printf(
                "%d damaged requests: %d answered, %d closed their connection, %d left waiting; %d clean round trips%n",
                sent.get(), answered.get(), closed.get(), waiting.get(), clean.get());
        assertThat(sent).hasValueGreaterThanOrEqualTo(requests);
        assertThat(answered).hasPositiveValue();
        assertThat(closed).hasPositiveValue();
        assertThat(clean).hasValueGreaterThan(10);
        Awaitility.await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> assertThat(
                        meters.get("sluice.kafka.request.memory.used").gauge().value())
                .as("request memory that was not given back; seed %d", seed)
                .isZero());
    }

    private List<Short> served() throws IOException {
        try (RawClient client = new RawClient(listener.address())) {
            List<Short> keys = new ArrayList<>();
            client.call(new ApiVersionsRequestData(), new ApiVersionsResponseData(), (short) 0)
                    .apiKeys()
                    .forEach(api -> keys.add(api.apiKey()));
            return keys;
        }
    }

    /** Produces one record and reads it back, over and over, with Kafka's own clients. */
    private Callable<Void> cleanClient(String bootstrap) {
        return () -> {
            try (KafkaProducer<String, String> producer = new KafkaProducer<>(
                            Map.of("bootstrap.servers", bootstrap, "acks", "all"),
                            new StringSerializer(),
                            new StringSerializer());
                    KafkaConsumer<String, String> consumer = new KafkaConsumer<>(
                            Map.of("bootstrap.servers", bootstrap, "auto.offset.reset", "earliest"),
                            new StringDeserializer(),
                            new StringDeserializer())) {
                consumer.assign(List.of(new TopicPartition("clean", 0)));
                while (!over.get()) {
                    String value = "clean " + clean.incrementAndGet();
                    producer.send(new ProducerRecord<>("clean", value)).get(30, TimeUnit.SECONDS);
                    assertThat(next(consumer)).isEqualTo(value);
                }
                return null;
            }
        };
    }

    private static String next(KafkaConsumer<String, String> consumer) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (System.nanoTime() < deadline) {
            ConsumerRecords<String, String> records = consumer.poll(Duration.ofSeconds(1));
            if (!records.isEmpty()) {
                assertThat(records.count()).isEqualTo(1);
                return records.iterator().next().value();
            }
        }
        throw new AssertionError("the clean client's record did not come within 30 s");
    }

    private void send(Random random) throws IOException {
        RawClient client = null;
        while (sent.get() < requests) {
            if (client == null) {
                client = new RawClient(listener.address());
                client.socket().setSoTimeout(ANSWER_TIMEOUT_MS);
            }
            Damaged damaged = Damaged.of(seeds, random);
            sent.incrementAndGet();
            if (!isAnswered(client, damaged)) {
                client.close();
                client = null;
            }
        }
        if (client != null) {
            client.close();
        }
    }

    /** Sends the damaged request, and a clean one behind it if it is still framed. Answers true if the connection goes on. */
    private boolean isAnswered(RawClient client, Damaged damaged) throws IOException {
        try {
            client.sendBytes(ByteBuffer.wrap(damaged.bytes()));
            if (!damaged.framed()) {
                client.socket().shutdownOutput();
            } else {
                client.sendBytes(RawClient.frame(new ApiVersionsRequestData(), (short) 0, MARKER, null));
            }
            while (true) {
                ByteBuffer response = client.receiveBytes();
                if (response.getInt(0) == MARKER) {
                    answered.incrementAndGet();
                    return true;
                }
            }
        } catch (SocketTimeoutException e) {
            waiting.incrementAndGet();
            return false;
        } catch (EOFException | SocketException e) {
            closed.incrementAndGet();
            return false;
        }
    }
}
