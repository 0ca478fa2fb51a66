/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.kafka.offset;

import io.sluice.actors.partition.PartitionHandle;
import io.sluice.kafka.api.ApiHandler;
import io.sluice.kafka.api.HandlerServices;
import io.sluice.kafka.api.LedPartitions;
import io.sluice.kafka.api.RequestContext;
import io.sluice.log.ErrorCode;
import io.sluice.log.LogView;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
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
        List<CompletableFuture<?>> doubts = new ArrayList<>();
        request.topics().forEach(topic -> {
            OffsetForLeaderTopicResult result = new OffsetForLeaderTopicResult().setTopic(topic.topic());
            topic.partitions().forEach(asked -> {
                EpochEndOffset answer = new EpochEndOffset().setPartition(asked.partition());
                result.partitions().add(answer);
                CompletableFuture<?> doubt = answer(answer, topic.topic(), asked);
                if (doubt != null) {
                    doubts.add(doubt);
                }
            });
            response.topics().add(result);
        });
        return CompletableFuture.allOf(doubts.toArray(CompletableFuture[]::new)).thenApply(all -> response);
    }

    /** @return when the answer is complete; null if it is */
    private CompletableFuture<?> answer(EpochEndOffset answer, String topic, OffsetForLeaderPartition asked) {
        LedPartitions.Found found = partitions.find(topic, asked.partition(), asked.currentLeaderEpoch());
        PartitionHandle handle = found.handle();
        if (handle == null) {
            answer.setErrorCode(found.error().code());
            return null;
        } else if (asked.leaderEpoch() <= handle.leaderEpoch()) {
            setEnd(answer, handle, asked);
            return null;
        }
        return stillLeads(handle).thenAccept(leads -> {
            if (leads) {
                setEnd(answer, handle, asked);
            } else {
                answer.setErrorCode(ErrorCode.NOT_LEADER_OR_FOLLOWER.code());
            }
        });
    }

    /**
     * A client that has read records of a later epoch has them from a later leader, unless the topic is not the one that it read. Before it is told that
     * they are gone the replicas must have said that there is no such leader.
     */
    private static CompletableFuture<Boolean> stillLeads(PartitionHandle handle) {
        CompletableFuture<Boolean> answer = new CompletableFuture<>();
        handle.confirmLeads(answer::complete);
        return answer.completeOnTimeout(false, LedPartitions.STILL_LEADS_MAX_MS, TimeUnit.MILLISECONDS);
    }

    private static void setEnd(EpochEndOffset answer, PartitionHandle handle, OffsetForLeaderPartition asked) {
        LogView.EpochEnd end = handle.view().endOfEpoch(asked.leaderEpoch());
        answer.setLeaderEpoch(end.leaderEpoch()).setEndOffset(end.endOffset());
    }
}
