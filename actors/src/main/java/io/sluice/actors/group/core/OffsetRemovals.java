/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.actors.group.core;

import io.sluice.actors.group.GroupRequest.DeleteOffsets;
import io.sluice.actors.group.GroupRequest.PartitionKey;
import io.sluice.actors.group.GroupResponse.Committed;
import io.sluice.actors.group.GroupResponse.CommittedOffset;
import io.sluice.actors.group.GroupState;
import io.sluice.actors.group.record.GroupEvent.GroupRemoved;
import io.sluice.actors.group.record.GroupEvent.OffsetRemoved;
import io.sluice.log.ErrorCode;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiPredicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Offsets and groups go: by request, with their topic, or because nobody has used them for {@code offsets.retention.minutes}. */
final class OffsetRemovals {
    private static final Logger log = LoggerFactory.getLogger(OffsetRemovals.class);
    private final ShardContext context;

    OffsetRemovals(ShardContext context) {
        this.context = context;
    }

    /** OffsetDelete. */
    Committed delete(Group group, DeleteOffsets request) {
        Set<String> subscribed = Set.of();
        if (!group.is(GroupState.EMPTY)) {
            subscribed = subscribedTopics(group);
            if (subscribed == null) {
                return request.failed(ErrorCode.NON_EMPTY_GROUP);
            }
        }
        Map<PartitionKey, ErrorCode> outcome = new LinkedHashMap<>();
        for (PartitionKey partition : request.partitions()) {
            if (subscribed.contains(partition.topic())) {
                outcome.put(partition, ErrorCode.GROUP_SUBSCRIBED_TO_TOPIC);
            } else {
                remove(group, partition);
                outcome.put(partition, ErrorCode.NONE);
            }
        }
        return new Committed(ErrorCode.NONE, outcome);
    }

    /** DeleteGroups. {@code NONE} if the group is to be forgotten. */
    ErrorCode deleteGroup(Group group) {
        if (!group.is(GroupState.EMPTY)) {
            return ErrorCode.NON_EMPTY_GROUP;
        }
        for (PartitionKey partition : List.copyOf(group.offsets().keySet())) {
            remove(group, partition);
        }
        removeGroup(group);
        return ErrorCode.NONE;
    }

    /** The log is to forget the group itself. */
    void removeGroup(Group group) {
        if (group.persisted) {
            context.outbox().emit(new GroupRemoved(group.id));
        }
        log.info("Group deleted group={} generation={}", group.id, group.generation);
    }

    void topicsDeleted(Group group, Set<String> topics) {
        removeIf(group, (partition, offset) -> topics.contains(partition.topic()));
    }

    /** Removes what has expired. Of a group with members only what they are not subscribed to can; nothing while that is not known. */
    void expire(Group group, long nowMs) {
        Set<String> subscribed;
        if (group.is(GroupState.EMPTY)) {
            subscribed = Set.of();
        } else if (group.is(GroupState.STABLE)) {
            subscribed = subscribedTopics(group);
        } else {
            return;
        }
        if (subscribed == null) {
            return;
        }
        int expired = removeIf(
                group,
                (partition, offset) -> !subscribed.contains(partition.topic()) && expiryMs(group, offset) <= nowMs);
        if (expired > 0) {
            context.metrics().expiredOffsets().add(expired);
            log.info("Offsets expired group={} offsets={}", group.id, expired);
        }
    }

    /**
     * Counted from the commit, or, in a group that had members, from when it became empty. (Offsets stay while somebody might come
     * back to them, KIP-211.)
     */
    private long expiryMs(Group group, CommittedOffset offset) {
        if (offset.expireTimeMs() != -1) {
            return offset.expireTimeMs();
        }
        boolean hadMembers = group.is(GroupState.EMPTY) && !group.protocolType.isEmpty();
        long lastUsedMs = hadMembers ? Math.max(group.stateTimeMs, offset.commitTimeMs()) : offset.commitTimeMs();
        return lastUsedMs + context.settings().offsetsRetentionMs();
    }

    /** What the members consume; null if that can't be known. */
    private static Set<String> subscribedTopics(Group group) {
        if (!Subscription.PROTOCOL_TYPE.equals(group.protocolType)) {
            return null;
        }
        Set<String> all = new HashSet<>();
        for (Member member : group.members()) {
            for (var offered : member.protocols) {
                Set<String> topics = Subscription.topics(offered.metadata());
                if (topics == null) {
                    return null;
                }
                all.addAll(topics);
            }
        }
        return all;
    }

    private int removeIf(Group group, BiPredicate<PartitionKey, CommittedOffset> condition) {
        int removed = 0;
        for (Map.Entry<PartitionKey, CommittedOffset> entry :
                List.copyOf(group.offsets().entrySet())) {
            if (condition.test(entry.getKey(), entry.getValue())) {
                remove(group, entry.getKey());
                removed++;
            }
        }
        return removed;
    }

    private void remove(Group group, PartitionKey partition) {
        if (group.removeOffset(partition)) {
            context.outbox().emit(new OffsetRemoved(group.id, partition));
        }
    }
}
