/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.http.topic;

import io.sluice.cluster.config.BrokerSettings;
import io.sluice.cluster.config.ConfigChanges;
import io.sluice.cluster.metadata.Controller.ConfigOp;
import io.sluice.cluster.metadata.Controller.NewTopic;
import io.sluice.cluster.metadata.Controller.Operation;
import io.sluice.cluster.metadata.InternalTopic;
import io.sluice.cluster.metadata.MetadataImage;
import io.sluice.cluster.metadata.MetadataImage.TopicInfo;
import io.sluice.cluster.metadata.TopicNames;
import io.sluice.http.route.ErrorProblems;
import io.sluice.http.route.JsonBody;
import io.sluice.http.route.Problem;
import io.sluice.http.route.ProblemException;
import io.sluice.http.route.ProblemKind;
import io.sluice.log.ErrorCode;
import java.util.List;
import java.util.Map;

/** What is wrong with a request about topics, as far as this node can see alone; the controller sees the rest. */
final class TopicRules {
    private static final int DEFAULT = -1;

    private final BrokerSettings settings;
    private final ConfigChanges configs;

    TopicRules(BrokerSettings settings) {
        this.settings = settings;
        this.configs = new ConfigChanges(settings);
    }

    /** A topic that is there. */
    static TopicInfo known(MetadataImage image, String name) {
        return image.topic(name).orElseThrow(() -> Problem.of(
                        ProblemKind.UNKNOWN_TOPIC, "There is no topic " + Problem.quoted(name) + ".")
                .asException());
    }

    /** The topic that a body wants. */
    NewTopic newTopic(JsonBody body) {
        String name = body.text("name");
        TopicNames.violation(name).ifPresent(violation -> {
            throw Problem.of(ProblemKind.BAD_TOPIC, violation + ".").asException();
        });
        if (isReserved(name)) {
            throw Problem.of(
                            ProblemKind.FORBIDDEN,
                            "The topic " + name + " is the broker's own, it makes it when needed.")
                    .asException();
        }
        int partitions = body.number("partitions", DEFAULT, 1, settings.topicPartitionsMax());
        int replicas = body.number("replicas", settings.defaultReplicationFactor(), 1, Short.MAX_VALUE);
        Map<String, String> wanted = body.texts("configs");
        wanted.forEach((key, value) -> {
            if (value == null) {
                throw JsonBody.bad("The value of " + Problem.quoted(key) + " must not be null.");
            }
        });
        check(configs.newTopic(wanted));
        return new NewTopic(name, partitions, (short) replicas, List.of(), wanted);
    }

    /** The changes of a topic's configuration that a body wants: null takes back what was set. */
    List<ConfigOp> changes(TopicInfo topic, JsonBody body) {
        List<ConfigOp> ops = body.texts("configs").entrySet().stream()
                .map(entry -> new ConfigOp(
                        entry.getKey(), entry.getValue() == null ? Operation.DELETE : Operation.SET, entry.getValue()))
                .toList();
        check(configs.topic(topic.configs(), false, ops));
        return ops;
    }

    private static void check(ConfigChanges.Outcome outcome) {
        if (outcome.error() != ErrorCode.NONE) {
            throw ErrorProblems.of(ErrorCode.INVALID_CONFIG, outcome.message()).asException();
        }
    }

    /** The number of partitions that a body wants; {@value #DEFAULT} if it says nothing. */
    int partitions(TopicInfo topic, JsonBody body) {
        int partitions = body.number("partitions", DEFAULT, 1, settings.topicPartitionsMax());
        if (partitions != DEFAULT && isReserved(topic.name())) {
            throw Problem.of(ProblemKind.FORBIDDEN, "The topic is the broker's own, its partitions are fixed.")
                    .asException();
        }
        return partitions;
    }

    void mayBeDeleted(TopicInfo topic) {
        if (!settings.deleteTopicEnable()) {
            throw forbidden("Topics can't be deleted here (delete.topic.enable).");
        } else if (isReserved(topic.name())) {
            throw forbidden("The topic is the broker's own.");
        }
    }

    private static ProblemException forbidden(String sentence) {
        return Problem.of(ProblemKind.FORBIDDEN, sentence).asException();
    }

    private static boolean isReserved(String name) {
        for (InternalTopic topic : InternalTopic.values()) {
            if (topic.topic().equals(name)) {
                return true;
            }
        }
        return false;
    }
}
