/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.kafka.admin;

import io.sluice.cluster.Node;
import io.sluice.cluster.metadata.MetadataImage;
import io.sluice.cluster.metadata.MetadataImage.PartitionInfo;
import io.sluice.cluster.metadata.MetadataImage.TopicInfo;
import io.sluice.kafka.api.ApiHandler;
import io.sluice.kafka.api.HandlerServices;
import io.sluice.kafka.api.RequestContext;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.IntPredicate;
import org.apache.kafka.common.message.ListPartitionReassignmentsRequestData;
import org.apache.kafka.common.message.ListPartitionReassignmentsRequestData.ListPartitionReassignmentsTopics;
import org.apache.kafka.common.message.ListPartitionReassignmentsResponseData;
import org.apache.kafka.common.message.ListPartitionReassignmentsResponseData.OngoingPartitionReassignment;
import org.apache.kafka.common.message.ListPartitionReassignmentsResponseData.OngoingTopicReassignment;

/** Partitions whose replicas are being moved: which come, which go. Read from this node's image (KIP-455). */
final class ListPartitionReassignmentsHandler
        implements ApiHandler<ListPartitionReassignmentsRequestData, ListPartitionReassignmentsResponseData> {
    private final Node node;

    ListPartitionReassignmentsHandler(HandlerServices services) {
        this.node = services.node();
    }

    @Override
    public short apiKey() {
        return 46;
    }

    @Override
    public CompletionStage<ListPartitionReassignmentsResponseData> handle(
            RequestContext context, ListPartitionReassignmentsRequestData request) {
        ListPartitionReassignmentsResponseData response =
                new ListPartitionReassignmentsResponseData().setErrorMessage(null);
        MetadataImage image = node.metadata();
        if (request.topics() == null) {
            image.topics().values().forEach(topic -> add(response, topic, partition -> true));
        } else {
            for (ListPartitionReassignmentsTopics asked : request.topics()) {
                image.topic(asked.name()).ifPresent(topic -> add(response, topic, asked.partitionIndexes()::contains));
            }
        }
        return CompletableFuture.completedFuture(response);
    }

    private static void add(ListPartitionReassignmentsResponseData response, TopicInfo topic, IntPredicate asked) {
        List<OngoingPartitionReassignment> ongoing = topic.partitions().stream()
                .filter(partition -> partition.isChanging() && asked.test(partition.partition()))
                .map(ListPartitionReassignmentsHandler::ongoing)
                .toList();
        if (!ongoing.isEmpty()) {
            response.topics()
                    .add(new OngoingTopicReassignment().setName(topic.name()).setPartitions(ongoing));
        }
    }

    private static OngoingPartitionReassignment ongoing(PartitionInfo partition) {
        return new OngoingPartitionReassignment()
                .setPartitionIndex(partition.partition())
                .setReplicas(partition.everywhere())
                .setAddingReplicas(partition.adding())
                .setRemovingReplicas(partition.removing());
    }
}
