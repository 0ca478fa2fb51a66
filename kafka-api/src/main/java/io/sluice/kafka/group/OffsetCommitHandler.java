/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.kafka.group;

import io.sluice.actors.group.GroupRequest.Commit;
import io.sluice.actors.group.GroupRequest.NewOffset;
import io.sluice.actors.group.GroupRequest.PartitionKey;
import io.sluice.actors.group.GroupResponse.Committed;
import io.sluice.cluster.Node;
import io.sluice.cluster.metadata.MetadataImage;
import io.sluice.cluster.metadata.MetadataImage.TopicInfo;
import io.sluice.kafka.api.ApiHandler;
import io.sluice.kafka.api.RequestContext;
import io.sluice.log.ErrorCode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.message.OffsetCommitRequestData;
import org.apache.kafka.common.message.OffsetCommitRequestData.OffsetCommitRequestPartition;
import org.apache.kafka.common.message.OffsetCommitRequestData.OffsetCommitRequestTopic;
import org.apache.kafka.common.message.OffsetCommitResponseData;
import org.apache.kafka.common.message.OffsetCommitResponseData.OffsetCommitResponsePartition;
import org.apache.kafka.common.message.OffsetCommitResponseData.OffsetCommitResponseTopic;

/** OffsetCommit. Offsets of topics or partitions that don't exist are refused one by one, the others are committed. */
final class OffsetCommitHandler implements ApiHandler<OffsetCommitRequestData, OffsetCommitResponseData> {
    private static final int FIRST_WITH_GROUP_NOT_FOUND = 9;

    private final Node node;
    private final Coordinators coordinators;

    OffsetCommitHandler(Node node, Coordinators coordinators) {
        this.node = node;
        this.coordinators = coordinators;
    }

    @Override
    public short apiKey() {
        return 8;
    }

    @Override
    public CompletionStage<OffsetCommitResponseData> handle(RequestContext context, OffsetCommitRequestData request) {
        int version = context.apiVersion();
        MetadataImage image = node.metadata();
        List<Optional<TopicInfo>> topics = new ArrayList<>(request.topics().size());
        List<NewOffset> offsets = new ArrayList<>();
        for (OffsetCommitRequestTopic requested : request.topics()) {
            Optional<TopicInfo> topic = TopicNames.find(image, version, requested.name(), requested.topicId());
            topics.add(topic);
            for (OffsetCommitRequestPartition partition : requested.partitions()) {
                if (exists(topic, partition.partitionIndex())) {
                    offsets.add(newOffset(topic.get(), partition));
                }
            }
        }
        Commit commit = new Commit(
                request.groupId(),
                request.generationIdOrMemberEpoch(),
                request.memberId(),
                request.groupInstanceId(),
                request.retentionTimeMs(),
                version >= FIRST_WITH_GROUP_NOT_FOUND,
                offsets);
        CompletionStage<Committed> answer =
                offsets.isEmpty() && !request.topics().isEmpty()
                        ? CompletableFuture.completedFuture(commit.failed(ErrorCode.NONE))
                        : coordinators.ask(commit);
        return answer.thenApply(committed -> response(request, topics, committed, version));
    }

    private static boolean exists(Optional<TopicInfo> topic, int partition) {
        return topic.isPresent()
                && partition >= 0
                && partition < topic.get().partitions().size();
    }

    private static NewOffset newOffset(TopicInfo topic, OffsetCommitRequestPartition partition) {
        return new NewOffset(
                topic.name(),
                topic.id(),
                partition.partitionIndex(),
                partition.committedOffset(),
                partition.committedLeaderEpoch(),
                partition.committedMetadata());
    }

    private static OffsetCommitResponseData response(
            OffsetCommitRequestData request, List<Optional<TopicInfo>> topics, Committed committed, int version) {
        OffsetCommitResponseData response = new OffsetCommitResponseData();
        ErrorCode missing = version >= TopicNames.FIRST_WITH_TOPIC_IDS
                ? ErrorCode.UNKNOWN_TOPIC_ID
                : ErrorCode.UNKNOWN_TOPIC_OR_PARTITION;
        for (int i = 0; i < topics.size(); i++) {
            OffsetCommitRequestTopic requested = request.topics().get(i);
            Optional<TopicInfo> topic = topics.get(i);
            OffsetCommitResponseTopic answer = new OffsetCommitResponseTopic();
            if (version >= TopicNames.FIRST_WITH_TOPIC_IDS) {
                answer.setTopicId(requested.topicId());
            } else {
                answer.setName(requested.name());
            }
            for (OffsetCommitRequestPartition partition : requested.partitions()) {
                ErrorCode error = topic.isEmpty() ? missing : outcome(topic.get(), partition, committed);
                answer.partitions()
                        .add(new OffsetCommitResponsePartition()
                                .setPartitionIndex(partition.partitionIndex())
                                .setErrorCode(error.code()));
            }
            response.topics().add(answer);
        }
        return response;
    }

    private static ErrorCode outcome(TopicInfo topic, OffsetCommitRequestPartition partition, Committed committed) {
        if (committed.error() != ErrorCode.NONE) {
            return committed.error();
        }
        return committed
                .partitions()
                .getOrDefault(
                        new PartitionKey(topic.name(), partition.partitionIndex()),
                        ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
    }
}
