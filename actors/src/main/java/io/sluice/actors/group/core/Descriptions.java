/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.actors.group.core;

import io.sluice.actors.group.Bytes;
import io.sluice.actors.group.GroupRequest.FetchOffsets;
import io.sluice.actors.group.GroupRequest.PartitionKey;
import io.sluice.actors.group.GroupResponse.CommittedOffset;
import io.sluice.actors.group.GroupResponse.Described;
import io.sluice.actors.group.GroupResponse.DescribedMember;
import io.sluice.actors.group.GroupResponse.FetchedOffsets;
import io.sluice.actors.group.GroupResponse.ListedGroup;
import io.sluice.actors.group.GroupState;
import io.sluice.log.ErrorCode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What can be read of a group. */
final class Descriptions {
    private static final String CLASSIC = "classic";

    private Descriptions() {}

    static Described describe(Group group) {
        boolean stable = group.is(GroupState.STABLE);
        List<DescribedMember> members = new ArrayList<>(group.size());
        for (Member member : group.members()) {
            members.add(new DescribedMember(
                    member.id,
                    member.instanceId,
                    member.clientId,
                    member.clientHost,
                    stable ? member.metadata(group.protocol) : Bytes.EMPTY,
                    stable ? member.assignment : Bytes.EMPTY));
        }
        return new Described(
                ErrorCode.NONE,
                group.id,
                group.state().label(),
                group.protocolType,
                stable ? group.protocol : "",
                members);
    }

    static Described unknown(String groupId) {
        return new Described(ErrorCode.GROUP_ID_NOT_FOUND, groupId, GroupState.DEAD.label(), "", "", List.of());
    }

    static FetchedOffsets offsets(Group group, FetchOffsets request) {
        if (request.partitions() == null) {
            return new FetchedOffsets(ErrorCode.NONE, new LinkedHashMap<>(group.offsets()));
        }
        Map<PartitionKey, CommittedOffset> found = new LinkedHashMap<>();
        for (PartitionKey partition : request.partitions()) {
            CommittedOffset offset = group.offsets().get(partition);
            if (offset != null) {
                found.put(partition, offset);
            }
        }
        return new FetchedOffsets(ErrorCode.NONE, found);
    }

    static ListedGroup list(Group group) {
        return new ListedGroup(group.id, group.protocolType, group.state().label(), CLASSIC);
    }

    static boolean isOfType(String type) {
        return CLASSIC.equalsIgnoreCase(type);
    }
}
