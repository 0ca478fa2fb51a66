/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.kafka.admin;

import io.micrometer.core.instrument.Counter;
import io.sluice.cluster.Node;
import io.sluice.cluster.metadata.Controller.NewTopic;
import io.sluice.cluster.metadata.InternalTopic;
import io.sluice.kafka.api.HandlerServices;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Makes topics because a client asked for them ({@code auto.create.topics.enable}). */
final class TopicCreator {
    /** How long a Metadata answer waits for new topics to serve; the client asks again anyway. */
    static final int TIMEOUT_MS = 3_000;

    private static final int DEFAULT = -1;

    private final Node node;
    private final Counter refused;

    TopicCreator(HandlerServices services) {
        this.node = services.node();
        this.refused = services.meters().counter("sluice.kafka.auto.create.refused");
    }

    /**
     * Completes when the topics serve, or can't be made: the metadata tells which. At most {@code sluice.auto.create.topics.request.max} are made at
     * once; the client asks again for the others.
     */
    CompletionStage<?> create(Collection<String> names) {
        List<CompletableFuture<?>> stages = new ArrayList<>();
        List<NewTopic> topics = new ArrayList<>();
        for (String name : names) {
            InternalTopic internal = internal(name);
            if (internal != null) {
                stages.add(node.controller().internalTopic(internal, TIMEOUT_MS).toCompletableFuture());
            } else if (topics.size() == node.settings().autoCreateTopicsRequestMax()) {
                refused.increment();
                break;
            } else {
                topics.add(
                        new NewTopic(name, DEFAULT, node.settings().defaultReplicationFactor(), List.of(), Map.of()));
            }
        }
        if (!topics.isEmpty()) {
            stages.add(node.controller().createTopics(topics, false, TIMEOUT_MS).toCompletableFuture());
        }
        return CompletableFuture.allOf(stages.toArray(CompletableFuture[]::new));
    }

    private static InternalTopic internal(String name) {
        for (InternalTopic topic : InternalTopic.values()) {
            if (topic.topic().equals(name)) {
                return topic;
            }
        }
        return null;
    }
}
