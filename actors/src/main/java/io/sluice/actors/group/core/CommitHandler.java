/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.actors.group.core;

import io.sluice.actors.group.GroupRequest.Commit;
import io.sluice.actors.group.GroupRequest.NewOffset;
import io.sluice.actors.group.GroupRequest.PartitionKey;
import io.sluice.actors.group.GroupResponse.Committed;
import io.sluice.actors.group.GroupResponse.CommittedOffset;
import io.sluice.actors.group.GroupState;
import io.sluice.actors.group.record.GroupEvent.OffsetCommitted;
import io.sluice.log.ErrorCode;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/** OffsetCommit: by members of the current generation, or by anybody while the group has no members. */
final class CommitHandler {
    private final ShardContext context;
    private final Rebalance rebalance;

    CommitHandler(ShardContext context, Rebalance rebalance) {
        this.context = context;
        this.rebalance = rebalance;
    }

    Committed handle(Group group, Commit commit, long nowMs) {
        ErrorCode error = check(group, commit);
        if (error != ErrorCode.NONE) {
            return commit.failed(error);
        }
        Member member = group.member(commit.memberId());
        if (member != null) {
            // who commits is alive
            rebalance.beginSession(member, nowMs);
        }
        Map<PartitionKey, ErrorCode> partitions = new LinkedHashMap<>();
        for (NewOffset offset : commit.offsets()) {
            partitions.put(offset.key(), store(group, commit, offset, nowMs));
        }
        return new Committed(ErrorCode.NONE, partitions);
    }

    private static ErrorCode check(Group group, Commit commit) {
        boolean asMember = commit.generation() >= 0 || !commit.memberId().isEmpty() || commit.instanceId() != null;
        if (commit.generation() < 0 && group.is(GroupState.EMPTY)) {
            return ErrorCode.NONE;
        } else if (!asMember) {
            return group.is(GroupState.EMPTY) ? ErrorCode.NONE : ErrorCode.UNKNOWN_MEMBER_ID;
        }
        ErrorCode error = Membership.check(group, commit.memberId(), commit.instanceId(), commit.generation());
        if (error == ErrorCode.NONE && group.is(GroupState.COMPLETING_REBALANCE)) {
            // it has the new generation but not what it may commit in it
            return ErrorCode.REBALANCE_IN_PROGRESS;
        }
        return error;
    }

    private ErrorCode store(Group group, Commit commit, NewOffset offset, long nowMs) {
        String metadata = offset.metadata() == null ? "" : offset.metadata();
        if (isLongerThan(metadata, context.settings().offsetMetadataMaxBytes())) {
            return ErrorCode.OFFSET_METADATA_TOO_LARGE;
        }
        if (context.isFull() && !group.offsets().containsKey(offset.key())) {
            context.metrics().refusedForMemory().increment();
            return ErrorCode.POLICY_VIOLATION;
        }
        long expireTimeMs = commit.retentionTimeMs() < 0 ? -1 : nowMs + commit.retentionTimeMs();
        CommittedOffset committed = new CommittedOffset(
                offset.offset(), offset.leaderEpoch(), metadata, nowMs, expireTimeMs, offset.topicId());
        group.putOffset(offset.key(), committed);
        context.outbox().emit(new OffsetCommitted(group.id, offset.key(), committed));
        context.metrics().committedOffsets().increment();
        return ErrorCode.NONE;
    }

    private static boolean isLongerThan(String metadata, int maxBytes) {
        return metadata.length() > maxBytes
                || (metadata.length() > maxBytes / 3 && metadata.getBytes(StandardCharsets.UTF_8).length > maxBytes);
    }
}
