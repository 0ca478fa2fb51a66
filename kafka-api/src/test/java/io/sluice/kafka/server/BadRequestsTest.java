/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.kafka.server;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.sluice.cluster.config.BrokerSettings;
import io.sluice.kafka.testing.Batches;
import io.sluice.kafka.testing.Broker;
import io.sluice.kafka.testing.RawClient;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.message.ApiVersionsRequestData;
import org.apache.kafka.common.message.ApiVersionsResponseData;
import org.apache.kafka.common.message.ProduceRequestData;
import org.apache.kafka.common.message.ProduceRequestData.PartitionProduceData;
import org.apache.kafka.common.message.ProduceRequestData.TopicProduceData;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.LoggerFactory;

/** Whatever a connection sends, it alone is closed, with one line in the log, and others are served. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class BadRequestsTest {
    private final ListAppender<ILoggingEvent> log = new ListAppender<>();
    private Broker broker;

    @BeforeEach
    void start() throws Exception {
        log.start();
        ((Logger) LoggerFactory.getLogger(ConnectionLog.class)).addAppender(log);
        broker = new Broker(ListenerLimits.of(BrokerSettings.parse(
                Map.of("sluice.request.receive.timeout.ms", "1500", "max.connections.per.ip", "3"))));
    }

    @AfterEach
    void stop() throws Exception {
        ((Logger) LoggerFactory.getLogger(ConnectionLog.class)).detachAppender(log);
        broker.close();
    }

    private void assertClosed(ByteBuffer bytes, String reason) throws Exception {
        // Given
        log.list.clear();
        try (RawClient bad = broker.client();
                RawClient good = broker.client()) {
            // When
            bad.sendBytes(bytes);

            // Then
            assertThat(bad.isClosedByBroker()).isTrue();
            assertThat(good.call(new ApiVersionsRequestData(), new ApiVersionsResponseData(), (short) 0)
                            .errorCode())
                    .isZero();
        }
        assertThat(log.list).hasSize(1);
        assertThat(log.list.get(0).getFormattedMessage()).contains(reason).contains("127.0.0.1");
        Awaitility.await().untilAsserted(() -> assertThat(broker.metric("sluice.kafka.request.memory.used"))
                .isZero());
    }

    private static ByteBuffer bytes(Object... values) {
        ByteBuffer bytes = ByteBuffer.allocate(1_000);
        for (Object value : values) {
            if (value instanceof Integer number) {
                bytes.putInt(number);
            } else if (value instanceof Short number) {
                bytes.putShort(number);
            } else {
                bytes.put(((String) value).getBytes(StandardCharsets.ISO_8859_1));
            }
        }
        return bytes.flip();
    }

    @Test
    void lengthsThatCanNotBe() throws Exception {
        assertClosed(bytes(-1, (short) 0), "a request of -1 bytes");
        assertClosed(bytes(0, (short) 0), "a request of 0 bytes");
        assertClosed(bytes(7, (short) 0), "a request of 7 bytes");
        assertClosed(bytes(Integer.MAX_VALUE, (short) 0), "the limit is 104857600");
        assertClosed(bytes((100 << 20) + 1, (short) 0), "the limit is 104857600");
        assertClosed(bytes((16 << 20) + 1, (short) 18), "the limit is 16777216");
    }

    @Test
    void otherProtocols() throws Exception {
        assertClosed(bytes("GET / HTTP/1.1\r\nHost: x\r\n\r\n"), "a request of 1195725856 bytes");
        assertClosed(bytes("\u0016\u0003\u0001\u0000\u00ee\u0001\u0000\u0000"), "a request of 369295616 bytes");
    }

    @Test
    void unknownApisAndVersions() throws Exception {
        assertClosed(bytes(8, (short) 999, (short) 0, 1), "API 999, which is not served");
        assertClosed(bytes(8, (short) -1, (short) 0, 1), "API -1, which is not served");
        assertClosed(bytes(8, (short) 0, (short) 2, 1), "version 2 of API 0, served are 3 to 13");
        assertClosed(bytes(8, (short) 1, (short) 99, 1), "version 99 of API 1, served are 4 to 18");
        assertClosed(bytes(8, (short) 18, (short) -3, 1), "version -3 of API 18");
    }

    @Test
    void fieldsThatEndTooEarly() throws Exception {
        assertClosed(bytes(10, (short) 18, (short) 0, 1, (short) 500), "a client id of 500 bytes");
        assertClosed(bytes(8, (short) 18, (short) 0, 1), "a field of 2 bytes where 0 are left");
        assertClosed(bytes(14, (short) 3, (short) 1, 1, (short) -1, 2_000_000), "Metadata");
    }

    @Test
    void aProduceRequestThatClaimsMoreThanThereIs() throws Exception {
        // Given
        TopicProduceData topic = new TopicProduceData().setName("orders");
        topic.partitionData().add(new PartitionProduceData().setIndex(0).setRecords(Batches.of("abc")));
        ProduceRequestData request = new ProduceRequestData().setAcks((short) 1);
        request.topicData().add(topic);
        ByteBuffer frame = RawClient.frame(request, (short) 3, 1, null);
        int records = frame.limit() - Batches.of("abc").sizeInBytes();
        frame.putInt(records - 4, 1 << 30);

        // Then
        assertClosed(frame, "records of 1073741824 bytes");
    }

    @Test
    void tooManyTaggedFields() throws Exception {
        // Given more unknown tagged fields in the header than one request may have
        ByteBuffer bytes = ByteBuffer.allocate(100_000);
        bytes.putInt(0).putShort((short) 18).putShort((short) 3).putInt(1).putShort((short) -1);
        bytes.put((byte) 0x91).put((byte) 0x4e);
        for (int i = 0; i < 10_001; i++) {
            bytes.put((byte) 5).put((byte) 0);
        }
        bytes.flip().putInt(0, bytes.limit() - 4);

        // Then
        assertClosed(bytes, "more than 10000 unknown tagged fields");
    }

    @Test
    void aRequestThatDoesNotArriveInTime() throws Exception {
        assertClosed(bytes(100, (short) 18, (short) 0), "sluice.request.receive.timeout.ms=1500");
        assertClosed(bytes(1_000_000, (short) 0, (short) 9, "abc"), "sluice.request.receive.timeout.ms=1500");
    }

    @Test
    void moreConnectionsThanAllowedFromOneAddress() throws Exception {
        // Given as many as are allowed, each of them served (connections are counted on several threads)
        try (RawClient first = broker.client();
                RawClient second = broker.client();
                RawClient third = broker.client()) {
            for (RawClient client : new RawClient[] {first, second, third}) {
                client.call(new ApiVersionsRequestData(), new ApiVersionsResponseData(), (short) 0);
            }

            // When
            try (RawClient fourth = broker.client()) {
                assertThat(fourth.isClosedByBroker()).isTrue();
            }

            // Then
            first.call(new ApiVersionsRequestData(), new ApiVersionsResponseData(), (short) 0);
            assertThat(log.list.get(0).getFormattedMessage()).contains("max.connections.per.ip=3");
            assertThat(broker.metric("sluice.kafka.connections.refused")).isEqualTo(1);
        }

        // And when they have gone there is room again
        Awaitility.await().untilAsserted(() -> assertThat(broker.metric("sluice.kafka.connections"))
                .isZero());
        try (RawClient again = broker.client()) {
            again.call(new ApiVersionsRequestData(), new ApiVersionsResponseData(), (short) 0);
        }
    }

    @Test
    void bytesThatComeOneByOneAreARequest() throws Exception {
        // Given
        ByteBuffer frame = RawClient.frame(new ApiVersionsRequestData(), (short) 0, 5, "slow");
        try (RawClient client = broker.client()) {
            // When
            while (frame.hasRemaining()) {
                client.sendBytes(ByteBuffer.wrap(new byte[] {frame.get()}));
            }

            // Then
            client.receive(new ApiVersionsResponseData(), (short) 0, 5);
        }
    }
}
