/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.kafka.producer;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.cluster.metadata.Controller;
import io.sluice.kafka.testing.Broker;
import io.sluice.kafka.testing.RawClient;
import io.sluice.log.ErrorCode;
import java.lang.reflect.Proxy;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.common.message.DescribeProducersRequestData;
import org.apache.kafka.common.message.DescribeProducersResponseData;
import org.apache.kafka.common.message.InitProducerIdRequestData;
import org.apache.kafka.common.message.InitProducerIdResponseData;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(value = 60, unit = TimeUnit.SECONDS)
class ProducerIdsTest {
    private final AtomicLong nextBlock = new AtomicLong();
    private volatile boolean reachable = true;
    private Broker broker;
    private RawClient client;

    @BeforeEach
    void start() throws Exception {
        broker = new Broker();
        broker.node.controller = (Controller) Proxy.newProxyInstance(
                Controller.class.getClassLoader(), new Class<?>[] {Controller.class}, (proxy, method, arguments) -> {
                    assertThat(method.getName()).isEqualTo("allocateProducerIds");
                    int count = (int) arguments[0];
                    return CompletableFuture.supplyAsync(() -> reachable ? nextBlock.getAndAdd(count) : -1L);
                });
        client = broker.client();
    }

    @AfterEach
    void stop() throws Exception {
        client.close();
        broker.close();
    }

    private InitProducerIdResponseData init(InitProducerIdRequestData request, short version) throws Exception {
        return client.call(request, new InitProducerIdResponseData(), version);
    }

    private static InitProducerIdRequestData idempotent() {
        return new InitProducerIdRequestData().setTransactionalId(null).setTransactionTimeoutMs(60_000);
    }

    @ParameterizedTest
    @ValueSource(shorts = {0, 1, 2, 3, 4, 5})
    void everyVersionGetsAnId(short version) throws Exception {
        InitProducerIdResponseData answer = init(idempotent(), version);
        assertThat(answer.errorCode()).isZero();
        assertThat(answer.producerId()).isNotNegative();
        assertThat(answer.producerEpoch()).isZero();
    }

    @Test
    void noIdIsGivenTwiceAcrossBlocks() throws Exception {
        // Given more requests than a block has ids, several on their way at a time
        int count = 2 * ProducerIds.BLOCK + 17;
        Set<Long> ids = new HashSet<>();
        int sent = 0;

        // When
        for (int received = 0; received < count; received++) {
            while (sent < count && sent - received < 32) {
                client.send(idempotent(), (short) 4);
                sent++;
            }
            ids.add(client.receive(new InitProducerIdResponseData(), (short) 4, received + 1)
                    .producerId());
        }

        // Then
        assertThat(ids).hasSize(count);
    }

    @Test
    void anUnreachableControllerIsARetriableError() throws Exception {
        reachable = false;
        assertThat(init(idempotent(), (short) 4).errorCode()).isEqualTo(ErrorCode.COORDINATOR_LOAD_IN_PROGRESS.code());
        reachable = true;
        assertThat(init(idempotent(), (short) 4).errorCode()).isZero();
    }

    @Test
    void aProducerThatComesWithAnIdGetsANewOne() throws Exception {
        InitProducerIdResponseData first = init(idempotent(), (short) 4);
        InitProducerIdResponseData second =
                init(idempotent().setProducerId(first.producerId()).setProducerEpoch((short) 3), (short) 4);
        assertThat(second.producerId()).isNotEqualTo(first.producerId());
        assertThat(second.producerEpoch()).isZero();
    }

    @Test
    void transactionsAreRefused() throws Exception {
        InitProducerIdRequestData transactional = idempotent().setTransactionalId("t");
        assertThat(init(transactional, (short) 4).errorCode()).isEqualTo(ErrorCode.UNSUPPORTED_VERSION.code());
        assertThat(init(transactional.duplicate().setTransactionTimeoutMs(900_001), (short) 4)
                        .errorCode())
                .isEqualTo(ErrorCode.INVALID_TRANSACTION_TIMEOUT.code());
        assertThat(init(transactional.duplicate().setTransactionalId(""), (short) 4)
                        .errorCode())
                .isEqualTo(ErrorCode.INVALID_REQUEST.code());
    }

    @Test
    void producersOfAPartitionAreDescribed() throws Exception {
        // Given
        broker.topic("orders", 1);
        DescribeProducersRequestData request = new DescribeProducersRequestData()
                .setTopics(List.of(new DescribeProducersRequestData.TopicRequest()
                        .setName("orders")
                        .setPartitionIndexes(List.of(0, 1))));

        // When
        List<DescribeProducersResponseData.PartitionResponse> answers = client.call(
                        request, new DescribeProducersResponseData(), (short) 0)
                .topics()
                .get(0)
                .partitions();

        // Then
        assertThat(answers.get(0).activeProducers().get(0).lastSequence()).isEqualTo(41);
        assertThat(answers.get(1).errorCode()).isEqualTo(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION.code());
    }
}
