/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.http.group;

import com.fasterxml.jackson.databind.JsonNode;
import io.sluice.actors.group.GroupRequest.Commit;
import io.sluice.actors.group.GroupRequest.NewOffset;
import io.sluice.cluster.metadata.MetadataImage.TopicInfo;
import io.sluice.http.record.PartitionEnds;
import io.sluice.http.record.PartitionFinder;
import io.sluice.http.route.JsonBody;
import io.sluice.http.route.Problem;
import io.sluice.http.route.ProblemKind;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Has a group without members go on elsewhere in a topic:
 *
 * <pre>
 *   {"topic": "orders", "partitions": [0, 3], "to": "earliest" | "latest" | {"timestamp": 1795242000000} | {"offsets": {"0": 17, "3": 0}}}
 * </pre>
 *
 * Without {@code partitions} it is the whole topic, or the partitions of {@code offsets}.
 */
final class OffsetReset {
    private static final int NO_GENERATION = -1;
    private static final long DEFAULT_RETENTION = -1;

    private final GroupCoordination groups;
    private final PartitionFinder finder;
    private final PartitionEnds ends;

    OffsetReset(GroupCoordination groups, PartitionFinder finder, PartitionEnds ends) {
        this.groups = groups;
        this.finder = finder;
        this.ends = ends;
    }

    /** What the group's offsets are then. */
    CompletionStage<Map<String, Object>> reset(String group, JsonBody body, boolean validate) {
        TopicInfo topic = finder.topic(body.text("topic"));
        Map<Integer, String> wanted = wanted(topic, body);
        List<Integer> partitions = new ArrayList<>(wanted.keySet());
        List<CompletableFuture<Long>> offsets = new ArrayList<>();
        wanted.forEach((partition, to) -> offsets.add(ends.at(topic.name(), partition, to)
                .thenApply(place -> checked(topic, partition, place))
                .toCompletableFuture()));
        return CompletableFuture.allOf(offsets.toArray(CompletableFuture[]::new))
                .thenCompose(all -> {
                    List<NewOffset> commits = new ArrayList<>();
                    for (int i = 0; i < partitions.size(); i++) {
                        commits.add(new NewOffset(
                                topic.name(),
                                topic.id(),
                                partitions.get(i),
                                offsets.get(i).join(),
                                -1,
                                ""));
                    }
                    return validate ? CompletableFuture.completedFuture(commits) : commit(group, commits);
                })
                .thenApply(commits -> answer(group, commits));
    }

    private static long checked(TopicInfo topic, int partition, PartitionEnds.Place place) {
        if (place.offset() < place.start() || place.offset() > place.end()) {
            Map<String, Object> range = new LinkedHashMap<>();
            range.put("start", place.start());
            range.put("end", place.end());
            throw new Problem(
                            ProblemKind.OFFSET_OUT_OF_RANGE,
                            "The log of " + topic.name() + "-" + partition + " has the offsets from " + place.start()
                                    + " up to " + place.end() + ", and not " + place.offset() + ".",
                            range)
                    .asException();
        }
        return place.offset();
    }

    private CompletionStage<List<NewOffset>> commit(String group, List<NewOffset> offsets) {
        return groups.ask(new Commit(group, NO_GENERATION, "", null, DEFAULT_RETENTION, false, offsets))
                .thenApply(committed -> {
                    committed.partitions().values().forEach(error -> GroupCoordination.check(group, error));
                    return offsets;
                });
    }

    private static Map<String, Object> answer(String group, List<NewOffset> offsets) {
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("group", group);
        answer.put(
                "offsets",
                offsets.stream()
                        .map(offset -> {
                            Map<String, Object> entry = new LinkedHashMap<>();
                            entry.put("topic", offset.topic());
                            entry.put("partition", offset.partition());
                            entry.put("offset", offset.offset());
                            return entry;
                        })
                        .toList());
        return answer;
    }

    /** The place for each partition. */
    private static Map<Integer, String> wanted(TopicInfo topic, JsonBody body) {
        JsonNode to = body.node("to");
        Map<Integer, String> wanted = new LinkedHashMap<>();
        if (to.has("offsets") && to.size() == 1 && to.path("offsets").isObject()) {
            to.path("offsets")
                    .properties()
                    .forEach(entry -> wanted.put(
                            partition(topic, entry.getKey()), number(entry.getValue(), "an offset of \"to\"")));
            if (body.has("partitions")) {
                throw JsonBody.bad("The member partitions of the body can't stand beside offsets, which name them.");
            }
            return wanted;
        }
        String place = place(to);
        if (!body.has("partitions")) {
            topic.partitions().forEach(partition -> wanted.put(partition.partition(), place));
            return wanted;
        }
        if (!body.node("partitions").isArray()) {
            throw JsonBody.bad("The member partitions of the body must be an array of numbers.");
        }
        body.node("partitions").forEach(partition -> wanted.put(partition(topic, partition.asText()), place));
        return wanted;
    }

    private static String place(JsonNode to) {
        if (to.isTextual()
                && (to.textValue().equals(PartitionEnds.EARLIEST)
                        || to.textValue().equals(PartitionEnds.LATEST))) {
            return to.textValue();
        } else if (to.has("timestamp") && to.size() == 1) {
            return "timestamp:" + number(to.path("timestamp"), "the timestamp of \"to\"");
        }
        throw JsonBody.bad(
                "The member to of the body must be \"earliest\", \"latest\", {\"timestamp\": ...} or {\"offsets\": {...}}.");
    }

    private static String number(JsonNode node, String what) {
        if (!node.isIntegralNumber() || !node.canConvertToLong() || node.longValue() < 0) {
            throw JsonBody.bad("In the body, " + what + " must be a whole number from 0 on.");
        }
        return Long.toString(node.longValue());
    }

    private static int partition(TopicInfo topic, String text) {
        if (!text.matches("\\d{1,9}")
                || Integer.parseInt(text) >= topic.partitions().size()) {
            throw Problem.of(
                            ProblemKind.UNKNOWN_PARTITION,
                            "Topic " + topic.name() + " has the partitions 0 to "
                                    + (topic.partitions().size() - 1) + ", and no " + Problem.quoted(text) + ".")
                    .asException();
        }
        return Integer.parseInt(text);
    }
}
