/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.system.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sluice.system.broker.SluiceProcess;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * 2,000 connections, each slowly sending the largest request that is allowed: 200 GB in all, if the broker made room for what
 * it was told to expect. Its memory must stay bounded, and other clients must be served meanwhile.
 */
@Tag("process")
@Tag("slow")
class SlowSendersIT {
    private static final int CONNECTIONS = 2_000;
    private static final int LARGEST_REQUEST = 104_857_600; // socket.request.max.bytes
    private static final long MIB = 1 << 20;
    private static final int HEAP_MIB = 256;
    private static final int DIRECT_MIB = 256;
    /** Code, threads, class metadata, collector: what a JVM needs beside heap and direct buffers. */
    private static final int JVM_MIB = 256;

    private static final int CHUNK_BYTES = 32 * 1024;
    private static final int ROUND_TRIPS = 200;
    private static final Duration SENDING = Duration.ofSeconds(20);
    private static final Duration SERVED_WITHIN = Duration.ofSeconds(60);
    private static final Duration RECOVERED_WITHIN = Duration.ofSeconds(30);

    @Test
    @Timeout(270)
    void memoryStaysBoundedAndOthersAreServed(@TempDir Path data) throws Exception {
        try (SluiceProcess sluice = SluiceProcess.in(data)
                .javaOptions("-Xmx" + HEAP_MIB + "m -XX:MaxDirectMemorySize=" + DIRECT_MIB + "m")
                .start()) {
            // Given a topic, and a broker with a small heap
            try (Admin admin = Admin.create(Map.of("bootstrap.servers", sluice.bootstrap()))) {
                admin.createTopics(List.of(new NewTopic("others", 1, (short) 1)))
                        .all()
                        .get();
            }
            var address = new InetSocketAddress(InetAddress.getLoopbackAddress(), sluice.port());
            try (var slow = new SlowSenders(address, CONNECTIONS, LARGEST_REQUEST, CHUNK_BYTES)) {
                // When the slow ones send until the broker takes no more, or has taken far more than it may keep
                slow.start();
                long goal = 4L * (HEAP_MIB + DIRECT_MIB) * MIB;
                sendFor(slow, goal);
                roundTrips(sluice, SERVED_WITHIN);

                // Then it lives within its limits
                String state = "%d of %d connections open, %d MiB sent, RSS %d MiB (peak %d)%n%s"
                        .formatted(
                                slow.open(),
                                CONNECTIONS,
                                slow.sentBytes() >> 20,
                                sluice.residentBytes() >> 20,
                                sluice.peakResidentBytes() >> 20,
                                sluice.output());
                System.out.println(state);
                assertThat(sluice.isAlive()).as(state).isTrue();
                assertThat(sluice.peakResidentBytes() >> 20)
                        .as("peak resident MiB; %s", state)
                        .isLessThan(HEAP_MIB + DIRECT_MIB + JVM_MIB);
                assertThat(sluice.output()).doesNotContain("OutOfMemory");
            }
            // and when they are gone nobody waits for them to be cleared away
            roundTrips(sluice, RECOVERED_WITHIN);
        }
    }

    /** Produces and reads records one by one, as somebody does who knows nothing of the others. */
    private static void roundTrips(SluiceProcess sluice, Duration within) throws Exception {
        long begin = System.nanoTime();
        Map<String, Object> config = Map.of("bootstrap.servers", sluice.bootstrap());
        var partition = new TopicPartition("others", 0);
        try (var producer = new KafkaProducer<>(config, new StringSerializer(), new StringSerializer());
                var consumer = new KafkaConsumer<>(config, new StringDeserializer(), new StringDeserializer())) {
            consumer.assign(List.of(partition));
            consumer.seekToEnd(List.of(partition));
            consumer.position(partition);
            for (int i = 0; i < ROUND_TRIPS; i++) {
                String value = "round trip " + i;
                producer.send(new ProducerRecord<>("others", 0, null, value)).get(within.toSeconds(), TimeUnit.SECONDS);
                var records = consumer.poll(within).records(partition);
                assertThat(records)
                        .as("the record just written; the broker said:%n%s", sluice.output())
                        .hasSize(1);
                assertThat(records.get(0).value()).isEqualTo(value);
            }
        }
        var took = Duration.ofNanos(System.nanoTime() - begin);
        System.out.printf("%d round trips in %d ms%n", ROUND_TRIPS, took.toMillis());
        assertThat(took).as("%d round trips", ROUND_TRIPS).isLessThan(within);
    }

    /** Lets them send until they have sent so much, or can't get rid of more, or their time is over. */
    private static void sendFor(SlowSenders slow, long goalBytes) {
        var stalled = new Stalled(slow, goalBytes);
        long end = System.nanoTime() + SENDING.toNanos();
        await("sending")
                .atMost(SENDING.multipliedBy(2))
                .pollInterval(Duration.ofMillis(200))
                .until(() -> stalled.reached() || System.nanoTime() > end);
    }

    /** Whether the senders have sent so much, or for a while no more. */
    private static final class Stalled {
        private static final int STILL_TIMES = 15;

        private final SlowSenders slow;
        private final long goal;
        private long before;
        private int still;

        Stalled(SlowSenders slow, long goal) {
            this.slow = slow;
            this.goal = goal;
        }

        boolean reached() {
            long now = slow.sentBytes();
            still = now == before ? still + 1 : 0;
            before = now;
            return now >= goal || still >= STILL_TIMES;
        }
    }
}
