/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.kafka.producer;

import io.sluice.actors.partition.PartitionHandle.ProducerInfo;
import io.sluice.kafka.api.ApiHandler;
import io.sluice.kafka.api.HandlerServices;
import io.sluice.kafka.api.LedPartitions;
import io.sluice.kafka.api.PartAnswers;
import io.sluice.kafka.api.RequestContext;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.message.DescribeProducersRequestData;
import org.apache.kafka.common.message.DescribeProducersRequestData.TopicRequest;
import org.apache.kafka.common.message.DescribeProducersResponseData;
import org.apache.kafka.common.message.DescribeProducersResponseData.PartitionResponse;
import org.apache.kafka.common.message.DescribeProducersResponseData.ProducerState;
import org.apache.kafka.common.message.DescribeProducersResponseData.TopicResponse;

/** What partitions know of idempotent producers. */
final class DescribeProducersHandler
        implements ApiHandler<DescribeProducersRequestData, DescribeProducersResponseData> {
    private static final short KEY = 61;

    private final LedPartitions partitions;

    DescribeProducersHandler(HandlerServices services) {
        this.partitions = new LedPartitions(services.node());
    }

    @Override
    public short apiKey() {
        return KEY;
    }

    @Override
    public CompletionStage<DescribeProducersResponseData> handle(
            RequestContext context, DescribeProducersRequestData request) {
        DescribeProducersResponseData response = new DescribeProducersResponseData();
        PartAnswers<DescribeProducersResponseData> answers = new PartAnswers<>(response);
        for (TopicRequest topic : request.topics()) {
            TopicResponse result = new TopicResponse().setName(topic.name());
            response.topics().add(result);
            for (int index : topic.partitionIndexes()) {
                PartitionResponse answer = new PartitionResponse().setPartitionIndex(index);
                result.partitions().add(answer);
                describe(topic.name(), answer, answers);
            }
        }
        return answers.allAsked();
    }

    private void describe(String topic, PartitionResponse answer, PartAnswers<?> answers) {
        LedPartitions.Found found = partitions.find(topic, answer.partitionIndex());
        if (found.handle() == null) {
            answer.setErrorCode(found.error().code());
            return;
        }
        answers.expect();
        found.handle().describeProducers(producers -> {
            producers.forEach(producer -> answer.activeProducers().add(state(producer)));
            answers.answered();
        });
    }

    private static ProducerState state(ProducerInfo producer) {
        return new ProducerState()
                .setProducerId(producer.producerId())
                .setProducerEpoch(producer.producerEpoch())
                .setLastSequence(producer.lastSequence())
                .setLastTimestamp(producer.lastTimestampMs())
                .setCoordinatorEpoch(producer.coordinatorEpoch())
                .setCurrentTxnStartOffset(producer.currentTransactionStartOffset());
    }
}
