/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.actors.group.core;

import io.sluice.actors.group.GroupRequest.Leave;
import io.sluice.actors.group.GroupRequest.Leaver;
import io.sluice.actors.group.GroupResponse.Left;
import io.sluice.actors.group.GroupResponse.LeftMember;
import io.sluice.log.ErrorCode;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** LeaveGroup: by the member itself, or by an administrator for many; however many go, the others rebalance once. */
final class LeaveHandler {
    private static final Logger log = LoggerFactory.getLogger(LeaveHandler.class);
    private final Rebalance rebalance;
    private final Sessions sessions;

    LeaveHandler(Rebalance rebalance, Sessions sessions) {
        this.rebalance = rebalance;
        this.sessions = sessions;
    }

    Left handle(Group group, Leave leave, long nowMs) {
        List<LeftMember> left = new ArrayList<>(leave.members().size());
        boolean gone = false;
        for (Leaver leaver : leave.members()) {
            int before = group.size();
            ErrorCode error = remove(group, leaver, nowMs);
            gone |= group.size() < before;
            left.add(new LeftMember(leaver.memberId(), leaver.instanceId(), error));
        }
        if (gone) {
            rebalance.afterRemoval(group, "members left", nowMs);
        } else {
            // one that only had an id is waited for no longer
            rebalance.completeIfAllJoined(group, nowMs);
        }
        return new Left(ErrorCode.NONE, left);
    }

    /** Nobody is a member of a group that isn't there. */
    static Left unknownGroup(Leave leave) {
        return new Left(
                ErrorCode.NONE,
                leave.members().stream()
                        .map(leaver ->
                                new LeftMember(leaver.memberId(), leaver.instanceId(), ErrorCode.UNKNOWN_MEMBER_ID))
                        .toList());
    }

    private ErrorCode remove(Group group, Leaver leaver, long nowMs) {
        if (leaver.instanceId() == null && sessions.stopExpecting(group, leaver.memberId())) {
            return ErrorCode.NONE;
        }
        boolean byInstance = leaver.instanceId() != null && leaver.memberId().isEmpty();
        Member member = byInstance ? group.memberOfInstance(leaver.instanceId()) : group.member(leaver.memberId());
        ErrorCode error = byInstance
                ? (member == null ? ErrorCode.UNKNOWN_MEMBER_ID : ErrorCode.NONE)
                : Membership.check(group, leaver.memberId(), leaver.instanceId());
        if (error == ErrorCode.NONE) {
            log.info("Member leaves group={} member={} reason={}", group.id, member.id, leaver.reason());
            rebalance.forget(group, member, ErrorCode.UNKNOWN_MEMBER_ID, nowMs);
        }
        return error;
    }
}
