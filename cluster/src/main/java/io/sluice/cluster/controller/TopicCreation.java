/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.cluster.controller;

import io.sluice.cluster.metadata.ClusterImage;
import io.sluice.cluster.metadata.ConfigRules;
import io.sluice.cluster.metadata.Controller.NewTopic;
import io.sluice.cluster.metadata.Controller.TopicResult;
import io.sluice.cluster.metadata.InternalTopic;
import io.sluice.cluster.metadata.MetadataImage;
import io.sluice.cluster.metadata.MetadataImage.PartitionInfo;
import io.sluice.cluster.metadata.MetadataRecord;
import io.sluice.cluster.metadata.TopicNames;
import io.sluice.log.ErrorCode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;

/** CreateTopics, and the topics that the broker makes for itself. */
final class TopicCreation {
    private static final Set<String> INTERNAL_NAMES = Set.of("__consumer_offsets", "__transaction_state");

    private final ConfigRules rules;
    private final PartitionLimits limits;
    private final Supplier<UUID> ids;

    TopicCreation(ConfigRules rules, PartitionLimits limits, Supplier<UUID> ids) {
        this.rules = rules;
        this.limits = limits;
        this.ids = ids;
    }

    Decision<List<TopicResult>> decide(ClusterImage image, ControllerRequest.CreateTopics request, Set<Integer> live) {
        Set<String> repeated = repeated(request.topics());
        Map<String, String> takenKeys = collisionKeys(image);
        PartitionLimits.Room room = limits.beside(image);
        Groups groups = new Groups(image);
        List<MetadataRecord> records = new ArrayList<>();
        List<TopicResult> results = new ArrayList<>();
        for (NewTopic topic : request.topics()) {
            try {
                if (repeated.contains(topic.name())) {
                    throw new Refusal(ErrorCode.INVALID_REQUEST, "Found multiple entries for this topic.");
                }
                checkName(image, takenKeys, topic.name());
                int partitions = partitions(topic);
                room.check(partitions, partitions);
                MetadataRecord.TopicCreated created = create(image, groups, topic, partitions, live);
                room.take(partitions);
                takenKeys.put(TopicNames.collisionKey(topic.name()), topic.name());
                records.add(created);
                if (!request.validateOnly()) {
                    EvenFactor.warn(
                            topic.name(), created.partitions().get(0).replicas().size());
                }
                results.add(TopicResults.success(topic.name(), created.id(), created.partitions(), created.configs()));
            } catch (Refusal refusal) {
                results.add(TopicResults.failure(topic.name(), null, refusal.error(), refusal.getMessage()));
            }
        }
        groups.change().ifPresent(change -> records.add(0, change));
        return new Decision<>(request.validateOnly() ? List.of() : records, results);
    }

    /** A topic that is there already is answered as if it had been made. */
    Decision<TopicResult> decide(ClusterImage image, InternalTopic internal, Set<Integer> live) {
        MetadataImage.TopicInfo there = image.topics().get(internal.topic());
        if (there != null) {
            return Decision.nothing(
                    TopicResults.success(there.name(), there.id(), there.partitions(), there.configs()));
        }
        NewTopic wanted = new NewTopic(
                internal.topic(),
                rules.partitions(internal),
                (short) Math.min(
                        rules.replicationFactor(internal),
                        Placement.brokers(image).size()),
                List.of(),
                rules.configs(internal));
        try {
            checkName(image, collisionKeys(image), wanted.name());
            Groups groups = new Groups(image);
            MetadataRecord.TopicCreated created = create(image, groups, wanted, partitions(wanted), live);
            List<MetadataRecord> records = new ArrayList<>();
            groups.change().ifPresent(records::add);
            records.add(created);
            return new Decision<>(
                    records,
                    TopicResults.success(created.name(), created.id(), created.partitions(), created.configs()));
        } catch (Refusal refusal) {
            return Decision.nothing(
                    TopicResults.failure(internal.topic(), null, refusal.error(), refusal.getMessage()));
        }
    }

