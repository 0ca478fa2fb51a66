/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.kafka.replica;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.sluice.actors.replication.ReplicaKey;
import io.sluice.actors.replication.ReplicaMessage;
import io.sluice.kafka.testing.Batches;
import io.sluice.kafka.testing.Broker;
import io.sluice.kafka.testing.FakeNode;
import io.sluice.kafka.testing.RawClient;
import io.sluice.kafka.wire.MalformedRequestException;
import java.io.EOFException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.apache.kafka.common.message.ApiVersionsRequestData;
import org.apache.kafka.common.message.ApiVersionsResponseData;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Whatever comes under this API's number, it ends its own connection at most. */
class DamagedReplicaRequestsTest {
    private static final int HEADER_BYTES = 4 + 2 + 2 + 4 + 2;

    private static ReplicaFetchRequest request(String clusterId, List<ReplicaKey> keys, Random random) {
        List<ReplicaFetchRequest.Entry> fetches = new ArrayList<>();
        for (ReplicaKey key : keys) {
            fetches.add(new ReplicaFetchRequest.Entry(
                    key,
                    new ReplicaMessage.Fetch(
                            5, random.nextLong(), random.nextLong(), -1, 0, random.nextInt(), true, false, 0)));
        }
        LinkRequest link = new LinkRequest(clusterId, 2, FakeNode.ID, random.nextInt(2) * 50, 1 << 20);
        return new ReplicaFetchRequest(link, 1 << 20, fetches, keys.subList(0, 1));
    }

    private static byte[] bytes(ReplicaFetchRequest request) {
        ByteBuf out = Unpooled.directBuffer(request.sizeInBytes());
        try {
            request.write(out, 1);
            byte[] bytes = new byte[out.readableBytes()];
            out.readBytes(bytes);
            return bytes;
        } finally {
            out.release();
        }
    }

    private static List<ReplicaKey> keys(Random random) {
        return List.of(
                new ReplicaKey(new UUID(random.nextLong(), random.nextLong()), random.nextInt()),
                new ReplicaKey(new UUID(random.nextLong(), random.nextLong()), random.nextInt()));
    }

    private static byte[] damaged(byte[] good, Random random) {
        byte[] bytes = good.clone();
        for (int times = 1 + random.nextInt(3); times > 0; times--) {
            int at = HEADER_BYTES + random.nextInt(bytes.length - HEADER_BYTES);
            switch (random.nextInt(4)) {
                case 0 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
                case 1 -> bytes[at] = (byte) random.nextInt();
                case 2 -> bytes = Arrays.copyOf(bytes, Math.max(HEADER_BYTES + 1, at));
                default -> bytes = Arrays.copyOf(bytes, bytes.length + 1 + random.nextInt(20));
            }
        }
        ByteBuffer.wrap(bytes).putInt(0, bytes.length - 4);
        return bytes;
    }

    @Property
    void whatIsWrittenIsReadBack(@ForAll long seed) {
        // Given
        Random random = new Random(seed);
        ReplicaFetchRequest request = request("a cluster", keys(random), random);

        // When
        ByteBuf frame = Unpooled.wrappedBuffer(bytes(request)).skipBytes(HEADER_BYTES);

        // Then
        assertThat(ReplicaFetchRequest.read(frame)).isEqualTo(request);
    }

    @Property
    void aDamagedRequestIsRefusedOrIsAnotherOne(@ForAll long seed) {
        // Given
        Random random = new Random(seed);
        byte[] bytes = damaged(bytes(request("a cluster", keys(random), random)), random);
        ByteBuf frame = Unpooled.wrappedBuffer(bytes).skipBytes(HEADER_BYTES);

        // Then
        assertThatCode(() -> {
                    try {
                        ReplicaFetchRequest.read(frame);
                    } catch (MalformedRequestException refused) {
                        assertThat(refused.getMessage()).isNotBlank();
                    }
                })
                .doesNotThrowAnyException();
    }

    @Test
    @Timeout(value = 120, unit = TimeUnit.SECONDS)
    void theListenerLivesOn() throws Exception {
        long seed = Long.getLong("sluice.fuzz.seed", System.nanoTime());
        System.out.println("sluice.fuzz.seed=" + seed);
        Random random = new Random(seed);
        try (FakeReplicas replicas = new FakeReplicas();
                Broker broker = new Broker()) {
            // Given
            broker.node.replicas = replicas;
            List<ReplicaKey> keys = List.of(replicas.partition(0), replicas.partition(1));
            replicas.append(keys.get(0), Batches.of("a"));
            String cluster = broker.node.metadata().clusterId();
            int answered = 0;
            int closed = 0;
            int waiting = 0;
            try (RawClient clean = broker.client()) {
                // When
                for (int i = 0; i < 3_000; i++) {
                    byte[] bytes = damaged(bytes(request(cluster, keys, random)), random);
                    try (RawClient client = broker.client()) {
                        client.socket().setSoTimeout(300);
                        client.sendBytes(ByteBuffer.wrap(bytes));
                        client.sendBytes(RawClient.frame(new ApiVersionsRequestData(), (short) 0, 7, null));
                        while (client.receiveBytes().getInt(0) != 7) {
                            answered++;
                        }
                    } catch (SocketTimeoutException waits) {
                        // One whose longest wait was damaged: answered in the end, and so are those behind it.
                        waiting++;
                    } catch (EOFException | SocketException end) {
                        closed++;
                    }
                    if (i % 100 == 0) {
                        clean.call(new ApiVersionsRequestData(), new ApiVersionsResponseData(), (short) 0);
                    }
                }
            }

            // Then
            assertThat(answered).as("seed %d", seed).isPositive();
            assertThat(closed).as("seed %d", seed).isPositive();
            assertThat(waiting).as("seed %d", seed).isLessThan(1_000);
            Awaitility.await().untilAsserted(() -> {
                assertThat(broker.metric("sluice.replica.served.waiting")).isZero();
                assertThat(broker.metric("sluice.kafka.connections")).isZero();
                assertThat(broker.metric("sluice.kafka.request.memory.used")).isZero();
                assertThat(replicas.openSlices()).isZero();
            });
        }
    }
}
