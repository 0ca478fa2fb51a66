/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.http.group;

import akka.http.javadsl.model.HttpMethods;
import akka.http.javadsl.model.HttpResponse;
import akka.util.ByteString;
import com.fasterxml.jackson.databind.JsonNode;
import io.sluice.actors.group.GroupRequest.DeleteGroup;
import io.sluice.actors.group.GroupResponse.Listed;
import io.sluice.cluster.Node;
import io.sluice.http.forward.OtherNodes;
import io.sluice.http.record.PartitionEnds;
import io.sluice.http.record.PartitionFinder;
import io.sluice.http.route.Answers;
import io.sluice.http.route.Bodies;
import io.sluice.http.route.Endpoint;
import io.sluice.http.route.Exchange;
import io.sluice.http.route.JsonBody;
import io.sluice.http.route.Routes;
import io.sluice.log.ErrorCode;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentSkipListSet;

/** {@code /v1/groups}. Any node answers: it asks the coordinator, wherever that is. */
public final class GroupRoutes implements Routes {
    private static final String ALL = "/v1/groups";
    private static final String ONE = "/v1/groups/{group}";
    private static final int NO_CONTENT = 204;

    private final Node node;
    private final OtherNodes others;
    private final Bodies bodies;
    private final GroupCoordination groups;
    private final GroupDescriptions descriptions;
    private final OffsetReset resets;

    public GroupRoutes(
            Node node,
            PartitionFinder finder,
            OtherNodes others,
            PartitionEnds ends,
            Bodies bodies,
            InstantSource clock) {
        this.node = node;
        this.others = others;
        this.bodies = bodies;
        this.groups = new GroupCoordination(node);
        this.descriptions = new GroupDescriptions(groups, ends, clock);
        this.resets = new OffsetReset(groups, finder, ends);
    }

    @Override
    public List<Endpoint> endpoints() {
        return List.of(
                Endpoint.of(HttpMethods.GET, ALL, this::list),
                Endpoint.of(HttpMethods.GET, ONE, this::describe),
                Endpoint.of(HttpMethods.DELETE, ONE, this::delete),
                Endpoint.of(HttpMethods.POST, ONE + "/offsets", this::reset).with("validate"));
    }

    /** Those of all nodes, asked by the one that was asked first. */
    private CompletionStage<HttpResponse> list(Exchange exchange) {
        Map<String, Object> byName = new TreeMap<>();
        ConcurrentSkipListSet<Integer> missing = new ConcurrentSkipListSet<>();
        List<CompletableFuture<List<Map<String, Object>>>> answers = new ArrayList<>();
        answers.add(groups.list().thenApply(GroupRoutes::listed).toCompletableFuture());
        if (!OtherNodes.isForwarded(exchange)) {
            for (int broker : node.liveBrokers()) {
                if (broker != node.id()) {
                    answers.add(listOf(broker, missing));
                }
            }
        }
        return CompletableFuture.allOf(answers.toArray(CompletableFuture[]::new))
                .thenApply(all -> {
                    answers.forEach(
                            answer -> answer.join().forEach(group -> byName.put((String) group.get("group"), group)));
                    Map<String, Object> body = new LinkedHashMap<>();
                    body.put("groups", List.copyOf(byName.values()));
                    body.put("missing", missing);
                    return Answers.json(body);
                });
    }

    private CompletableFuture<List<Map<String, Object>>> listOf(int broker, ConcurrentSkipListSet<Integer> missing) {
        if (!others.knows(broker)) {
            missing.add(broker);
            return CompletableFuture.completedFuture(List.of());
        }
        return others.get(broker, ALL)
                .handle((answer, failure) -> {
                    if (failure != null) {
                        missing.add(broker);
                        return List.<Map<String, Object>>of();
                    }
                    List<Map<String, Object>> found = new ArrayList<>();
                    for (JsonNode group : answer.path("groups")) {
                        found.add(entry(
                                group.path("group").asText(),
                                group.path("state").asText(),
                                group.path("protocolType").asText()));
                    }
                    return found;
                })
                .toCompletableFuture();
    }

    private static List<Map<String, Object>> listed(Listed listed) {
        // While some load, those that are there are named all the same.
        return listed.error() != ErrorCode.NONE && listed.groups().isEmpty()
                ? List.of()
                : listed.groups().stream()
                        .map(group -> entry(group.groupId(), group.state(), group.protocolType()))
                        .toList();
    }

    private static Map<String, Object> entry(String group, String state, String protocolType) {
        Map<String, Object> entry = new LinkedHashMap<>();
        entry.put("group", group);
        entry.put("state", state);
        entry.put("protocolType", protocolType);
        return entry;
    }

    private CompletionStage<HttpResponse> describe(Exchange exchange) {
        return descriptions.describe(exchange.path("group")).thenApply(Answers::json);
    }

    private CompletionStage<HttpResponse> delete(Exchange exchange) {
        return groups.ask(new DeleteGroup(exchange.path("group"))).thenApply(deleted -> Answers.nothing(NO_CONTENT));
    }

    private CompletionStage<HttpResponse> reset(Exchange exchange) {
        return bodies.whole(exchange, body -> groups.made().thenCompose(made -> reset(exchange, body)));
    }

    private CompletionStage<HttpResponse> reset(Exchange exchange, ByteString bytes) {
        boolean validate = exchange.query("validate", false);
        JsonBody body = JsonBody.parse(exchange, bytes, "topic", "partitions", "to");
        return resets.reset(exchange.path("group"), body, validate).thenApply(Answers::json);
    }
}
