/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.kafka.group;

import io.sluice.actors.group.GroupRequest.Leave;
import io.sluice.actors.group.GroupRequest.Leaver;
import io.sluice.actors.group.GroupResponse.Left;
import io.sluice.actors.group.GroupResponse.LeftMember;
import io.sluice.kafka.api.ApiHandler;
import io.sluice.kafka.api.RequestContext;
import io.sluice.log.ErrorCode;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.message.LeaveGroupRequestData;
import org.apache.kafka.common.message.LeaveGroupResponseData;
import org.apache.kafka.common.message.LeaveGroupResponseData.MemberResponse;

/** LeaveGroup: of one member, or (version 3 and later) of several. */
final class LeaveGroupHandler implements ApiHandler<LeaveGroupRequestData, LeaveGroupResponseData> {
    private static final int FIRST_WITH_MANY_MEMBERS = 3;
    private final Coordinators coordinators;

    LeaveGroupHandler(Coordinators coordinators) {
        this.coordinators = coordinators;
    }

    @Override
    public short apiKey() {
        return 13;
    }

    @Override
    public CompletionStage<LeaveGroupResponseData> handle(RequestContext context, LeaveGroupRequestData request) {
        boolean many = context.apiVersion() >= FIRST_WITH_MANY_MEMBERS;
        List<Leaver> leavers = many
                ? request.members().stream()
                        .map(member -> new Leaver(member.memberId(), member.groupInstanceId(), member.reason()))
                        .toList()
                : List.of(new Leaver(request.memberId(), null, null));
        Leave leave = new Leave(request.groupId(), leavers);
        CompletionStage<Left> answer = request.groupId().isEmpty()
                ? CompletableFuture.completedFuture(leave.failed(ErrorCode.INVALID_GROUP_ID))
                : coordinators.ask(leave);
        return answer.thenApply(left -> many ? ofMany(left) : ofOne(left));
    }

    private static LeaveGroupResponseData ofOne(Left left) {
        ErrorCode error =
                left.members().isEmpty() ? left.error() : left.members().get(0).error();
        return new LeaveGroupResponseData().setErrorCode(error.code());
    }

    private static LeaveGroupResponseData ofMany(Left left) {
        LeaveGroupResponseData response =
                new LeaveGroupResponseData().setErrorCode(left.error().code());
        for (LeftMember member : left.members()) {
            response.members()
                    .add(new MemberResponse()
                            .setMemberId(member.memberId())
                            .setGroupInstanceId(member.instanceId())
                            .setErrorCode(member.error().code()));
        }
        return response;
    }
}
