/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.kafka.group;

import io.sluice.actors.group.GroupRequest.FetchOffsets;
import io.sluice.actors.group.GroupResponse.FetchedOffsets;
import io.sluice.cluster.Node;
import io.sluice.kafka.api.ApiHandler;
import io.sluice.kafka.api.RequestContext;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.message.OffsetFetchRequestData;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestGroup;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestTopics;
import org.apache.kafka.common.message.OffsetFetchResponseData;
import org.apache.kafka.common.message.OffsetFetchResponseData.OffsetFetchResponseGroup;
import org.apache.kafka.common.message.OffsetFetchResponseData.OffsetFetchResponsePartition;
import org.apache.kafka.common.message.OffsetFetchResponseData.OffsetFetchResponseTopic;

/**
 * OffsetFetch: of one group up to version 7, of many from version 8 on. Old requests are answered as if they had asked for one group in the new
 * way.
 */
final class OffsetFetchHandler implements ApiHandler<OffsetFetchRequestData, OffsetFetchResponseData> {
    private static final int FIRST_WITH_MANY_GROUPS = 8;
    private static final int FIRST_WITH_GROUP_ERROR = 2;

    private final Node node;
    private final Coordinators coordinators;

    OffsetFetchHandler(Node node, Coordinators coordinators) {
        this.node = node;
        this.coordinators = coordinators;
    }

    @Override
    public short apiKey() {
        return 9;
    }

    @Override
    public CompletionStage<OffsetFetchResponseData> handle(RequestContext context, OffsetFetchRequestData request) {
        int version = context.apiVersion();
        List<OffsetFetchRequestGroup> wanted =
                version >= FIRST_WITH_MANY_GROUPS ? request.groups() : List.of(onlyGroup(request));
        List<RequestedOffsets> groups = new ArrayList<>(wanted.size());
        List<FetchOffsets> requests = new ArrayList<>(wanted.size());
        for (OffsetFetchRequestGroup group : wanted) {
            RequestedOffsets requested = RequestedOffsets.of(node.metadata(), version, group);
            groups.add(requested);
            requests.add(requested.toRequest());
        }
        return coordinators.askAll(requests).thenApply(answers -> response(groups, answers, version));
    }

    private static OffsetFetchRequestGroup onlyGroup(OffsetFetchRequestData request) {
        OffsetFetchRequestGroup group = new OffsetFetchRequestGroup().setGroupId(request.groupId());
        if (request.topics() == null) {
            return group.setTopics(null);
        }
        request.topics().forEach(topic -> group.topics()
                .add(new OffsetFetchRequestTopics()
                        .setName(topic.name())
                        .setPartitionIndexes(topic.partitionIndexes())));
        return group;
    }

    private static OffsetFetchResponseData response(
            List<RequestedOffsets> groups, List<FetchedOffsets> answers, int version) {
        OffsetFetchResponseData response = new OffsetFetchResponseData();
        for (int i = 0; i < groups.size(); i++) {
            OffsetFetchResponseGroup group = groups.get(i).toResponse(answers.get(i));
            if (version >= FIRST_WITH_MANY_GROUPS) {
                response.groups().add(group);
            } else {
                flatten(group, response, version);
            }
        }
        return response;
    }

    private static void flatten(OffsetFetchResponseGroup group, OffsetFetchResponseData response, int version) {
        response.setErrorCode(version >= FIRST_WITH_GROUP_ERROR ? group.errorCode() : 0);
        group.topics().forEach(from -> {
            OffsetFetchResponseTopic to = new OffsetFetchResponseTopic().setName(from.name());
            from.partitions().forEach(partition -> to.partitions()
                    .add(new OffsetFetchResponsePartition()
                            .setPartitionIndex(partition.partitionIndex())
                            .setCommittedOffset(partition.committedOffset())
                            .setCommittedLeaderEpoch(partition.committedLeaderEpoch())
                            .setMetadata(partition.metadata())
                            .setErrorCode(partition.errorCode())));
            response.topics().add(to);
        });
    }
}
