/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.kafka.offset;

import io.sluice.cluster.Node;
import io.sluice.cluster.config.TopicConfigs;
import io.sluice.kafka.api.ApiHandler;
import io.sluice.kafka.api.HandlerServices;
import io.sluice.kafka.api.LedPartitions;
import io.sluice.kafka.api.PartAnswers;
import io.sluice.kafka.api.RequestContext;
import io.sluice.log.ErrorCode;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.message.DeleteRecordsRequestData;
import org.apache.kafka.common.message.DeleteRecordsRequestData.DeleteRecordsPartition;
import org.apache.kafka.common.message.DeleteRecordsRequestData.DeleteRecordsTopic;
import org.apache.kafka.common.message.DeleteRecordsResponseData;
import org.apache.kafka.common.message.DeleteRecordsResponseData.DeleteRecordsPartitionResult;
import org.apache.kafka.common.message.DeleteRecordsResponseData.DeleteRecordsTopicResult;

/** Moves the beginning of logs (KIP-107). Not for topics that are only compacted, nor for internal ones. */
final class DeleteRecordsHandler implements ApiHandler<DeleteRecordsRequestData, DeleteRecordsResponseData> {
    private static final short KEY = 21;
    private static final long UNKNOWN = -1;

    /** Asks for everything up to the high watermark. */
    private static final long TO_HIGH_WATERMARK = -1;

    private final Node node;
    private final LedPartitions partitions;
    private final TopicConfigs configs;

    DeleteRecordsHandler(HandlerServices services) {
        this.node = services.node();
        this.partitions = new LedPartitions(node);
        this.configs = new TopicConfigs(node.settings());
    }

    @Override
    public short apiKey() {
        return KEY;
    }

    @Override
    public CompletionStage<DeleteRecordsResponseData> handle(RequestContext context, DeleteRecordsRequestData request) {
        DeleteRecordsResponseData response = new DeleteRecordsResponseData();
        PartAnswers<DeleteRecordsResponseData> answers = new PartAnswers<>(response);
        for (DeleteRecordsTopic topic : request.topics()) {
            DeleteRecordsTopicResult result = new DeleteRecordsTopicResult().setName(topic.name());
            response.topics().add(result);
            for (DeleteRecordsPartition partition : topic.partitions()) {
                DeleteRecordsPartitionResult answer = new DeleteRecordsPartitionResult()
                        .setPartitionIndex(partition.partitionIndex())
                        .setLowWatermark(UNKNOWN);
                result.partitions().add(answer);
                delete(topic.name(), partition, answer, answers);
            }
        }
        return answers.allAsked();
    }

    private void delete(
            String topic, DeleteRecordsPartition asked, DeleteRecordsPartitionResult answer, PartAnswers<?> answers) {
        LedPartitions.Found found = partitions.find(topic, asked.partitionIndex());
        ErrorCode refusal = found.error();
        if (refusal == ErrorCode.NONE) {
            refusal = refusal(found, asked.offset());
        }
        if (refusal != ErrorCode.NONE) {
            answer.setErrorCode(refusal.code());
            return;
        }
        answers.expect();
        found.handle().deleteRecords(asked.offset(), (error, logStartOffset) -> {
            answer.setErrorCode(error.code()).setLowWatermark(error == ErrorCode.NONE ? logStartOffset : UNKNOWN);
            answers.answered();
        });
    }

    private ErrorCode refusal(LedPartitions.Found found, long offset) {
        if (found.topic().internal()) {
            return ErrorCode.INVALID_TOPIC_EXCEPTION;
        }
        if (!configs.effective(node.metadata(), found.topic()).delete()) {
            return ErrorCode.POLICY_VIOLATION;
        }
        return offset < TO_HIGH_WATERMARK ? ErrorCode.OFFSET_OUT_OF_RANGE : ErrorCode.NONE;
    }
}
