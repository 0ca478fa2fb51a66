/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.actors.group.core;

import io.sluice.actors.group.Bytes;
import io.sluice.actors.group.GroupRequest.Sync;
import io.sluice.actors.group.GroupResponse.Synced;
import io.sluice.actors.group.GroupState;
import io.sluice.log.ErrorCode;
import java.util.Map;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** SyncGroup: the leader brings the assignment, everybody takes their part of it away, once it is safe in the log. */
final class SyncHandler {
    private static final Logger log = LoggerFactory.getLogger(SyncHandler.class);
    /** Lengths and fixed fields of a member's record, generously. */
    private static final int MEMBER_OVERHEAD_BYTES = 64;

    private final ShardContext context;
    private final Rebalance rebalance;

    SyncHandler(ShardContext context, Rebalance rebalance) {
        this.context = context;
        this.rebalance = rebalance;
    }

    void handle(Group group, Sync sync, Consumer<? super Synced> reply, long nowMs) {
        ErrorCode error = check(group, sync);
        if (error != ErrorCode.NONE) {
            context.outbox().answer(reply, Synced.refused(error));
            return;
        }
        Member member = group.member(sync.memberId());
        rebalance.beginSession(member, nowMs);
        switch (group.state()) {
            case COMPLETING_REBALANCE -> {
                park(member, reply, nowMs);
                group.notSynced.remove(member.id);
                if (group.isLeader(member)) {
                    assign(group, sync, nowMs);
                }
            }
            case STABLE -> {
                group.notSynced.remove(member.id);
                stopWaitingIfAllSynced(group);
                context.outbox().answer(reply, synced(group, member));
            }
            default -> context.outbox().answer(reply, Synced.refused(ErrorCode.REBALANCE_IN_PROGRESS));
        }
    }

    private static ErrorCode check(Group group, Sync sync) {
        ErrorCode error = Membership.check(group, sync.memberId(), sync.instanceId(), sync.generation());
        if (error != ErrorCode.NONE) {
            return error;
        }
        boolean otherType = sync.protocolType() != null && !sync.protocolType().equals(group.protocolType);
        boolean otherName = sync.protocolName() != null && !sync.protocolName().equals(group.protocol);
        return otherType || otherName ? ErrorCode.INCONSISTENT_GROUP_PROTOCOL : ErrorCode.NONE;
    }

    private void park(Member member, Consumer<? super Synced> reply, long nowMs) {
        rebalance.answerSync(member, Synced.refused(ErrorCode.REBALANCE_IN_PROGRESS), nowMs);
        member.syncReply = reply;
        member.abandoned = false;
    }

    private void assign(Group group, Sync sync, long nowMs) {
        Map<String, Bytes> assignments = sync.assignments();
        if (recordBytes(group, assignments) > context.settings().maxBatchBytes()) {
            log.warn(
                    "The group's members and assignments do not fit a record group={} members={} maxBytes={}",
                    group.id,
                    group.size(),
                    context.settings().maxBatchBytes());
            rebalance.dropAssignments(group, ErrorCode.MESSAGE_TOO_LARGE, nowMs);
            rebalance.begin(group, "the assignment is too large", nowMs);
            return;
        }
        for (Member each : group.members()) {
            group.assign(each, assignments.getOrDefault(each.id, Bytes.EMPTY));
        }
        group.moveTo(GroupState.STABLE, nowMs);
        rebalance.save(group);
        for (Member each : group.members()) {
            rebalance.answerSync(each, synced(group, each), nowMs);
        }
        stopWaitingIfAllSynced(group);
    }

    private void stopWaitingIfAllSynced(Group group) {
        if (group.notSynced.isEmpty()) {
            context.deadlines().cancel(group.rebalanceTimer);
        }
    }

    private static Synced synced(Group group, Member member) {
        return new Synced(ErrorCode.NONE, group.protocolType, group.protocol, member.assignment);
    }

    private static long recordBytes(Group group, Map<String, Bytes> assignments) {
        long bytes = 1024L + 3L * (group.id.length() + group.protocolType.length() + group.protocol.length());
        for (Member member : group.members()) {
            int characters = member.id.length()
                    + member.clientId.length()
                    + member.clientHost.length()
                    + (member.instanceId == null ? 0 : member.instanceId.length());
            bytes += MEMBER_OVERHEAD_BYTES
                    + 3L * characters
                    + member.metadata(group.protocol).length()
                    + assignments.getOrDefault(member.id, Bytes.EMPTY).length();
        }
        return bytes;
    }
}
