/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.actors.group.core;

import io.sluice.log.ErrorCode;

/** Whether a request comes from a member of the current generation. */
final class Membership {
    private Membership() {}

    /** {@code NONE}, {@code FENCED_INSTANCE_ID} or {@code UNKNOWN_MEMBER_ID}. */
    static ErrorCode check(Group group, String memberId, String instanceId) {
        if (instanceId != null) {
            Member holder = group.memberOfInstance(instanceId);
            if (holder == null) {
                return ErrorCode.UNKNOWN_MEMBER_ID;
            }
            return holder.id.equals(memberId) ? ErrorCode.NONE : ErrorCode.FENCED_INSTANCE_ID;
        }
        return group.member(memberId) == null ? ErrorCode.UNKNOWN_MEMBER_ID : ErrorCode.NONE;
    }

    /** The same, and {@code ILLEGAL_GENERATION}. */
    static ErrorCode check(Group group, String memberId, String instanceId, int generation) {
        ErrorCode error = check(group, memberId, instanceId);
        if (error == ErrorCode.NONE && generation != group.generation) {
            return ErrorCode.ILLEGAL_GENERATION;
        }
        return error;
    }
}
