/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.kafka.group;

import io.sluice.actors.group.GroupResponse.Listed;
import io.sluice.actors.group.GroupResponse.ListedGroup;
import io.sluice.kafka.api.ApiHandler;
import io.sluice.kafka.api.RequestContext;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.message.ListGroupsRequestData;
import org.apache.kafka.common.message.ListGroupsResponseData;

/** ListGroups: the groups of this broker, filtered by state and type. */
final class ListGroupsHandler implements ApiHandler<ListGroupsRequestData, ListGroupsResponseData> {
    private final Coordinators coordinators;

    ListGroupsHandler(Coordinators coordinators) {
        this.coordinators = coordinators;
    }

    @Override
    public short apiKey() {
        return 16;
    }

    @Override
    public CompletionStage<ListGroupsResponseData> handle(RequestContext context, ListGroupsRequestData request) {
        CompletableFuture<Listed> listed = new CompletableFuture<>();
        coordinators
                .node()
                .list(Set.copyOf(request.statesFilter()), Set.copyOf(request.typesFilter()), listed::complete);
        return listed.thenApply(ListGroupsHandler::response);
    }

    private static ListGroupsResponseData response(Listed listed) {
        ListGroupsResponseData response =
                new ListGroupsResponseData().setErrorCode(listed.error().code());
        for (ListedGroup group : listed.groups()) {
            response.groups()
                    .add(new ListGroupsResponseData.ListedGroup()
                            .setGroupId(group.groupId())
                            .setProtocolType(group.protocolType())
                            .setGroupState(group.state())
                            .setGroupType(group.type()));
        }
        return response;
    }
}
