/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.kafka.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.epoll.Epoll;
import io.sluice.cluster.config.BrokerSettings;
import io.sluice.kafka.testing.Batches;
import io.sluice.kafka.testing.Broker;
import io.sluice.kafka.testing.RawClient;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.FetchRequestData.FetchPartition;
import org.apache.kafka.common.message.FetchRequestData.FetchTopic;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.message.ProduceRequestData;
import org.apache.kafka.common.message.ProduceRequestData.PartitionProduceData;
import org.apache.kafka.common.message.ProduceRequestData.TopicProduceData;
import org.apache.kafka.common.message.ProduceResponseData;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Many clients each begin a huge request and go no further. There is memory for one of them; the others wait. Who sends little is
 * served all the time, and of those who go away nothing is left.
 */
@Timeout(value = 90, unit = TimeUnit.SECONDS)
class SlowSendersIT {
    private static final int SENDERS = 200;
    private static final int HUGE_BYTES = 16 << 20;
    private static final int SENT_BYTES = 64 << 10;
    private static final int LARGE_BYTES = 5 << 20;
    private static final short VERSION = 9;
    private static final short FETCH_VERSION = 12;
    private static final int SMALL_REQUESTS = 20;
    private static final Duration SERVED_WITHIN = Duration.ofSeconds(6);
    private static final Duration CLEARED_WITHIN = Duration.ofSeconds(20);

    private final List<AutoCloseable> slow = new ArrayList<>();
    private Broker broker;

    private void start(String receiveTimeoutMs) throws Exception {
        broker = new Broker(ListenerLimits.of(BrokerSettings.parse(Map.of(
                "socket.request.max.bytes", Integer.toString(HUGE_BYTES),
                "sluice.inflight.max.bytes", Integer.toString(HUGE_BYTES + (1 << 20)),
                "sluice.request.receive.timeout.ms", receiveTimeoutMs))));
        broker.topic("others", 1);
    }

    @AfterEach
    void stop() throws Exception {
        hangUp();
        broker.close();
    }

    private void beginHugeRequests() throws Exception {
        ByteBuffer begin = ByteBuffer.allocate(SENT_BYTES)
                .putInt(HUGE_BYTES)
                .putShort((short) 0)
                .putShort(VERSION)
                .rewind();
        for (int i = 0; i < SENDERS; i++) {
            RawClient client = broker.client();
            slow.add(client);
            client.sendBytes(begin);
        }
        allButOneWait();
    }

    /** The same, but they send until the broker takes no more: the end of such a connection is stuck behind its bytes. */
    private void fillHugeRequests() throws Exception {
        ByteBuffer begin = ByteBuffer.allocate(SENT_BYTES)
                .putInt(HUGE_BYTES)
                .putShort((short) 0)
                .putShort(VERSION)
                .rewind();
        for (int i = 0; i < SENDERS; i++) {
            SocketChannel client = SocketChannel.open();
            slow.add(client);
            client.setOption(StandardSocketOptions.SO_SNDBUF, SENT_BYTES);
            client.connect(broker.listener().address());
            client.write(begin.rewind());
        }
        allButOneWait();
        for (AutoCloseable client : slow) {
            SocketChannel channel = (SocketChannel) client;
            channel.configureBlocking(false);
            int sent = SENT_BYTES;
            int more = 1;
            while (more > 0 && sent + SENT_BYTES < HUGE_BYTES) {
                more = channel.write(ByteBuffer.allocate(SENT_BYTES));
                sent += more;
            }
        }
    }

    private void allButOneWait() {
        Awaitility.await().until(() -> broker.metric("sluice.kafka.request.memory.waiting") == SENDERS - 1);
    }

    private void hangUp() throws Exception {
        for (AutoCloseable client : slow) {
            client.close();
        }
        slow.clear();
    }

    private static ProduceRequestData produce(MemoryRecords records) {
        ProduceRequestData request = new ProduceRequestData().setAcks((short) 1).setTimeoutMs(30_000);
        TopicProduceData topic = new TopicProduceData().setName("others");
        topic.partitionData().add(new PartitionProduceData().setIndex(0).setRecords(records));
        request.topicData().add(topic);
        return request;
    }

