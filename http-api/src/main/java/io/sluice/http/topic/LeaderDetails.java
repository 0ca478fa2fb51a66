/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.http.topic;

import com.fasterxml.jackson.databind.JsonNode;
import io.sluice.http.forward.OtherNodes;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * What only the leader of a partition knows of it, asked of the other nodes for those that they lead: one request a node. A node that does not answer leaves
 * its partitions as they are, for the rest of a description is still true.
 */
final class LeaderDetails {
    private static final String PARTITIONS = "partitions";
    private static final List<String> DETAILS = List.of("inSync", "offsets", "bytes");

    private final OtherNodes others;

    LeaderDetails(OtherNodes others) {
        this.others = others;
    }

    /**
     * Fills in what is missing.
     *
     * @param topic a description, as this node can make it alone
     * @param partitions those of the description, changed in place
     */
    CompletionStage<Map<String, Object>> completed(Map<String, Object> topic, List<Map<String, Object>> partitions) {
        Map<Integer, List<Map<String, Object>>> elsewhere = new TreeMap<>();
        for (Map<String, Object> partition : partitions) {
            if (!partition.containsKey("offsets")
                    && partition.get("leader") instanceof Integer leader
                    && others.knows(leader)) {
                elsewhere.computeIfAbsent(leader, node -> new ArrayList<>()).add(partition);
            }
        }
        List<CompletableFuture<Void>> answers = new ArrayList<>();
        elsewhere.forEach((leader, wanted) -> answers.add(ask(leader, topic, wanted)));
        return CompletableFuture.allOf(answers.toArray(CompletableFuture[]::new))
                .thenApply(all -> topic);
    }

    private CompletableFuture<Void> ask(int leader, Map<String, Object> topic, List<Map<String, Object>> wanted) {
        return CompletableFuture.completedFuture("/v1/topics/" + topic.get("name"))
                .thenCompose(path -> others.get(leader, path))
                .handle((answer, failure) -> {
                    // a topic that was made anew has other partitions under the same name
                    if (failure == null && answer.path("id").asText().equals(topic.get("id"))) {
                        wanted.forEach(partition -> fill(partition, answer.path(PARTITIONS)));
                    }
                    return null;
                });
    }

    private static void fill(Map<String, Object> partition, JsonNode told) {
        for (JsonNode other : told) {
            if (partition.get("partition").equals(other.path("partition").asInt())) {
                DETAILS.stream().filter(other::has).forEach(name -> partition.put(name, other.get(name)));
            }
        }
    }
}
