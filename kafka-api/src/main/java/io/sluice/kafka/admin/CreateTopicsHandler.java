/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.kafka.admin;

import io.sluice.cluster.Node;
import io.sluice.cluster.config.ConfigChanges;
import io.sluice.cluster.config.ConfigResolver;
import io.sluice.cluster.metadata.Controller.NewTopic;
import io.sluice.cluster.metadata.Controller.TopicResult;
import io.sluice.cluster.metadata.TopicNames;
import io.sluice.kafka.api.ApiHandler;
import io.sluice.kafka.api.HandlerServices;
import io.sluice.kafka.api.RequestContext;
import io.sluice.log.ErrorCode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.message.CreateTopicsRequestData;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableReplicaAssignment;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableTopic;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableTopicConfig;
import org.apache.kafka.common.message.CreateTopicsResponseData;
import org.apache.kafka.common.message.CreateTopicsResponseData.CreatableTopicResult;

/**
 * Makes topics, each by itself: one that can't be made does not keep the others from it. What is wrong with the request itself is found
 * here; what depends on the cluster (it exists, not enough brokers) by the controller.
 */
final class CreateTopicsHandler implements ApiHandler<CreateTopicsRequestData, CreateTopicsResponseData> {
    private final Node node;
    private final ConfigChanges rules;
    private final ConfigResolver resolver;

    CreateTopicsHandler(HandlerServices services) {
        this.node = services.node();
        this.rules = new ConfigChanges(node.settings());
        this.resolver = new ConfigResolver(node.settings());
    }

    @Override
    public short apiKey() {
        return 19;
    }

    @Override
    public CompletionStage<CreateTopicsResponseData> handle(RequestContext context, CreateTopicsRequestData request) {
        Map<String, CreatableTopicResult> results = new LinkedHashMap<>();
        List<NewTopic> topics = new ArrayList<>();
        Set<String> seen = new HashSet<>();
        for (CreatableTopic topic : request.topics()) {
            if (!seen.add(topic.name())) {
                results.put(topic.name(), refused(topic.name(), ErrorCode.INVALID_REQUEST, "the topic is there twice"));
                topics.removeIf(other -> other.name().equals(topic.name()));
                continue;
            }
            CreatableTopicResult refused = refused(topic);
            results.put(topic.name(), refused);
            if (refused == null) {
                topics.add(newTopic(topic));
            }
        }
        if (topics.isEmpty()) {
            return CompletableFuture.completedFuture(response(results));
        }
        return node.controller()
                .createTopics(topics, request.validateOnly(), request.timeoutMs())
                .thenApply(made -> {
                    made.forEach(result -> results.put(result.name(), wire(result)));
                    return response(results);
                });
    }

    private CreatableTopicResult refused(CreatableTopic topic) {
        String name = topic.name();
        var problem = TopicNames.violation(name);
        if (problem.isPresent()) {
            return refused(name, ErrorCode.INVALID_TOPIC_EXCEPTION, problem.get());
        }
        if (ReservedTopics.contains(name)) {
            return refused(
                    name, ErrorCode.INVALID_REQUEST, "Topic " + name + " is the broker's own, it makes it when needed");
        }
        if (!topic.assignments().isEmpty()) {
            if (topic.numPartitions() != -1 || topic.replicationFactor() != -1) {
                return refused(
                        name,
                        ErrorCode.INVALID_REQUEST,
                        "Both a replica assignment and a number of partitions or replicas are given");
            }
            return refusedAssignment(topic);
        }
        if (topic.numPartitions() == 0 || topic.numPartitions() < -1) {
            return refused(name, ErrorCode.INVALID_PARTITIONS, "Number of partitions must be larger than 0");
        }
        if (topic.replicationFactor() == 0 || topic.replicationFactor() < -1) {
            return refused(name, ErrorCode.INVALID_REPLICATION_FACTOR, "Replication factor must be larger than 0");
        }
        return refusedConfigs(topic);
    }

    private CreatableTopicResult refusedAssignment(CreatableTopic topic) {
        int replicas = topic.assignments().iterator().next().brokerIds().size();
        for (int partition = 0; partition < topic.assignments().size(); partition++) {
            CreatableReplicaAssignment assignment = topic.assignments().find(partition);
            if (assignment == null) {
                return refused(
                        topic.name(),
                        ErrorCode.INVALID_REPLICA_ASSIGNMENT,
                        "Partitions must be numbered from 0 without a gap: " + partition + " is missing");
            }
            if (assignment.brokerIds().isEmpty()
                    || new HashSet<>(assignment.brokerIds()).size()
                            != assignment.brokerIds().size()) {
                return refused(
                        topic.name(),
                        ErrorCode.INVALID_REPLICA_ASSIGNMENT,
                        "Partition " + partition + " must name at least one broker, and each once");
            }
            if (assignment.brokerIds().size() != replicas) {
                return refused(
                        topic.name(),
                        ErrorCode.INVALID_REPLICA_ASSIGNMENT,
                        "All partitions must have the same number of replicas");
            }
        }
        return refusedConfigs(topic);
    }

    private CreatableTopicResult refusedConfigs(CreatableTopic topic) {
        ConfigChanges.Outcome outcome = rules.newTopic(configs(topic));
        return outcome.error() == ErrorCode.NONE ? null : refused(topic.name(), outcome.error(), outcome.message());
    }

    private static Map<String, String> configs(CreatableTopic topic) {
        Map<String, String> configs = new TreeMap<>();
        for (CreatableTopicConfig config : topic.configs()) {
            configs.put(config.name(), config.value());
        }
        return configs;
    }

    private NewTopic newTopic(CreatableTopic topic) {
        Map<Integer, List<Integer>> assignments = new TreeMap<>();
        topic.assignments().forEach(assignment -> assignments.put(assignment.partitionIndex(), assignment.brokerIds()));
        return new NewTopic(
                topic.name(),
                topic.numPartitions(),
                topic.replicationFactor() == -1 && assignments.isEmpty()
                        ? node.settings().defaultReplicationFactor()
                        : topic.replicationFactor(),
                List.copyOf(assignments.values()),
                new HashMap<>(configs(topic)));
    }

    private static CreatableTopicResult refused(String name, ErrorCode error, String message) {
        return new CreatableTopicResult()
                .setName(name)
                .setErrorCode(error.code())
                .setErrorMessage(message);
    }

    private CreatableTopicResult wire(TopicResult result) {
        if (result.error() != ErrorCode.NONE) {
            return refused(result.name(), result.error(), result.message()).setTopicId(TopicIds.of(result.id()));
        }
        CreatableTopicResult topic = new CreatableTopicResult()
                .setName(result.name())
                .setErrorMessage(null)
                .setTopicId(TopicIds.of(result.id()))
                .setNumPartitions(result.partitions())
                .setReplicationFactor(result.replicationFactor());
        resolver.topic(node.metadata(), result.configs())
                .forEach(config -> topic.configs().add(ConfigEntries.ofNewTopic(config)));
        return topic;
    }

    private static CreateTopicsResponseData response(Map<String, CreatableTopicResult> results) {
        CreateTopicsResponseData response = new CreateTopicsResponseData();
        results.values().forEach(response.topics()::add);
        return response;
    }
}