    private int partitions(NewTopic topic) throws Refusal {
        int assigned = topic.assignments().size();
        if (assigned > 0) {
            if (topic.partitions() != -1 && topic.partitions() != assigned) {
                throw new Refusal(
                        ErrorCode.INVALID_REQUEST,
                        "A manual partition assignment was specified, but numPartitions was not set to -1.");
            }
            return assigned;
        }
        int partitions = topic.partitions() == -1 ? rules.defaultPartitions() : topic.partitions();
        if (partitions <= 0) {
            throw new Refusal(
                    ErrorCode.INVALID_PARTITIONS, "Number of partitions was set to an invalid non-positive value.");
        }
        return partitions;
    }

    private MetadataRecord.TopicCreated create(
            ClusterImage image, Groups groups, NewTopic topic, int count, Set<Integer> live) throws Refusal {
        UUID id = ids.get();
        int startGroup = Math.floorMod(id.hashCode(), image.placementGroupCount());
        List<PartitionInfo> partitions = topic.assignments().isEmpty()
                ? spread(image, groups, topic, startGroup, count, live)
                : Placement.assigned(image, groups, startGroup, 0, topic.assignments());
        ConfigRules.Outcome configs = rules.newTopic(topic.configs());
        if (configs.error() != ErrorCode.NONE) {
            throw new Refusal(configs.error(), configs.message());
        }
        return new MetadataRecord.TopicCreated(
                id, topic.name(), INTERNAL_NAMES.contains(topic.name()), partitions, Map.copyOf(configs.configs()));
    }

    private static void checkName(ClusterImage image, Map<String, String> takenKeys, String name) throws Refusal {
        String violation = TopicNames.violation(name).orElse(null);
        if (violation != null) {
            throw new Refusal(ErrorCode.INVALID_TOPIC_EXCEPTION, violation);
        }
        if (image.topics().containsKey(name)) {
            throw new Refusal(ErrorCode.TOPIC_ALREADY_EXISTS, "Topic '" + name + "' already exists.");
        }
        String other = takenKeys.get(TopicNames.collisionKey(name));
        if (other != null) {
            throw new Refusal(
                    ErrorCode.INVALID_TOPIC_EXCEPTION, "Topic '" + name + "' collides with existing topic: " + other);
        }
    }

    private List<PartitionInfo> spread(
            ClusterImage image, Groups groups, NewTopic topic, int startGroup, int partitions, Set<Integer> live)
            throws Refusal {
        int replicas = topic.replicationFactor() == -1 ? rules.defaultReplicationFactor() : topic.replicationFactor();
        if (replicas <= 0) {
            throw new Refusal(
                    ErrorCode.INVALID_REPLICATION_FACTOR,
                    "Replication factor must be larger than 0, or -1 to use the default value.");
        }
        int brokers = Placement.brokers(image).size();
        if (replicas > brokers) {
            throw new Refusal(
                    ErrorCode.INVALID_REPLICATION_FACTOR,
                    "Unable to replicate the partition " + replicas
                            + " time(s): The target replication factor of " + replicas
                            + " cannot be reached because only " + brokers + " broker(s) are registered.");
        }
        return Placement.spread(image, groups, live, startGroup, 0, partitions, replicas);
    }

    private static Set<String> repeated(List<NewTopic> topics) {
        Set<String> seen = new HashSet<>();
        Set<String> repeated = new HashSet<>();
        topics.forEach(topic -> {
            if (!seen.add(topic.name())) {
                repeated.add(topic.name());
            }
        });
        return repeated;
    }

    private static Map<String, String> collisionKeys(ClusterImage image) {
        Map<String, String> keys = new HashMap<>();
        image.topics().keySet().forEach(name -> keys.put(TopicNames.collisionKey(name), name));
        return keys;
    }
}
