/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.kafka.admin;

import io.sluice.cluster.Node;
import io.sluice.cluster.metadata.Controller.NewPartitions;
import io.sluice.kafka.api.ApiHandler;
import io.sluice.kafka.api.HandlerServices;
import io.sluice.kafka.api.RequestContext;
import io.sluice.log.ErrorCode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.message.CreatePartitionsRequestData;
import org.apache.kafka.common.message.CreatePartitionsRequestData.CreatePartitionsAssignment;
import org.apache.kafka.common.message.CreatePartitionsRequestData.CreatePartitionsTopic;
import org.apache.kafka.common.message.CreatePartitionsResponseData;
import org.apache.kafka.common.message.CreatePartitionsResponseData.CreatePartitionsTopicResult;

/** Gives topics more partitions; every topic of the request has its own result. */
final class CreatePartitionsHandler implements ApiHandler<CreatePartitionsRequestData, CreatePartitionsResponseData> {
    private final Node node;

    CreatePartitionsHandler(HandlerServices services) {
        this.node = services.node();
    }

    @Override
    public short apiKey() {
        return 37;
    }

    @Override
    public CompletionStage<CreatePartitionsResponseData> handle(
            RequestContext context, CreatePartitionsRequestData request) {
        Map<String, CreatePartitionsTopicResult> results = new LinkedHashMap<>();
        List<NewPartitions> topics = new ArrayList<>();
        Set<String> seen = new HashSet<>();
        for (CreatePartitionsTopic topic : request.topics()) {
            if (!seen.add(topic.name())) {
                results.put(topic.name(), result(topic.name(), ErrorCode.INVALID_REQUEST, "the topic is there twice"));
                topics.removeIf(other -> other.topic().equals(topic.name()));
                continue;
            }
            CreatePartitionsTopicResult refused = refused(topic);
            results.put(topic.name(), refused);
            if (refused == null) {
                topics.add(new NewPartitions(topic.name(), topic.count(), assignments(topic)));
            }
        }
        if (topics.isEmpty()) {
            return CompletableFuture.completedFuture(response(results));
        }
        return node.controller()
                .createPartitions(topics, request.validateOnly(), request.timeoutMs())
                .thenApply(made -> {
                    made.forEach(result ->
                            results.put(result.name(), result(result.name(), result.error(), result.message())));
                    return response(results);
                });
    }

    private static CreatePartitionsTopicResult refused(CreatePartitionsTopic topic) {
        if (ReservedTopics.contains(topic.name())) {
            return result(
                    topic.name(),
                    ErrorCode.INVALID_PARTITIONS,
                    "The topic is the broker's own, its partitions are fixed");
        }
        return null;
    }

    private static List<List<Integer>> assignments(CreatePartitionsTopic topic) {
        return topic.assignments() == null
                ? List.of()
                : topic.assignments().stream()
                        .map(CreatePartitionsAssignment::brokerIds)
                        .toList();
    }

    private static CreatePartitionsTopicResult result(String name, ErrorCode error, String message) {
        return new CreatePartitionsTopicResult()
                .setName(name)
                .setErrorCode(error.code())
                .setErrorMessage(message);
    }

    private static CreatePartitionsResponseData response(Map<String, CreatePartitionsTopicResult> results) {
        return new CreatePartitionsResponseData().setResults(new ArrayList<>(results.values()));
    }
}
