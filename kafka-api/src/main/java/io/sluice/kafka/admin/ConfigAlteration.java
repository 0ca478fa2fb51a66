/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.kafka.admin;

import io.sluice.cluster.Node;
import io.sluice.cluster.config.ConfigChanges;
import io.sluice.cluster.metadata.Controller.ConfigChange;
import io.sluice.cluster.metadata.Controller.ConfigOp;
import io.sluice.cluster.metadata.Controller.ConfigResult;
import io.sluice.cluster.metadata.Controller.Operation;
import io.sluice.cluster.metadata.Controller.ResourceType;
import io.sluice.cluster.metadata.MetadataImage;
import io.sluice.cluster.metadata.MetadataImage.TopicInfo;
import io.sluice.cluster.metadata.TopicNames;
import io.sluice.log.ErrorCode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** What AlterConfigs and IncrementalAlterConfigs have in common: each resource of a request is changed as a whole or not at all, and by itself. */
final class ConfigAlteration {
    private final Node node;
    private final ConfigChanges rules;

    ConfigAlteration(Node node) {
        this.node = node;
        this.rules = new ConfigChanges(node.settings());
    }

    /** A resource of a request. */
    record Resource(byte type, String name) {}

    /**
     * What a request wants of one resource.
     *
     * @param malformed what is wrong with the request itself; null if nothing is
     */
    record Wanted(Resource resource, boolean replaceAll, List<ConfigOp> ops, String malformed) {}

    /** What became of it. */
    record Answer(Resource resource, ErrorCode error, String message) {}

    /** Answers in the order of the request. */
    CompletionStage<List<Answer>> apply(List<Wanted> request, boolean validateOnly) {
        Map<Resource, Answer> answers = new LinkedHashMap<>();
        Map<Resource, ConfigChange> changes = new HashMap<>();
        MetadataImage image = node.metadata();
        for (Wanted wanted : request) {
            Resource resource = wanted.resource();
            if (answers.containsKey(resource)) {
                changes.remove(resource);
                answers.put(resource, new Answer(resource, ErrorCode.INVALID_REQUEST, "the resource is there twice"));
                continue;
            }
            Answer answer = check(image, wanted);
            answers.put(resource, answer);
            if (answer.error() == ErrorCode.NONE) {
                changes.put(resource, change(wanted));
            }
        }
        if (changes.isEmpty()) {
            return CompletableFuture.completedFuture(List.copyOf(answers.values()));
        }
        return node.controller()
                .alterConfigs(List.copyOf(changes.values()), validateOnly)
                .thenApply(results -> merged(answers, results));
    }

    private Answer check(MetadataImage image, Wanted wanted) {
        Resource resource = wanted.resource();
        if (wanted.malformed() != null) {
            return new Answer(resource, ErrorCode.INVALID_REQUEST, wanted.malformed());
        }
        return switch (resource.type()) {
            case ConfigResourceType.TOPIC -> topic(image, wanted);
            case ConfigResourceType.BROKER -> broker(image, wanted);
            case ConfigResourceType.GROUP -> answer(resource, rules.group(wanted.ops()));
            case ConfigResourceType.BROKER_LOGGER ->
                new Answer(resource, ErrorCode.INVALID_REQUEST, "Log levels can't be changed through the protocol");
            case ConfigResourceType.CLIENT_METRICS ->
                new Answer(resource, ErrorCode.INVALID_REQUEST, "Client metrics are not supported yet");
            default -> new Answer(resource, ErrorCode.INVALID_REQUEST, "Unknown type of resource: " + resource.type());
        };
    }

    private Answer topic(MetadataImage image, Wanted wanted) {
        Resource resource = wanted.resource();
        Optional<String> problem = TopicNames.violation(resource.name());
        if (problem.isPresent()) {
            return new Answer(resource, ErrorCode.INVALID_TOPIC_EXCEPTION, problem.get());
        }
        Optional<TopicInfo> topic = image.topic(resource.name());
        if (topic.isEmpty()) {
            return new Answer(resource, ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, "There is no topic " + resource.name());
        }
        return answer(resource, rules.topic(topic.get().configs(), wanted.replaceAll(), wanted.ops()));
    }

    private Answer broker(MetadataImage image, Wanted wanted) {
        Resource resource = wanted.resource();
        Integer id = null;
        if (!resource.name().isEmpty()) {
            try {
                id = Integer.valueOf(resource.name());
            } catch (NumberFormatException e) {
                return new Answer(
                        resource,
                        ErrorCode.INVALID_REQUEST,
                        "A broker's name is its number, not '" + resource.name() + "'");
            }
            if (!image.brokers().containsKey(id)) {
                return new Answer(resource, ErrorCode.INVALID_REQUEST, "There is no broker " + id);
            }
        }
        return answer(resource, rules.broker(image.brokerConfig(id), wanted.replaceAll(), wanted.ops()));
    }

    private static Answer answer(Resource resource, ConfigChanges.Outcome outcome) {
        return new Answer(resource, outcome.error(), outcome.message());
    }

    /** Repeating what a broker was started with is no change, and the controller is not asked for it. */
    private ConfigChange change(Wanted wanted) {
        ResourceType type =
                wanted.resource().type() == ConfigResourceType.TOPIC ? ResourceType.TOPIC : ResourceType.BROKER;
        List<ConfigOp> ops = type == ResourceType.TOPIC
                ? wanted.ops()
                : wanted.ops().stream()
                        .filter(op -> ConfigChanges.isDynamic(op.key()))
                        .toList();
        return new ConfigChange(type, wanted.resource().name(), wanted.replaceAll(), ops);
    }

    private static List<Answer> merged(Map<Resource, Answer> answers, List<ConfigResult> results) {
        for (ConfigResult result : results) {
            byte type = result.type() == ResourceType.TOPIC ? ConfigResourceType.TOPIC : ConfigResourceType.BROKER;
            Resource resource = new Resource(type, result.name());
            answers.put(resource, new Answer(resource, result.error(), result.message()));
        }
        return new ArrayList<>(answers.values());
    }

    /** An operation by its number on the wire; null if there is none of that number. */
    static Operation operation(byte number) {
        return switch (number) {
            case 0 -> Operation.SET;
            case 1 -> Operation.DELETE;
            case 2 -> Operation.APPEND;
            case 3 -> Operation.SUBTRACT;
            default -> null;
        };
    }
}
