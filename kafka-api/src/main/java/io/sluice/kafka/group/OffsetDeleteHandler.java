/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.kafka.group;

import io.sluice.actors.group.GroupRequest.DeleteOffsets;
import io.sluice.actors.group.GroupRequest.PartitionKey;
import io.sluice.actors.group.GroupResponse.Committed;
import io.sluice.cluster.Node;
import io.sluice.cluster.metadata.MetadataImage;
import io.sluice.kafka.api.ApiHandler;
import io.sluice.kafka.api.RequestContext;
import io.sluice.log.ErrorCode;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.message.OffsetDeleteRequestData;
import org.apache.kafka.common.message.OffsetDeleteResponseData;
import org.apache.kafka.common.message.OffsetDeleteResponseData.OffsetDeleteResponsePartition;
import org.apache.kafka.common.message.OffsetDeleteResponseData.OffsetDeleteResponseTopic;

/** OffsetDelete: offsets that no member of the group uses. */
final class OffsetDeleteHandler implements ApiHandler<OffsetDeleteRequestData, OffsetDeleteResponseData> {
    private final Node node;
    private final Coordinators coordinators;

    OffsetDeleteHandler(Node node, Coordinators coordinators) {
        this.node = node;
        this.coordinators = coordinators;
    }

    @Override
    public short apiKey() {
        return 47;
    }

    @Override
    public CompletionStage<OffsetDeleteResponseData> handle(RequestContext context, OffsetDeleteRequestData request) {
        MetadataImage image = node.metadata();
        List<PartitionKey> partitions = new ArrayList<>();
        request.topics().forEach(topic -> {
            if (image.topic(topic.name()).isPresent()) {
                topic.partitions()
                        .forEach(partition ->
                                partitions.add(new PartitionKey(topic.name(), partition.partitionIndex())));
            }
        });
        return coordinators
                .ask(new DeleteOffsets(request.groupId(), partitions))
                .thenApply(outcome -> response(request, outcome));
    }

    private static OffsetDeleteResponseData response(OffsetDeleteRequestData request, Committed outcome) {
        OffsetDeleteResponseData response =
                new OffsetDeleteResponseData().setErrorCode(outcome.error().code());
        if (outcome.error() != ErrorCode.NONE) {
            return response;
        }
        request.topics().forEach(topic -> {
            OffsetDeleteResponseTopic answer = new OffsetDeleteResponseTopic().setName(topic.name());
            topic.partitions().forEach(partition -> {
                ErrorCode error = outcome.partitions()
                        .getOrDefault(
                                new PartitionKey(topic.name(), partition.partitionIndex()),
                                ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
                answer.partitions()
                        .add(new OffsetDeleteResponsePartition()
                                .setPartitionIndex(partition.partitionIndex())
                                .setErrorCode(error.code()));
            });
            response.topics().add(answer);
        });
        return response;
    }
}
