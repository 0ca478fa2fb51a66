/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.http.group;

import com.fasterxml.jackson.databind.JsonNode;
import io.sluice.actors.group.GroupResponse.Listed;
import io.sluice.cluster.Node;
import io.sluice.http.forward.OtherNodes;
import io.sluice.http.route.Exchange;
import io.sluice.http.route.ProblemException;
import io.sluice.log.ErrorCode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentSkipListSet;

/** Groups of all nodes, a page at a time, in the order of their names: a line about each, or all that is known of them. */
final class GroupList {
    /** Groups of a page with details. */
    static final int DETAILED_MAX = 1_000;

    static final int DETAILED_DEFAULT = 200;

    /** A page with details ends behind the group that brings it to so many offsets, for each is asked about. */
    static final int OFFSETS_MAX = 4_000;

    /** So many groups are asked about at one time. */
    private static final int AT_ONCE = 20;

    private static final String GROUP = "group";
    private static final String ALL = "/v1/groups";

    /**
     * What is asked for.
     *
     * @param after the name behind which the page begins; empty for the first
     * @param limit groups, at most
     */
    private record Query(boolean details, String after, int limit) {
        static Query of(Exchange exchange) {
            boolean details = exchange.query("details", false);
            return new Query(details, exchange.query("after").orElse(""), (int)
                    (details
                            ? exchange.query("limit", DETAILED_DEFAULT, 1, DETAILED_MAX)
                            : exchange.query("limit", Integer.MAX_VALUE, 1, Integer.MAX_VALUE)));
        }
    }

    private final Node node;
    private final OtherNodes others;
    private final GroupCoordination groups;
    private final GroupDescriptions descriptions;

    GroupList(Node node, OtherNodes others, GroupCoordination groups, GroupDescriptions descriptions) {
        this.node = node;
        this.others = others;
        this.groups = groups;
        this.descriptions = descriptions;
    }

    CompletionStage<Map<String, Object>> page(Exchange exchange) {
        Query query = Query.of(exchange);
        Set<Integer> missing = new ConcurrentSkipListSet<>();
        List<CompletableFuture<List<Map<String, Object>>>> answers = new ArrayList<>();
        answers.add(groups.list().thenApply(GroupList::listed).toCompletableFuture());
        if (!OtherNodes.isForwarded(exchange)) {
            for (int broker : node.liveBrokers()) {
                if (broker != node.id()) {
                    answers.add(listOf(broker, missing));
                }
            }
        }
        return CompletableFuture.allOf(answers.toArray(CompletableFuture[]::new))
                .thenCompose(all -> {
                    TreeMap<String, Map<String, Object>> byName = new TreeMap<>();
                    answers.forEach(
                            answer -> answer.join().forEach(group -> byName.put((String) group.get(GROUP), group)));
                    return page(query, byName, missing);
                });
    }

    private CompletionStage<Map<String, Object>> page(
            Query query, NavigableMap<String, Map<String, Object>> byName, Set<Integer> missing) {
        List<Map<String, Object>> rest =
                List.copyOf(byName.tailMap(query.after, false).values());
        List<Map<String, Object>> chosen = rest.subList(0, Math.min(rest.size(), query.limit));
        CompletionStage<List<Map<String, Object>>> shown =
                query.details ? described(chosen, new ArrayList<>()) : CompletableFuture.completedFuture(chosen);
        return shown.thenApply(entries -> {
            Map<String, Object> page = new LinkedHashMap<>();
            page.put("groups", entries);
            page.put("total", byName.size());
            if (!entries.isEmpty() && entries.size() < rest.size()) {
                page.put("next", entries.get(entries.size() - 1).get(GROUP));
            }
            page.put("missing", missing);
            return page;
        });
    }

    /** Some at a time, as long as the page is not full. */
    private CompletionStage<List<Map<String, Object>>> described(
            List<Map<String, Object>> left, List<Map<String, Object>> done) {
        int offsets = done.stream()
                .mapToInt(group -> group.get("offsets") instanceof List<?> some ? some.size() : 0)
                .sum();
        if (left.isEmpty() || offsets >= OFFSETS_MAX) {
            return CompletableFuture.completedFuture(done);
        }
        int some = Math.min(AT_ONCE, left.size());
        List<CompletableFuture<Map<String, Object>>> asked =
                left.subList(0, some).stream().map(this::described).toList();
        return CompletableFuture.allOf(asked.toArray(CompletableFuture[]::new)).thenCompose(all -> {
            asked.forEach(answer -> done.add(answer.join()));
            return described(left.subList(some, left.size()), done);
        });
    }

    /** One that can't be asked about now keeps its line, and says why; so does one that is deleted meanwhile. */
    private CompletableFuture<Map<String, Object>> described(Map<String, Object> entry) {
        return CompletableFuture.completedFuture((String) entry.get(GROUP))
                .thenCompose(descriptions::describe)
                .exceptionally(failure -> {
                    Throwable cause = failure instanceof CompletionException && failure.getCause() != null
                            ? failure.getCause()
                            : failure;
                    if (!(cause instanceof ProblemException told)) {
                        throw new CompletionException(cause);
                    }
                    Map<String, Object> line = new LinkedHashMap<>(entry);
                    line.put("problem", told.problem().detail());
                    return line;
                });
    }

    private CompletableFuture<List<Map<String, Object>>> listOf(int broker, Set<Integer> missing) {
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
                                group.path(GROUP).asText(),
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
        entry.put(GROUP, group);
        entry.put("state", state);
        entry.put("protocolType", protocolType);
        return entry;
    }
}
