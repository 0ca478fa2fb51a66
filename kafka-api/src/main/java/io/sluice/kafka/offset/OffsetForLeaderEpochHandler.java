/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.kafka.offset;

import io.sluice.kafka.api.ApiHandler;
import io.sluice.kafka.api.HandlerServices;
import io.sluice.kafka.api.LedPartitions;
import io.sluice.kafka.api.RequestContext;
import io.sluice.log.LogView;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.message.OffsetForLeaderEpochRequestData;
import org.apache.kafka.common.message.OffsetForLeaderEpochRequestData.OffsetForLeaderPartition;
import org.apache.kafka.common.message.OffsetForLeaderEpochResponseData;
import org.apache.kafka.common.message.OffsetForLeaderEpochResponseData.EpochEndOffset;
import org.apache.kafka.common.message.OffsetForLeaderEpochResponseData.OffsetForLeaderTopicResult;

/** Where an epoch ended: tells a client after a change of leaders whether what it has read is still there (KIP-320). */
final class OffsetForLeaderEpochHandler
        implements ApiHandler<OffsetForLeaderEpochRequestData, OffsetForLeaderEpochResponseData> {
    private static final short KEY = 23;

    private final LedPartitions partitions;

    OffsetForLeaderEpochHandler(HandlerServices services) {
        this.partitions = new LedPartitions(services.node());
    }

    @Override
    public short apiKey() {
        return KEY;
    }

    @Override
    public CompletionStage<OffsetForLeaderEpochResponseData> handle(
            RequestContext context, OffsetForLeaderEpochRequestData request) {
        OffsetForLeaderEpochResponseData response = new OffsetForLeaderEpochResponseData();
        request.topics().forEach(topic -> {
            OffsetForLeaderTopicResult result = new OffsetForLeaderTopicResult().setTopic(topic.topic());
            topic.partitions().forEach(asked -> result.partitions().add(end(topic.topic(), asked)));
            response.topics().add(result);
        });
        return CompletableFuture.completedFuture(response);
    }

    private EpochEndOffset end(String topic, OffsetForLeaderPartition asked) {
        EpochEndOffset answer = new EpochEndOffset().setPartition(asked.partition());
        LedPartitions.Found found = partitions.find(topic, asked.partition(), asked.currentLeaderEpoch());
        if (found.handle() == null) {
            return answer.setErrorCode(found.error().code());
        }
        LogView.EpochEnd end = found.handle().view().endOfEpoch(asked.leaderEpoch());
        return answer.setLeaderEpoch(end.leaderEpoch()).setEndOffset(end.endOffset());
    }
}
