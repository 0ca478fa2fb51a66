/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.kafka.admin;

import io.sluice.cluster.Node;
import io.sluice.cluster.metadata.Controller.TopicResult;
import io.sluice.cluster.metadata.MetadataImage;
import io.sluice.cluster.metadata.MetadataImage.TopicInfo;
import io.sluice.kafka.api.ApiHandler;
import io.sluice.kafka.api.HandlerServices;
import io.sluice.kafka.api.RequestContext;
import io.sluice.log.ErrorCode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.DeleteTopicsRequestData;
import org.apache.kafka.common.message.DeleteTopicsRequestData.DeleteTopicState;
import org.apache.kafka.common.message.DeleteTopicsResponseData;
import org.apache.kafka.common.message.DeleteTopicsResponseData.DeletableTopicResult;

/** Deletes topics, by name or (from version 6 on) by id. What is deleted is always one incarnation: the id that the name has now. */
final class DeleteTopicsHandler implements ApiHandler<DeleteTopicsRequestData, DeleteTopicsResponseData> {
    private static final short IDS = 6;
    private static final short DELETION_DISABLED = 3;

    private final Node node;

    DeleteTopicsHandler(HandlerServices services) {
        this.node = services.node();
    }

    @Override
    public short apiKey() {
        return 20;
    }

    @Override
    public CompletionStage<DeleteTopicsResponseData> handle(RequestContext context, DeleteTopicsRequestData request) {
        List<DeletableTopicResult> results = new ArrayList<>();
        MetadataImage image = node.metadata();
        LinkedHashSet<UUID> ids = new LinkedHashSet<>();
        for (DeleteTopicState topic : wanted(context, request)) {
            DeletableTopicResult result = found(context, image, topic);
            if (result.errorCode() == ErrorCode.NONE.code() && !ids.add(TopicIds.of(result.topicId()))) {
                result = refused(topic, ErrorCode.INVALID_REQUEST, "the topic is there twice");
            }
            results.add(result);
        }
        if (ids.isEmpty()) {
            return CompletableFuture.completedFuture(response(results));
        }
        return node.controller()
                .deleteTopics(List.copyOf(ids), request.timeoutMs())
                .thenApply(deleted -> response(merged(results, deleted)));
    }

    private static List<DeleteTopicState> wanted(RequestContext context, DeleteTopicsRequestData request) {
        if (context.apiVersion() >= IDS) {
            return request.topics();
        }
        return request.topicNames().stream()
                .map(name -> new DeleteTopicState().setName(name))
                .toList();
    }

    private DeletableTopicResult found(RequestContext context, MetadataImage image, DeleteTopicState topic) {
        if (!node.settings().deleteTopicEnable()) {
            ErrorCode error = context.apiVersion() < DELETION_DISABLED
                    ? ErrorCode.INVALID_REQUEST
                    : ErrorCode.TOPIC_DELETION_DISABLED;
            return refused(topic, error, "Topic deletion is disabled (delete.topic.enable)");
        }
        boolean byId = !topic.topicId().equals(Uuid.ZERO_UUID);
        if (byId == (topic.name() != null)) {
            return refused(
                    topic,
                    ErrorCode.INVALID_REQUEST,
                    byId ? "Both a name and an id are given" : "Neither a name nor an id is given");
        }
        Optional<TopicInfo> info = byId ? image.topic(TopicIds.of(topic.topicId())) : image.topic(topic.name());
        if (info.isEmpty()) {
            return byId
                    ? refused(topic, ErrorCode.UNKNOWN_TOPIC_ID, "There is no topic of that id")
                    : refused(topic, ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, "There is no topic of that name");
        }
        if (ReservedTopics.contains(info.get().name())) {
            return refused(topic, ErrorCode.INVALID_REQUEST, "The topic is the broker's own");
        }
        return new DeletableTopicResult()
                .setName(info.get().name())
                .setTopicId(TopicIds.of(info.get().id()));
    }

    private static DeletableTopicResult refused(DeleteTopicState topic, ErrorCode error, String message) {
        return new DeletableTopicResult()
                .setName(topic.name())
                .setTopicId(topic.topicId())
                .setErrorCode(error.code())
                .setErrorMessage(message);
    }

    private static List<DeletableTopicResult> merged(List<DeletableTopicResult> results, List<TopicResult> deleted) {
        Map<Uuid, TopicResult> byId = new HashMap<>();
        deleted.forEach(result -> byId.put(TopicIds.of(result.id()), result));
        for (DeletableTopicResult result : results) {
            TopicResult answer = byId.get(result.topicId());
            if (answer != null && result.errorCode() == ErrorCode.NONE.code()) {
                result.setErrorCode(answer.error().code()).setErrorMessage(answer.message());
            }
        }
        return results;
    }

    private static DeleteTopicsResponseData response(List<DeletableTopicResult> results) {
        DeleteTopicsResponseData response = new DeleteTopicsResponseData();
        results.forEach(response.responses()::add);
        return response;
    }
}
