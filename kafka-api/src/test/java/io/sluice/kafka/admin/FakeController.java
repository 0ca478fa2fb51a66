/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.kafka.admin;

import io.sluice.cluster.Node.Leadership;
import io.sluice.cluster.config.ConfigChanges;
import io.sluice.cluster.metadata.Controller;
import io.sluice.cluster.metadata.InternalTopic;
import io.sluice.cluster.metadata.MetadataImage.PartitionInfo;
import io.sluice.cluster.metadata.MetadataImage.TopicInfo;
import io.sluice.kafka.testing.FakeNode;
import io.sluice.log.ErrorCode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Changes the fake node's metadata at once. */
final class FakeController implements Controller {
    private final FakeNode node;

    /** What was asked, for tests that check what reaches the controller. */
    final List<Object> asked = new ArrayList<>();

    /** Whether partitions serve as soon as they are made. */
    boolean leadersServe = true;

    FakeController(FakeNode node) {
        this.node = node;
    }

    @Override
    public CompletionStage<List<TopicResult>> createTopics(List<NewTopic> topics, boolean validateOnly, int timeoutMs) {
        asked.addAll(topics);
        return CompletableFuture.completedFuture(
                topics.stream().map(topic -> create(topic, validateOnly)).toList());
    }

    private TopicResult create(NewTopic topic, boolean validateOnly) {
        if (node.image.topics.containsKey(topic.name())) {
            return failed(topic.name(), ErrorCode.TOPIC_ALREADY_EXISTS, "Topic '" + topic.name() + "' already exists.");
        }
        int partitions = topic.assignments().isEmpty()
                ? topic.partitions() == -1 ? node.settings.defaultPartitions() : topic.partitions()
                : topic.assignments().size();
        if (topic.replicationFactor() > node.image.brokers.size()) {
            return failed(topic.name(), ErrorCode.INVALID_REPLICATION_FACTOR, "not enough brokers");
        }
        if (validateOnly) {
            return new TopicResult(
                    topic.name(), new UUID(0, 0), ErrorCode.NONE, null, partitions, (short) 1, topic.configs());
        }
        TopicInfo info = put(node.topic(topic.name(), partitions), topic.configs());
        return new TopicResult(topic.name(), info.id(), ErrorCode.NONE, null, partitions, (short) 1, topic.configs());
    }

    private TopicInfo put(TopicInfo made, Map<String, String> configs) {
        TopicInfo info = new TopicInfo(made.id(), made.name(), made.internal(), made.partitions(), configs);
        node.image.topics.put(info.name(), info);
        serve(info);
        return info;
    }

    private void serve(TopicInfo info) {
        if (leadersServe) {
            info.partitions()
                    .forEach(partition -> node.leaderships.put(
                            info.id() + "-" + partition.partition(), new Leadership(FakeNode.ID, 1)));
        }
    }

    private static TopicResult failed(String name, ErrorCode error, String message) {
        return new TopicResult(name, null, error, message, -1, (short) -1, Map.of());
    }

    @Override
    public CompletionStage<List<TopicResult>> deleteTopics(List<UUID> topics, int timeoutMs) {
        asked.addAll(topics);
        List<TopicResult> results = new ArrayList<>();
        for (UUID id : topics) {
            TopicInfo info = node.image.topic(id).orElseThrow();
            node.image.topics.remove(info.name());
            results.add(new TopicResult(info.name(), id, ErrorCode.NONE, null, -1, (short) -1, Map.of()));
        }
        return CompletableFuture.completedFuture(results);
    }

    @Override
    public CompletionStage<List<TopicResult>> createPartitions(
            List<NewPartitions> topics, boolean validateOnly, int timeoutMs) {
        asked.addAll(topics);
        List<TopicResult> results = new ArrayList<>();
        for (NewPartitions topic : topics) {
            TopicInfo info = node.image.topics.get(topic.topic());
            if (info.partitions().size() >= topic.count()) {
                results.add(failed(topic.topic(), ErrorCode.INVALID_PARTITIONS, "not more than it has"));
                continue;
            }
            List<PartitionInfo> partitions = new ArrayList<>(info.partitions());
            for (int i = partitions.size(); i < topic.count(); i++) {
                partitions.add(new PartitionInfo(i, 0, List.of(FakeNode.ID)));
            }
            if (!validateOnly) {
                put(new TopicInfo(info.id(), info.name(), info.internal(), partitions, Map.of()), info.configs());
            }
            results.add(new TopicResult(
                    topic.topic(), info.id(), ErrorCode.NONE, null, topic.count(), (short) 1, info.configs()));
        }
        return CompletableFuture.completedFuture(results);
    }

    @Override
    public CompletionStage<List<ConfigResult>> alterConfigs(List<ConfigChange> changes, boolean validateOnly) {
        asked.addAll(changes);
        ConfigChanges rules = new ConfigChanges(node.settings);
        List<ConfigResult> results = new ArrayList<>();
        for (ConfigChange change : changes) {
            ConfigChanges.Outcome outcome;
            if (change.type() == ResourceType.TOPIC) {
                TopicInfo info = node.image.topics.get(change.name());
                outcome = rules.topic(info.configs(), change.replaceAll(), change.ops());
                if (!validateOnly && outcome.configs() != null) {
                    put(info, outcome.configs());
                }
            } else {
                int id = change.name().isEmpty() ? -1 : Integer.parseInt(change.name());
                outcome = rules.broker(
                        node.image.brokerConfigs.getOrDefault(id, Map.of()), change.replaceAll(), change.ops());
                if (!validateOnly && outcome.configs() != null) {
                    node.image.brokerConfigs.put(id, outcome.configs());
                }
            }
            results.add(new ConfigResult(change.type(), change.name(), outcome.error(), outcome.message()));
        }
        return CompletableFuture.completedFuture(results);
    }

    @Override
    public CompletionStage<TopicResult> internalTopic(InternalTopic topic, int timeoutMs) {
        asked.add(topic);
        return CompletableFuture.completedFuture(create(
                new NewTopic(topic.topic(), 50, (short) 1, List.of(), Map.of("cleanup.policy", "compact")), false));
    }

    @Override
    public CompletionStage<Long> allocateProducerIds(int count) {
        return CompletableFuture.completedFuture(-1L);
    }

    @Override
    public CompletionStage<List<PartitionResult>> alterReassignments(
            List<ReassignmentChange> changes, boolean factorMayChange, int timeoutMs) {
        asked.addAll(changes);
        return CompletableFuture.completedFuture(changes.stream()
                .map(change -> change.partition() == 0
                        ? new PartitionResult(change.topic(), 0, ErrorCode.NONE, null)
                        : new PartitionResult(
                                change.topic(), change.partition(), ErrorCode.INVALID_REPLICA_ASSIGNMENT, "no"))
                .toList());
    }

    @Override
    public CompletionStage<Outcome> unregisterBroker(int brokerId, int timeoutMs) {
        asked.add(brokerId);
        return CompletableFuture.completedFuture(Outcome.DONE);
    }
}
