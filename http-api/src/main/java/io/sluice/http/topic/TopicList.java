/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.http.topic;

import io.sluice.cluster.Node;
import io.sluice.cluster.metadata.MetadataImage;
import io.sluice.cluster.metadata.MetadataImage.TopicInfo;
import io.sluice.http.forward.OtherNodes;
import io.sluice.http.route.Exchange;
import io.sluice.http.route.Problem;
import io.sluice.http.route.ProblemKind;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Topics, a page at a time, in the order of their names: a line about each, or all that is known of their partitions. */
final class TopicList {
    /** Topics of a page with details. */
    static final int DETAILED_MAX = 1_000;

    static final int DETAILED_DEFAULT = 200;

    /**
     * A page with details ends before a topic that would bring it beyond so many partitions, unless that is its first: with about 170 bytes each it is then
     * below the MiB that nodes take from each other.
     */
    static final int PARTITIONS_MAX = 4_000;

    /**
     * What is asked for.
     *
     * @param after the name behind which the page begins; empty for the first
     * @param limit topics, at most
     * @param leaders whether the leaders are asked for what only they know
     */
    private record Query(boolean internal, boolean details, boolean leaders, String after, long limit) {
        static Query of(Exchange exchange) {
            boolean details = exchange.query("details", false);
            if (!details && exchange.query("offsets").isPresent()) {
                throw Problem.of(ProblemKind.BAD_PARAMETER, "The parameter offsets is for details=true.")
                        .asException();
            }
            return new Query(
                    exchange.query("internal", false),
                    details,
                    exchange.query("offsets", Offsets.HERE) == Offsets.ALL,
                    exchange.query("after").orElse(""),
                    details
                            ? exchange.query("limit", DETAILED_DEFAULT, 1, DETAILED_MAX)
                            : exchange.query("limit", Integer.MAX_VALUE, 1, Integer.MAX_VALUE));
        }

        /** For the other nodes: the same page of theirs. */
        String path() {
            return "/v1/topics?details=true&internal=" + internal + "&limit=" + limit
                    + (after.isEmpty() ? "" : "&after=" + URLEncoder.encode(after, StandardCharsets.UTF_8));
        }
    }

    private final Node node;
    private final TopicDescriptions descriptions;
    private final LeaderDetails leaders;

    TopicList(Node node, TopicDescriptions descriptions, LeaderDetails leaders) {
        this.node = node;
        this.descriptions = descriptions;
        this.leaders = leaders;
    }

    CompletionStage<Map<String, Object>> page(Exchange exchange) {
        Query query = Query.of(exchange);
        boolean forwarded = OtherNodes.isForwarded(exchange);
        MetadataImage image = node.metadata();
        List<TopicInfo> all = image.topics().values().stream()
                .filter(topic -> query.internal || !topic.internal())
                .toList();
        List<TopicInfo> rest = all.stream()
                .filter(topic -> topic.name().compareTo(query.after) > 0)
                .toList();
        List<TopicInfo> chosen = chosen(rest, query);
        List<Map<String, Object>> shown = new ArrayList<>();
        for (TopicInfo topic : chosen) {
            shown.add(query.details ? described(image, topic, forwarded) : TopicDescriptions.summary(topic));
        }
        Map<String, Object> page = new LinkedHashMap<>();
        page.put("topics", shown);
        page.put("total", all.size());
        if (chosen.size() < rest.size()) {
            page.put("next", chosen.get(chosen.size() - 1).name());
        }
        // who was asked by another node answers for itself alone
        return query.leaders && !forwarded
                ? leaders.complete(shown, query.path()).thenApply(done -> page)
                : CompletableFuture.completedFuture(page);
    }

    private static List<TopicInfo> chosen(List<TopicInfo> rest, Query query) {
        List<TopicInfo> chosen = new ArrayList<>();
        int partitions = 0;
        for (TopicInfo topic : rest) {
            partitions += topic.partitions().size();
            boolean full = query.details && partitions > PARTITIONS_MAX && !chosen.isEmpty();
            if (full || chosen.size() >= query.limit) {
                break;
            }
            chosen.add(topic);
        }
        return chosen;
    }

    /** @param forwarded another node asks, which knows the rest itself: only the partitions that this node leads */
    private Map<String, Object> described(MetadataImage image, TopicInfo topic, boolean forwarded) {
        Map<String, Object> description = descriptions.describe(image, topic, false);
        if (forwarded) {
            description.put(
                    "partitions",
                    TopicDescriptions.partitions(description).stream()
                            .filter(LeaderDetails::isKnown)
                            .toList());
        }
        return description;
    }
}
