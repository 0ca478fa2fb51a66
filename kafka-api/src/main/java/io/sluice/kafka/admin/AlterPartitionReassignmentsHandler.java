/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.kafka.admin;

import io.sluice.cluster.Node;
import io.sluice.cluster.metadata.Controller.PartitionResult;
import io.sluice.cluster.metadata.Controller.ReassignmentChange;
import io.sluice.kafka.api.ApiHandler;
import io.sluice.kafka.api.HandlerServices;
import io.sluice.kafka.api.RequestContext;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.message.AlterPartitionReassignmentsRequestData;
import org.apache.kafka.common.message.AlterPartitionReassignmentsRequestData.ReassignablePartition;
import org.apache.kafka.common.message.AlterPartitionReassignmentsRequestData.ReassignableTopic;
import org.apache.kafka.common.message.AlterPartitionReassignmentsResponseData;
import org.apache.kafka.common.message.AlterPartitionReassignmentsResponseData.ReassignablePartitionResponse;
import org.apache.kafka.common.message.AlterPartitionReassignmentsResponseData.ReassignableTopicResponse;

/** Wants other replicas for partitions, or takes that back (KIP-455). The answer says that it was accepted; the replicas move in the background. */
final class AlterPartitionReassignmentsHandler
        implements ApiHandler<AlterPartitionReassignmentsRequestData, AlterPartitionReassignmentsResponseData> {
    private final Node node;

    AlterPartitionReassignmentsHandler(HandlerServices services) {
        this.node = services.node();
    }

    @Override
    public short apiKey() {
        return 45;
    }

    @Override
    public CompletionStage<AlterPartitionReassignmentsResponseData> handle(
            RequestContext context, AlterPartitionReassignmentsRequestData request) {
        List<ReassignmentChange> changes = new ArrayList<>();
        for (ReassignableTopic topic : request.topics()) {
            for (ReassignablePartition partition : topic.partitions()) {
                changes.add(new ReassignmentChange(topic.name(), partition.partitionIndex(), partition.replicas()));
            }
        }
        boolean factorMayChange = request.allowReplicationFactorChange();
        if (changes.isEmpty()) {
            return CompletableFuture.completedFuture(response(List.of(), factorMayChange));
        }
        return node.controller()
                .alterReassignments(changes, factorMayChange, request.timeoutMs())
                .thenApply(results -> response(results, factorMayChange));
    }

    private static AlterPartitionReassignmentsResponseData response(
            List<PartitionResult> results, boolean factorMayChange) {
        Map<String, ReassignableTopicResponse> topics = new LinkedHashMap<>();
        for (PartitionResult result : results) {
            topics.computeIfAbsent(result.topic(), name -> new ReassignableTopicResponse().setName(name))
                    .partitions()
                    .add(new ReassignablePartitionResponse()
                            .setPartitionIndex(result.partition())
                            .setErrorCode(result.error().code())
                            .setErrorMessage(result.message()));
        }
        return new AlterPartitionReassignmentsResponseData()
                .setErrorMessage(null)
                .setAllowReplicationFactorChange(factorMayChange)
                .setResponses(new ArrayList<>(topics.values()));
    }
}
