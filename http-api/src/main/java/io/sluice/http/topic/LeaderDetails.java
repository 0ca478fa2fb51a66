/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.http.topic;

import com.fasterxml.jackson.databind.JsonNode;
import io.sluice.http.forward.OtherNodes;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * What only the leader of a partition knows of it, asked of the other nodes for those that they lead: one request a node, for however many topics. A node that
 * does not answer leaves its partitions as they are, for the rest of a description is still true.
 */
final class LeaderDetails {
    private static final String TOPICS = "topics";
    private static final String PARTITIONS = "partitions";
    private static final String OFFSETS = "offsets";
    private static final List<String> DETAILS = List.of("inSync", OFFSETS, "bytes");

    /** Descriptions of partitions that one node leads, by the topic's id and their number: a topic that was made anew has another id. */
    private static final class Missing {
        private final Map<Object, Map<Integer, Map<String, Object>>> topics = new HashMap<>();

        void add(Object topicId, Map<String, Object> partition) {
            topics.computeIfAbsent(topicId, id -> new HashMap<>()).put((Integer) partition.get("partition"), partition);
        }

        void fill(JsonNode answer) {
            for (JsonNode topic : answer.has(TOPICS) ? answer.path(TOPICS) : List.of(answer)) {
                Map<Integer, Map<String, Object>> wanted =
                        topics.getOrDefault(topic.path("id").asText(), Map.of());
                for (JsonNode told : topic.path(PARTITIONS)) {
                    Map<String, Object> partition =
                            wanted.get(told.path("partition").asInt());
                    if (partition != null) {
                        DETAILS.stream().filter(told::has).forEach(name -> partition.put(name, told.get(name)));
                    }
                }
            }
        }
    }

    private final OtherNodes others;

    LeaderDetails(OtherNodes others) {
        this.others = others;
    }

    /**
     * Fills in what is missing.
     *
     * @param topics descriptions, as this node can make them alone; changed in place
     * @param path what the other leaders are asked for, which answers one topic, or {@code topics}
     */
    CompletionStage<Void> complete(List<Map<String, Object>> topics, String path) {
        Map<Integer, Missing> elsewhere = new TreeMap<>();
        for (Map<String, Object> topic : topics) {
            for (Map<String, Object> partition : TopicDescriptions.partitions(topic)) {
                if (!isKnown(partition) && partition.get("leader") instanceof Integer leader && others.knows(leader)) {
                    elsewhere.computeIfAbsent(leader, node -> new Missing()).add(topic.get("id"), partition);
                }
            }
        }
        List<CompletableFuture<Void>> answers = new ArrayList<>();
        elsewhere.forEach((leader, missing) -> answers.add(ask(leader, path, missing)));
        return CompletableFuture.allOf(answers.toArray(CompletableFuture[]::new));
    }

    private CompletableFuture<Void> ask(int leader, String path, Missing missing) {
        // a node that has just gone is a failure like any other
        return CompletableFuture.completedFuture(path)
                .thenCompose(asked -> others.get(leader, asked))
                .handle((answer, failure) -> {
                    if (failure == null) {
                        missing.fill(answer);
                    }
                    return null;
                });
    }

    /** Whether this node leads it, or has been told by who does. */
    static boolean isKnown(Map<String, Object> partition) {
        return partition.containsKey(OFFSETS);
    }
}
