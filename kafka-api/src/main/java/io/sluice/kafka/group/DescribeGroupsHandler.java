/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.kafka.group;

import io.sluice.actors.group.GroupRequest.Describe;
import io.sluice.actors.group.GroupResponse.Described;
import io.sluice.actors.group.GroupResponse.DescribedMember;
import io.sluice.actors.group.GroupState;
import io.sluice.kafka.api.ApiHandler;
import io.sluice.kafka.api.RequestContext;
import io.sluice.log.ErrorCode;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.message.DescribeGroupsRequestData;
import org.apache.kafka.common.message.DescribeGroupsResponseData;
import org.apache.kafka.common.message.DescribeGroupsResponseData.DescribedGroup;
import org.apache.kafka.common.message.DescribeGroupsResponseData.DescribedGroupMember;

/** DescribeGroups: state, members and their assignments. */
final class DescribeGroupsHandler implements ApiHandler<DescribeGroupsRequestData, DescribeGroupsResponseData> {
    /** Before it, a group that isn't there is described as dead. */
    private static final int FIRST_WITH_NOT_FOUND = 6;

    /** Without access control everybody may do all there is: read, delete, describe, describe and alter its configuration. */
    private static final int ALL_OPERATIONS = 1 << 3 | 1 << 6 | 1 << 8 | 1 << 10 | 1 << 11;

    private final Coordinators coordinators;

    DescribeGroupsHandler(Coordinators coordinators) {
        this.coordinators = coordinators;
    }

    @Override
    public short apiKey() {
        return 15;
    }

    @Override
    public CompletionStage<DescribeGroupsResponseData> handle(
            RequestContext context, DescribeGroupsRequestData request) {
        List<Describe> wanted =
                request.groups().stream().distinct().map(Describe::new).toList();
        return coordinators.askAll(wanted).thenApply(answers -> {
            DescribeGroupsResponseData response = new DescribeGroupsResponseData();
            for (Described described : answers) {
                DescribedGroup group = group(described, context.apiVersion());
                if (request.includeAuthorizedOperations() && described.error() == ErrorCode.NONE) {
                    group.setAuthorizedOperations(ALL_OPERATIONS);
                }
                response.groups().add(group);
            }
            return response;
        });
    }

    private static DescribedGroup group(Described described, int version) {
        boolean missing = described.error() == ErrorCode.GROUP_ID_NOT_FOUND;
        boolean hidden = missing && version < FIRST_WITH_NOT_FOUND;
        DescribedGroup group = new DescribedGroup()
                .setGroupId(described.groupId())
                .setErrorCode((hidden ? ErrorCode.NONE : described.error()).code())
                .setGroupState(missing ? GroupState.DEAD.label() : described.state())
                .setProtocolType(described.protocolType())
                .setProtocolData(described.protocolName());
        if (missing && !hidden) {
            group.setErrorMessage("Group " + described.groupId() + " not found.");
        }
        for (DescribedMember member : described.members()) {
            group.members()
                    .add(new DescribedGroupMember()
                            .setMemberId(member.memberId())
                            .setGroupInstanceId(member.instanceId())
                            .setClientId(member.clientId())
                            .setClientHost(member.clientHost())
                            .setMemberMetadata(member.metadata().array())
                            .setMemberAssignment(member.assignment().array()));
        }
        return group;
    }
}
