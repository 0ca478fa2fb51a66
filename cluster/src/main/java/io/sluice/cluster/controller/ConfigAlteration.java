/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.cluster.controller;

import io.sluice.cluster.metadata.ConfigRules;
import io.sluice.cluster.metadata.Controller.ConfigChange;
import io.sluice.cluster.metadata.Controller.ConfigResult;
import io.sluice.cluster.metadata.Controller.ResourceType;
import io.sluice.cluster.metadata.MetadataImage;
import io.sluice.cluster.metadata.MetadataRecord;
import io.sluice.log.ErrorCode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** AlterConfigs and IncrementalAlterConfigs: all changes of one resource, or none. */
final class ConfigAlteration {
    private record Resource(ResourceType type, String name) {}

    private final ConfigRules rules;

    ConfigAlteration(ConfigRules rules) {
        this.rules = rules;
    }

    Decision<List<ConfigResult>> decide(MetadataImage image, ControllerRequest.AlterConfigs request) {
        Map<Resource, Integer> times = new HashMap<>();
        request.changes().forEach(change -> times.merge(new Resource(change.type(), change.name()), 1, Integer::sum));
        List<MetadataRecord> records = new ArrayList<>();
        List<ConfigResult> results = new ArrayList<>();
        for (ConfigChange change : request.changes()) {
            try {
                if (times.get(new Resource(change.type(), change.name())) > 1) {
                    throw new Refusal(
                            ErrorCode.INVALID_REQUEST, "Each resource must appear at most once in a request.");
                }
                records.addAll(alter(image, change));
                results.add(new ConfigResult(change.type(), change.name(), ErrorCode.NONE, null));
            } catch (Refusal refusal) {
                results.add(new ConfigResult(change.type(), change.name(), refusal.error(), refusal.getMessage()));
            }
        }
        return new Decision<>(request.validateOnly() ? List.of() : records, results);
    }

    private List<MetadataRecord> alter(MetadataImage image, ConfigChange change) throws Refusal {
        String name = change.name();
        Map<String, String> current = Map.of();
        if (change.type() == ResourceType.TOPIC) {
            MetadataImage.TopicInfo topic = image.topic(change.name())
                    .orElseThrow(() -> new Refusal(
                            ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, "The topic '" + change.name() + "' does not exist."));
            name = topic.id().toString();
            current = topic.configs();
        } else if (change.type() == ResourceType.BROKER) {
            current = image.brokerConfig(brokerId(image, change.name()));
        }
        ConfigRules.Outcome outcome = rules.change(current, change);
        if (outcome.error() != ErrorCode.NONE) {
            throw new Refusal(outcome.error(), outcome.message());
        }
        if (change.type() == ResourceType.BROKER && isTrue(outcome.configs()) && !isTrue(current)) {
            checkDrain(image, name);
        }
        return outcome.configs().equals(current)
                ? List.of()
                : List.of(new MetadataRecord.ConfigSet(change.type(), name, Map.copyOf(outcome.configs())));
    }

    private static boolean isTrue(Map<String, String> configs) {
        return Boolean.parseBoolean(configs.get(MetadataImage.DRAIN));
    }

    private static void checkDrain(MetadataImage image, String name) throws Refusal {
        Integer broker = brokerId(image, name);
        if (broker == null) {
            throw new Refusal(
                    ErrorCode.INVALID_CONFIG,
                    MetadataImage.DRAIN + ": can be set for single brokers only, by their id");
        }
        Set<Integer> left = new HashSet<>(image.brokers().keySet());
        left.removeAll(image.draining());
        left.remove(broker);
        if (left.isEmpty()) {
            throw new Refusal(
                    ErrorCode.INVALID_CONFIG,
                    MetadataImage.DRAIN + ": no broker would be left to put the replicas of broker " + broker + " on");
        }
    }

    /** Null for all brokers. */
    private static Integer brokerId(MetadataImage image, String name) throws Refusal {
        if (name.isEmpty()) {
            return null;
        }
        try {
            int id = Integer.parseInt(name);
            if (image.brokers().containsKey(id)) {
                return id;
            }
        } catch (NumberFormatException notANumber) {
            // answered below
        }
        throw new Refusal(ErrorCode.INVALID_REQUEST, "No broker with the id '" + name + "' is registered.");
    }
}
