/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.kafka.admin;

import io.sluice.cluster.Node;
import io.sluice.cluster.metadata.MetadataImage;
import io.sluice.cluster.metadata.MetadataImage.BrokerInfo;
import io.sluice.cluster.metadata.MetadataImage.PartitionInfo;
import io.sluice.cluster.metadata.MetadataImage.TopicInfo;
import io.sluice.cluster.metadata.TopicNames;
import io.sluice.kafka.api.AdvertisedAddress;
import io.sluice.kafka.api.AdvertisedAddress.HostPort;
import io.sluice.kafka.api.ApiHandler;
import io.sluice.kafka.api.HandlerServices;
import io.sluice.kafka.api.RequestContext;
import io.sluice.log.ErrorCode;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.MetadataRequestData;
import org.apache.kafka.common.message.MetadataRequestData.MetadataRequestTopic;
import org.apache.kafka.common.message.MetadataResponseData;
import org.apache.kafka.common.message.MetadataResponseData.MetadataResponseBroker;
import org.apache.kafka.common.message.MetadataResponseData.MetadataResponsePartition;
import org.apache.kafka.common.message.MetadataResponseData.MetadataResponseTopic;

/**
 * Brokers, topics and who leads what. Asking for a topic that is not there makes it, where that is allowed; the answer waits until it serves.
 *
 * <p>Which topics: all for null (in version 0, for none); else those named, from version 12 on also by id alone.
 */
final class MetadataHandler implements ApiHandler<MetadataRequestData, MetadataResponseData> {
    private static final short NULL_MEANS_ALL = 1;
    private static final short IDS_WITHOUT_NAMES = 12;

    private final Node node;
    private final AdvertisedAddress advertised;
    private final TopicCreator creator;

    MetadataHandler(HandlerServices services) {
        this.node = services.node();
        this.advertised = services.advertised();
        this.creator = new TopicCreator(services);
    }

    @Override
    public short apiKey() {
        return 3;
    }

    @Override
    public CompletionStage<MetadataResponseData> handle(RequestContext context, MetadataRequestData request) {
        Set<String> missing = missing(context, request);
        if (missing.isEmpty()) {
            return CompletableFuture.completedFuture(answer(context, request));
        }
        return creator.create(missing).handle((made, failure) -> answer(context, request));
    }

    /** The topics that this request makes. */
    private Set<String> missing(RequestContext context, MetadataRequestData request) {
        if (wantsAll(context, request)
                || !request.allowAutoTopicCreation()
                || !node.settings().autoCreateTopics()) {
            return Set.of();
        }
        Set<String> missing = new LinkedHashSet<>();
        MetadataImage image = node.metadata();
        for (MetadataRequestTopic topic : request.topics()) {
            String name = topic.name();
            if (name != null
                    && image.topic(name).isEmpty()
                    && TopicNames.violation(name).isEmpty()) {
                missing.add(name);
            }
        }
        return missing;
    }

    private static boolean wantsAll(RequestContext context, MetadataRequestData request) {
        return request.topics() == null
                || (context.apiVersion() < NULL_MEANS_ALL && request.topics().isEmpty());
    }

    private MetadataResponseData answer(RequestContext context, MetadataRequestData request) {
        MetadataImage image = node.metadata();
        MetadataResponseData response =
                new MetadataResponseData().setClusterId(image.clusterId()).setControllerId(node.controllerId());
        Set<Integer> live = node.liveBrokers();
        for (BrokerInfo broker : image.brokers().values()) {
            if (!live.contains(broker.id())) {
                continue;
            }
            HostPort address = advertised.of(broker, context);
            response.brokers()
                    .add(new MetadataResponseBroker()
                            .setNodeId(broker.id())
                            .setHost(address.host())
                            .setPort(address.port())
                            .setRack(broker.rack()));
        }
        if (wantsAll(context, request)) {
            for (TopicInfo topic : image.topics().values()) {
                response.topics().add(found(image, topic, request));
            }
        } else {
            addNamed(context, request, image, response);
        }
        if (request.includeClusterAuthorizedOperations()) {
            response.setClusterAuthorizedOperations(AuthorizedOperations.CLUSTER);
        }
        return response;
    }

    private void addNamed(
            RequestContext context, MetadataRequestData request, MetadataImage image, MetadataResponseData response) {
        Set<String> names = new LinkedHashSet<>();
        Set<UUID> ids = new LinkedHashSet<>();
        for (MetadataRequestTopic topic : request.topics()) {
            boolean byId = context.apiVersion() >= IDS_WITHOUT_NAMES
                    && !topic.topicId().equals(Uuid.ZERO_UUID);
            if (byId) {
                if (ids.add(TopicIds.of(topic.topicId()))) {
                    response.topics().add(byId(image, topic, request));
                }
            } else if (topic.name() == null || names.add(topic.name())) {
                response.topics().add(byName(image, topic, request));
            }
        }
    }

    private MetadataResponseTopic byId(MetadataImage image, MetadataRequestTopic topic, MetadataRequestData request) {
        return image.topic(TopicIds.of(topic.topicId()))
                .map(info -> found(image, info, request))
                .orElseGet(() -> new MetadataResponseTopic()
                        .setErrorCode(ErrorCode.UNKNOWN_TOPIC_ID.code())
                        .setName(null)
                        .setTopicId(topic.topicId()));
    }

    private MetadataResponseTopic byName(MetadataImage image, MetadataRequestTopic topic, MetadataRequestData request) {
        String name = topic.name();
        if (name == null) {
            return new MetadataResponseTopic()
                    .setErrorCode(ErrorCode.INVALID_REQUEST.code())
                    .setName(null);
        }
        Optional<TopicInfo> info = image.topic(name);
        if (info.isPresent()) {
            return found(image, info.get(), request);
        }
        ErrorCode error = TopicNames.violation(name).isPresent()
                ? ErrorCode.INVALID_TOPIC_EXCEPTION
                : ErrorCode.UNKNOWN_TOPIC_OR_PARTITION;
        return new MetadataResponseTopic().setErrorCode(error.code()).setName(name);
    }

    private MetadataResponseTopic found(MetadataImage image, TopicInfo info, MetadataRequestData request) {
        MetadataResponseTopic topic = new MetadataResponseTopic()
                .setName(info.name())
                .setTopicId(TopicIds.of(info.id()))
                .setIsInternal(info.internal())
                .setPartitions(new java.util.ArrayList<>(info.partitions().size()));
        List<MetadataResponsePartition> partitions = topic.partitions();
        for (PartitionInfo partition : info.partitions()) {
            PartitionState state = PartitionState.of(node, image, info, partition);
            partitions.add(new MetadataResponsePartition()
                    .setErrorCode(state.error().code())
                    .setPartitionIndex(state.partition())
                    .setLeaderId(state.leader())
                    .setLeaderEpoch(state.leaderEpoch())
                    .setReplicaNodes(state.replicas())
                    .setIsrNodes(state.inSync())
                    .setOfflineReplicas(state.offline()));
        }
        if (request.includeTopicAuthorizedOperations()) {
            topic.setTopicAuthorizedOperations(AuthorizedOperations.TOPIC);
        }
        return topic;
    }
}
