/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.kafka.admin;

import io.sluice.cluster.Node;
import io.sluice.cluster.Node.Quorum;
import io.sluice.cluster.Node.QuorumReplica;
import io.sluice.cluster.metadata.MetadataImage.BrokerInfo;
import io.sluice.cluster.metadata.TopicNames;
import io.sluice.kafka.api.AdvertisedAddress;
import io.sluice.kafka.api.AdvertisedAddress.HostPort;
import io.sluice.kafka.api.ApiHandler;
import io.sluice.kafka.api.HandlerServices;
import io.sluice.kafka.api.RequestContext;
import io.sluice.log.ErrorCode;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.Stream;
import org.apache.kafka.common.message.DescribeQuorumRequestData;
import org.apache.kafka.common.message.DescribeQuorumResponseData;
import org.apache.kafka.common.message.DescribeQuorumResponseData.Listener;
import org.apache.kafka.common.message.DescribeQuorumResponseData.PartitionData;
import org.apache.kafka.common.message.DescribeQuorumResponseData.ReplicaState;
import org.apache.kafka.common.message.DescribeQuorumResponseData.TopicData;

/**
 * The replicas of the metadata, asked of their leader wherever it is (KIP-595, KIP-836, KIP-853). Other partitions have no quorum that could be described: their
 * replicas are told by DescribeTopicPartitions.
 */
final class DescribeQuorumHandler implements ApiHandler<DescribeQuorumRequestData, DescribeQuorumResponseData> {
    private static final int TIMEOUT_MS = 10_000;

    /** From this version on the answer has the replicas' addresses. */
    private static final short NODES = 2;

    private static final String LISTENER = "PLAINTEXT";

    private final Node node;
    private final AdvertisedAddress advertised;

    DescribeQuorumHandler(HandlerServices services) {
        this.node = services.node();
        this.advertised = services.advertised();
    }

    @Override
    public short apiKey() {
        return 55;
    }

    @Override
    public CompletionStage<DescribeQuorumResponseData> handle(
            RequestContext context, DescribeQuorumRequestData request) {
        if (!isAboutMetadata(request)) {
            return CompletableFuture.completedFuture(unknown(request));
        }
        return node.quorum(TIMEOUT_MS).thenApply(quorum -> response(context, quorum));
    }

    private static boolean isAboutMetadata(DescribeQuorumRequestData request) {
        return request.topics().size() == 1
                && request.topics().get(0).topicName().equals(TopicNames.METADATA)
                && request.topics().get(0).partitions().size() == 1
                && request.topics().get(0).partitions().get(0).partitionIndex() == 0;
    }

    private static DescribeQuorumResponseData unknown(DescribeQuorumRequestData request) {
        List<TopicData> topics = new ArrayList<>();
        for (DescribeQuorumRequestData.TopicData topic : request.topics()) {
            List<PartitionData> partitions = topic.partitions().stream()
                    .map(partition -> new PartitionData()
                            .setPartitionIndex(partition.partitionIndex())
                            .setErrorCode(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION.code())
                            .setErrorMessage("Only " + TopicNames.METADATA + "-0 can be described.")
                            .setLeaderId(-1)
                            .setLeaderEpoch(-1)
                            .setHighWatermark(-1))
                    .toList();
            topics.add(new TopicData().setTopicName(topic.topicName()).setPartitions(partitions));
        }
        return new DescribeQuorumResponseData().setErrorMessage(null).setTopics(topics);
    }

    private DescribeQuorumResponseData response(RequestContext context, Quorum quorum) {
        PartitionData partition = new PartitionData()
                .setPartitionIndex(0)
                .setErrorCode(quorum.error().code())
                .setErrorMessage(
                        quorum.error() == ErrorCode.NONE ? null : "The leader of the metadata has not answered.")
                .setLeaderId(quorum.leader())
                .setLeaderEpoch(quorum.leaderEpoch())
                .setHighWatermark(quorum.highWatermark())
                .setCurrentVoters(replicas(quorum.voters()))
                .setObservers(replicas(quorum.observers()));
        DescribeQuorumResponseData response = new DescribeQuorumResponseData()
                .setErrorMessage(null)
                .setTopics(List.of(
                        new TopicData().setTopicName(TopicNames.METADATA).setPartitions(List.of(partition))));
        if (context.apiVersion() < NODES) {
            return response;
        }
        Stream.concat(quorum.voters().stream(), quorum.observers().stream())
                .map(replica -> node.metadata().brokers().get(replica.broker()))
                .filter(broker -> broker != null)
                .forEach(broker -> response.nodes().add(endpoint(context, broker)));
        return response;
    }

    private DescribeQuorumResponseData.Node endpoint(RequestContext context, BrokerInfo broker) {
        HostPort address = advertised.of(broker, context);
        DescribeQuorumResponseData.Node endpoint = new DescribeQuorumResponseData.Node().setNodeId(broker.id());
        endpoint.listeners()
                .add(new Listener().setName(LISTENER).setHost(address.host()).setPort(address.port()));
        return endpoint;
    }

    private static List<ReplicaState> replicas(List<QuorumReplica> replicas) {
        return replicas.stream()
                .map(replica -> new ReplicaState()
                        .setReplicaId(replica.broker())
                        .setLogEndOffset(replica.logEnd())
                        .setLastFetchTimestamp(replica.lastFetchMs())
                        .setLastCaughtUpTimestamp(replica.lastCaughtUpMs()))
                .toList();
    }
}
