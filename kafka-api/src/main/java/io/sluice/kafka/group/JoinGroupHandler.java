/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.kafka.group;

import io.sluice.actors.group.Bytes;
import io.sluice.actors.group.GroupRequest.Join;
import io.sluice.actors.group.GroupRequest.Protocol;
import io.sluice.actors.group.GroupResponse.Joined;
import io.sluice.actors.group.GroupResponse.JoinedMember;
import io.sluice.kafka.api.ApiHandler;
import io.sluice.kafka.api.RequestContext;
import io.sluice.log.ErrorCode;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.message.JoinGroupRequestData;
import org.apache.kafka.common.message.JoinGroupResponseData;
import org.apache.kafka.common.message.JoinGroupResponseData.JoinGroupResponseMember;

/** JoinGroup: the answer comes when the rebalance that it takes part in is complete. */
final class JoinGroupHandler implements ApiHandler<JoinGroupRequestData, JoinGroupResponseData> {
    /** Version 4 and later: new members get an id first (KIP-394). */
    private static final int FIRST_WITH_MEMBER_ID_ROUND = 4;

    private static final int FIRST_WITH_NULLABLE_PROTOCOL = 7;
    private static final int FIRST_WITH_SKIP_ASSIGNMENT = 9;

    private final Coordinators coordinators;

    JoinGroupHandler(Coordinators coordinators) {
        this.coordinators = coordinators;
    }

    @Override
    public short apiKey() {
        return 11;
    }

    /** For the other members of the group. */
    @Override
    public boolean waitsForOthers() {
        return true;
    }

    @Override
    public CompletionStage<JoinGroupResponseData> handle(RequestContext context, JoinGroupRequestData request) {
        Join join = join(context, request);
        return request.groupId().isEmpty()
                ? CompletableFuture.completedFuture(
                        response(join.failed(ErrorCode.INVALID_GROUP_ID), context.apiVersion()))
                : coordinators.await(join, joined -> response(joined, context.apiVersion()));
    }

    private static Join join(RequestContext context, JoinGroupRequestData request) {
        List<Protocol> protocols = new ArrayList<>();
        request.protocols()
                .forEach(protocol -> protocols.add(new Protocol(protocol.name(), Bytes.of(protocol.metadata()))));
        return new Join(
                request.groupId(),
                request.memberId(),
                request.groupInstanceId(),
                context.clientId() == null ? "" : context.clientId(),
                "/" + context.clientAddress().getAddress().getHostAddress(),
                context.apiVersion() >= FIRST_WITH_MEMBER_ID_ROUND,
                context.apiVersion() >= FIRST_WITH_SKIP_ASSIGNMENT,
                request.sessionTimeoutMs(),
                context.apiVersion() == 0 ? request.sessionTimeoutMs() : request.rebalanceTimeoutMs(),
                request.protocolType(),
                protocols,
                request.reason());
    }

    private static JoinGroupResponseData response(Joined joined, int version) {
        String protocol = joined.protocolName();
        JoinGroupResponseData response = new JoinGroupResponseData()
                .setErrorCode(joined.error().code())
                .setGenerationId(joined.generation())
                .setProtocolType(joined.protocolType())
                .setProtocolName(protocol == null && version < FIRST_WITH_NULLABLE_PROTOCOL ? "" : protocol)
                .setLeader(joined.leader())
                .setSkipAssignment(joined.skipAssignment())
                .setMemberId(joined.memberId());
        for (JoinedMember member : joined.members()) {
            response.members()
                    .add(new JoinGroupResponseMember()
                            .setMemberId(member.memberId())
                            .setGroupInstanceId(member.instanceId())
                            .setMetadata(member.metadata().array()));
        }
        return response;
    }
}