    /** Of the first record. */
    private static ByteBuffer firstValue(RawClient client) throws IOException {
        FetchRequestData request =
                new FetchRequestData().setMaxBytes(HUGE_BYTES).setSessionEpoch(-1);
        FetchTopic topic = new FetchTopic().setTopic("others");
        topic.partitions().add(new FetchPartition().setPartitionMaxBytes(HUGE_BYTES));
        request.topics().add(topic);
        FetchResponseData response = client.call(request, new FetchResponseData(), FETCH_VERSION);
        MemoryRecords records =
                (MemoryRecords) response.responses().get(0).partitions().get(0).records();
        return records.records().iterator().next().value();
    }

    private static short errorCode(ProduceResponseData response) {
        return response.responses()
                .find("others", Uuid.ZERO_UUID)
                .partitionResponses()
                .get(0)
                .errorCode();
    }

    /** On connections of their own, as new clients do. */
    private void smallProducersAreServed(String when) throws Exception {
        ProduceRequestData request = produce(Batches.of("small"));
        long begin = System.nanoTime();
        for (int i = 0; i < SMALL_REQUESTS; i++) {
            try (RawClient client = broker.client()) {
                ProduceResponseData response = client.call(request, new ProduceResponseData(), VERSION);
                assertThat(errorCode(response)).isZero();
            }
        }
        assertThat(Duration.ofNanos(System.nanoTime() - begin))
                .as("%d small requests %s", SMALL_REQUESTS, when)
                .isLessThan(SERVED_WITHIN);
    }

    private void awaitCleared() {
        Awaitility.await().atMost(CLEARED_WITHIN).untilAsserted(() -> {
            assertThat(broker.metric("sluice.kafka.request.memory.waiting")).isZero();
            assertThat(broker.metric("sluice.kafka.request.memory.used")).isZero();
            assertThat(broker.metric("sluice.kafka.connections")).isZero();
        });
    }

    @Test
    void othersAreServedWhileTheyWaitAndWhenTheyGo() throws Exception {
        Assumptions.assumeTrue(Epoll.isAvailable(), "only epoll tells of the end of a connection that is not read");
        // Given
        start("60000");
        beginHugeRequests();
        smallProducersAreServed("while others wait");

        // When
        hangUp();

        // Then
        smallProducersAreServed("right after the others have gone");
        awaitCleared();
        assertThat(broker.metric("sluice.kafka.request.memory.waits.gone")).isGreaterThan(SENDERS / 2.0);
    }

    @Test
    void othersAreServedWhileTheyFillTheirConnectionsAndWhenTheyGo() throws Exception {
        // Given
        start("60000");
        fillHugeRequests();
        smallProducersAreServed("while others wait");

        // When
        hangUp();

        // Then
        smallProducersAreServed("right after the others have gone");
        awaitCleared();
    }

    @Test
    void aRequestThatHadToWaitArrivesWhole() throws Exception {
        // Given one that holds the memory, and a large request that waits behind it
        start("60000");
        RawClient holder = broker.client();
        slow.add(holder);
        holder.sendBytes(ByteBuffer.allocate(SENT_BYTES)
                .putInt(HUGE_BYTES)
                .putShort((short) 0)
                .putShort(VERSION)
                .rewind());
        Awaitility.await().until(() -> broker.metric("sluice.kafka.request.memory.used") == HUGE_BYTES);
        try (RawClient large = broker.client()) {
            byte[] value = new byte[LARGE_BYTES];
            new Random(1).nextBytes(value);
            ProduceRequestData request =
                    produce(MemoryRecords.withRecords(Compression.NONE, new SimpleRecord(1_000L, null, value)));
            CompletableFuture<ProduceResponseData> answer = CompletableFuture.supplyAsync(() -> {
                try {
                    return large.call(request, new ProduceResponseData(), VERSION);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
            Awaitility.await().until(() -> broker.metric("sluice.kafka.request.memory.waiting") == 1);

            // When
            hangUp();

            // Then
            assertThat(errorCode(answer.get(20, TimeUnit.SECONDS))).isZero();
            assertThat(firstValue(large)).isEqualTo(ByteBuffer.wrap(value));
        }
    }

    @Test
    void whoWaitsTooLongIsClosed() throws Exception {
        // Given
        start("1500");

        // When
        beginHugeRequests();

        // Then
        Awaitility.await().atMost(Duration.ofSeconds(20)).untilAsserted(() -> {
            assertThat(broker.metric("sluice.kafka.connections")).isZero();
            assertThat(broker.metric("sluice.kafka.request.memory.used")).isZero();
        });
        assertThat(broker.metric("sluice.kafka.request.memory.timeouts")).isGreaterThan(SENDERS / 2.0);
    }
}
