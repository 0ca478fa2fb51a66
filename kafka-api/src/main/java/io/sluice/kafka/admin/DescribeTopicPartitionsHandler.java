/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.kafka.admin;

import io.sluice.cluster.Node;
import io.sluice.cluster.metadata.MetadataImage;
import io.sluice.cluster.metadata.MetadataImage.TopicInfo;
import io.sluice.cluster.metadata.TopicNames;
import io.sluice.kafka.api.ApiHandler;
import io.sluice.kafka.api.HandlerServices;
import io.sluice.kafka.api.RequestContext;
import io.sluice.log.ErrorCode;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.message.DescribeTopicPartitionsRequestData;
import org.apache.kafka.common.message.DescribeTopicPartitionsRequestData.TopicRequest;
import org.apache.kafka.common.message.DescribeTopicPartitionsResponseData;
import org.apache.kafka.common.message.DescribeTopicPartitionsResponseData.Cursor;
import org.apache.kafka.common.message.DescribeTopicPartitionsResponseData.DescribeTopicPartitionsResponsePartition;
import org.apache.kafka.common.message.DescribeTopicPartitionsResponseData.DescribeTopicPartitionsResponseTopic;

/** Topics page by page (KIP-966): sorted by name, at most so many partitions in one answer, and a cursor to go on from. */
final class DescribeTopicPartitionsHandler
        implements ApiHandler<DescribeTopicPartitionsRequestData, DescribeTopicPartitionsResponseData> {
    private final Node node;

    DescribeTopicPartitionsHandler(HandlerServices services) {
        this.node = services.node();
    }

    @Override
    public short apiKey() {
        return 75;
    }

    @Override
    public CompletionStage<DescribeTopicPartitionsResponseData> handle(
            RequestContext context, DescribeTopicPartitionsRequestData request) {
        MetadataImage image = node.metadata();
        SortedSet<String> names = names(image, request);
        String from = request.cursor() == null ? "" : request.cursor().topicName();
        int firstPartition =
                request.cursor() == null ? 0 : Math.max(0, request.cursor().partitionIndex());
        int room = Math.max(
                1, Math.min(request.responsePartitionLimit(), node.settings().describePartitionsMax()));
        DescribeTopicPartitionsResponseData response = new DescribeTopicPartitionsResponseData();
        for (String name : names.tailSet(from)) {
            int first = name.equals(from) ? firstPartition : 0;
            Optional<TopicInfo> topic = image.topic(name);
            if (topic.isEmpty()) {
                response.topics().add(unknown(name));
                continue;
            }
            if (room == 0) {
                return CompletableFuture.completedFuture(response.setNextCursor(cursor(name, first)));
            }
            int last = Math.min(topic.get().partitions().size(), first + room);
            response.topics().add(described(image, topic.get(), first, last));
            room -= Math.max(0, last - first);
            if (last < topic.get().partitions().size()) {
                return CompletableFuture.completedFuture(response.setNextCursor(cursor(name, last)));
            }
        }
        return CompletableFuture.completedFuture(response);
    }

    private static SortedSet<String> names(MetadataImage image, DescribeTopicPartitionsRequestData request) {
        SortedSet<String> names = new TreeSet<>();
        if (request.topics().isEmpty()) {
            names.addAll(image.topics().keySet());
        } else {
            for (TopicRequest topic : request.topics()) {
                names.add(topic.name());
            }
        }
        return names;
    }

    private static DescribeTopicPartitionsResponseTopic unknown(String name) {
        ErrorCode error = TopicNames.violation(name).isPresent()
                ? ErrorCode.INVALID_TOPIC_EXCEPTION
                : ErrorCode.UNKNOWN_TOPIC_OR_PARTITION;
        return new DescribeTopicPartitionsResponseTopic().setName(name).setErrorCode(error.code());
    }

    private static Cursor cursor(String topic, int partition) {
        return new Cursor().setTopicName(topic).setPartitionIndex(partition);
    }

    private DescribeTopicPartitionsResponseTopic described(MetadataImage image, TopicInfo info, int first, int last) {
        DescribeTopicPartitionsResponseTopic topic = new DescribeTopicPartitionsResponseTopic()
                .setName(info.name())
                .setTopicId(TopicIds.of(info.id()))
                .setIsInternal(info.internal())
                .setTopicAuthorizedOperations(AuthorizedOperations.TOPIC);
        for (int i = first; i < last; i++) {
            PartitionState state =
                    PartitionState.of(node, image, info, info.partitions().get(i));
            topic.partitions()
                    .add(new DescribeTopicPartitionsResponsePartition()
                            .setErrorCode(state.error().code())
                            .setPartitionIndex(state.partition())
                            .setLeaderId(state.leader())
                            .setLeaderEpoch(state.leaderEpoch())
                            .setReplicaNodes(state.replicas())
                            .setIsrNodes(state.inSync())
                            .setEligibleLeaderReplicas(List.of())
                            .setLastKnownElr(List.of())
                            .setOfflineReplicas(state.offline()));
        }
        return topic;
    }
}
