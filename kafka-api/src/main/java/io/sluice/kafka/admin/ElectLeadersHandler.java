/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.kafka.admin;

import io.sluice.cluster.Node;
import io.sluice.cluster.metadata.MetadataImage;
import io.sluice.cluster.metadata.MetadataImage.TopicInfo;
import io.sluice.kafka.api.ApiHandler;
import io.sluice.kafka.api.HandlerServices;
import io.sluice.kafka.api.RequestContext;
import io.sluice.log.ErrorCode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.IntStream;
import org.apache.kafka.common.message.ElectLeadersRequestData;
import org.apache.kafka.common.message.ElectLeadersRequestData.TopicPartitions;
import org.apache.kafka.common.message.ElectLeadersResponseData;
import org.apache.kafka.common.message.ElectLeadersResponseData.PartitionResult;
import org.apache.kafka.common.message.ElectLeadersResponseData.ReplicaElectionResult;

/**
 * Gives partitions back to their preferred leaders (KIP-183, KIP-460). Unclean elections are refused: no replica that may miss acknowledged records
 * is ever made the leader on request.
 */
final class ElectLeadersHandler implements ApiHandler<ElectLeadersRequestData, ElectLeadersResponseData> {
    private static final byte PREFERRED = 0;
    private static final byte UNCLEAN = 1;

    private record Wanted(String topic, int partition) {}

    private record Result(Wanted wanted, ErrorCode error, String message) {}

    private final Node node;

    ElectLeadersHandler(HandlerServices services) {
        this.node = services.node();
    }

    @Override
    public short apiKey() {
        return 43;
    }

    @Override
    public CompletionStage<ElectLeadersResponseData> handle(RequestContext context, ElectLeadersRequestData request) {
        if (request.electionType() != PREFERRED && request.electionType() != UNCLEAN) {
            return CompletableFuture.completedFuture(
                    new ElectLeadersResponseData().setErrorCode(ErrorCode.INVALID_REQUEST.code()));
        }
        MetadataImage image = node.metadata();
        boolean all = request.topicPartitions() == null;
        List<CompletableFuture<Result>> results = wanted(image, request).stream()
                .map(wanted -> elect(image, wanted, request).toCompletableFuture())
                .toList();
        return CompletableFuture.allOf(results.toArray(CompletableFuture<?>[]::new))
                .thenApply(done ->
                        response(results.stream().map(CompletableFuture::join).toList(), all));
    }

    private static List<Wanted> wanted(MetadataImage image, ElectLeadersRequestData request) {
        List<Wanted> wanted = new ArrayList<>();
        if (request.topicPartitions() == null) {
            for (TopicInfo topic : image.topics().values()) {
                IntStream.range(0, topic.partitions().size())
                        .forEach(partition -> wanted.add(new Wanted(topic.name(), partition)));
            }
        } else {
            for (TopicPartitions topic : request.topicPartitions()) {
                topic.partitions().forEach(partition -> wanted.add(new Wanted(topic.topic(), partition)));
            }
        }
        return wanted;
    }

    private CompletionStage<Result> elect(MetadataImage image, Wanted wanted, ElectLeadersRequestData request) {
        TopicInfo topic = image.topics().get(wanted.topic());
        if (topic == null
                || wanted.partition() < 0
                || wanted.partition() >= topic.partitions().size()) {
            return result(wanted, ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, "The partition does not exist.");
        }
        int preferred = topic.partitions().get(wanted.partition()).replicas().get(0);
        int leader = node.leadership(topic.id(), wanted.partition()).brokerId();
        if (request.electionType() == UNCLEAN) {
            return leader == -1
                    ? result(
                            wanted,
                            ErrorCode.INVALID_REQUEST,
                            "Unclean elections are refused: the partition gets a leader when a majority of its replicas is there.")
                    : result(wanted, ErrorCode.ELECTION_NOT_NEEDED, "The partition has a leader.");
        } else if (leader == preferred) {
            return result(wanted, ErrorCode.ELECTION_NOT_NEEDED, "The preferred leader leads already.");
        } else if (!node.liveBrokers().contains(preferred)) {
            return result(
                    wanted,
                    ErrorCode.PREFERRED_LEADER_NOT_AVAILABLE,
                    "The preferred leader, broker " + preferred + ", is not there.");
        }
        return node.electPreferred(topic.id(), wanted.partition(), request.timeoutMs())
                .thenApply(error -> new Result(
                        wanted,
                        error,
                        error == ErrorCode.NONE ? null : "Broker " + preferred + " has not become the leader yet."));
    }

    private static CompletionStage<Result> result(Wanted wanted, ErrorCode error, String message) {
        return CompletableFuture.completedFuture(new Result(wanted, error, message));
    }

    /** Who asks for all partitions is told of those only for which there was something to do. */
    private static ElectLeadersResponseData response(List<Result> results, boolean all) {
        Map<String, ReplicaElectionResult> topics = new LinkedHashMap<>();
        for (Result result : results) {
            if (all && result.error() == ErrorCode.ELECTION_NOT_NEEDED) {
                continue;
            }
            topics.computeIfAbsent(result.wanted().topic(), name -> new ReplicaElectionResult().setTopic(name))
                    .partitionResult()
                    .add(new PartitionResult()
                            .setPartitionId(result.wanted().partition())
                            .setErrorCode(result.error().code())
                            .setErrorMessage(result.message()));
        }
        return new ElectLeadersResponseData().setReplicaElectionResults(new ArrayList<>(topics.values()));
    }
}
