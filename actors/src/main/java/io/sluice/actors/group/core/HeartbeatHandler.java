/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.actors.group.core;

import io.sluice.actors.group.GroupRequest.Heartbeat;
import io.sluice.actors.group.GroupState;
import io.sluice.log.ErrorCode;

/** Heartbeat: keeps a session alive, and tells a member that it has to join again. */
final class HeartbeatHandler {
    private final Rebalance rebalance;

    HeartbeatHandler(Rebalance rebalance) {
        this.rebalance = rebalance;
    }

    ErrorCode handle(Group group, Heartbeat heartbeat, long nowMs) {
        ErrorCode error = Membership.check(group, heartbeat.memberId(), heartbeat.instanceId(), heartbeat.generation());
        if (error != ErrorCode.NONE) {
            return error;
        }
        rebalance.beginSession(group.member(heartbeat.memberId()), nowMs);
        return group.is(GroupState.PREPARING_REBALANCE) ? ErrorCode.REBALANCE_IN_PROGRESS : ErrorCode.NONE;
    }
}
