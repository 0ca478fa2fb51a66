/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.http.group;

import io.sluice.actors.group.GroupRequest.Describe;
import io.sluice.actors.group.GroupRequest.FetchOffsets;
import io.sluice.actors.group.GroupRequest.PartitionKey;
import io.sluice.actors.group.GroupResponse.CommittedOffset;
import io.sluice.actors.group.GroupResponse.Described;
import io.sluice.actors.group.GroupResponse.DescribedMember;
import io.sluice.cluster.group.Backlog;
import io.sluice.cluster.group.Backlogs;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/**
 * A group as a response shows it. Lag is counted in records (up to the high watermark) and in seconds: for how long the first record that is not consumed has
 * been there, by the time of its batch. A partition that nobody can be asked about has no lag in the answer, rather than a wrong one.
 */
final class GroupDescriptions {
    private static final double MS_PER_SECOND = 1_000;

    private final GroupCoordination groups;
    private final Supplier<Backlogs> backlogs;
    private final InstantSource clock;

    GroupDescriptions(GroupCoordination groups, Supplier<Backlogs> backlogs, InstantSource clock) {
        this.groups = groups;
        this.backlogs = backlogs;
        this.clock = clock;
    }

    CompletionStage<Map<String, Object>> describe(String group) {
        return groups.ask(new Describe(group)).thenCompose(described -> groups.ask(new FetchOffsets(group, null))
                .thenCompose(fetched -> offsets(fetched.offsets()))
                .thenApply(offsets -> description(described, offsets)));
    }

    private static Map<String, Object> description(Described group, List<Map<String, Object>> offsets) {
        Map<String, Object> description = new LinkedHashMap<>();
        description.put("group", group.groupId());
        description.put("state", group.state());
        description.put("protocolType", group.protocolType());
        description.put("assignor", group.protocolName());
        description.put(
                "members",
                group.members().stream().map(GroupDescriptions::member).toList());
        description.put("offsets", offsets);
        description.put(
                "lag",
                offsets.stream()
                        .mapToLong(offset -> offset.get("lag") instanceof Long lag ? lag : 0)
                        .sum());
        description.put(
                "lagSeconds",
                offsets.stream()
                        .mapToDouble(offset -> offset.get("lagSeconds") instanceof Double seconds ? seconds : 0)
                        .max()
                        .orElse(0));
        return description;
    }

    private static Map<String, Object> member(DescribedMember member) {
        Map<String, Object> entry = new LinkedHashMap<>();
        entry.put("id", member.memberId());
        entry.put("instanceId", member.instanceId());
        entry.put("clientId", member.clientId());
        entry.put("host", member.clientHost());
        entry.put("assigned", Assignment.parse(member.assignment().array()));
        return entry;
    }

    private CompletionStage<List<Map<String, Object>>> offsets(Map<PartitionKey, CommittedOffset> committed) {
        List<PartitionKey> keys = committed.keySet().stream()
                .sorted(Comparator.comparing(PartitionKey::topic).thenComparing(PartitionKey::partition))
                .toList();
        List<CompletableFuture<Map<String, Object>>> entries = new ArrayList<>();
        keys.forEach(key -> entries.add(entry(key, committed.get(key)).toCompletableFuture()));
        return CompletableFuture.allOf(entries.toArray(CompletableFuture[]::new))
                .thenApply(all -> entries.stream().map(CompletableFuture::join).toList());
    }

    private CompletionStage<Map<String, Object>> entry(PartitionKey key, CommittedOffset committed) {
        Map<String, Object> entry = new LinkedHashMap<>();
        entry.put("topic", key.topic());
        entry.put("partition", key.partition());
        entry.put("offset", committed.offset());
        entry.put("committed", committed.commitTimeMs());
        entry.put("metadata", committed.metadata());
        return backlogs.get()
                .from(key.topic(), key.partition(), committed.offset())
                .thenApply(backlog -> {
                    boolean known = backlog != null;
                    entry.put("end", known ? backlog.highWatermark() : null);
                    entry.put("lag", known ? backlog.records(committed.offset()) : null);
                    entry.put("lagSeconds", known ? seconds(backlog) : null);
                    return entry;
                });
    }

    private Double seconds(Backlog backlog) {
        return backlog.sinceMs() == Backlog.NOTHING
                ? 0.0
                : Math.max(0, clock.millis() - backlog.sinceMs()) / MS_PER_SECOND;
    }
}
