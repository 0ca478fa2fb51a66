/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.kafka.group;

import io.sluice.actors.group.GroupRequest.DeleteGroup;
import io.sluice.kafka.api.ApiHandler;
import io.sluice.kafka.api.RequestContext;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.message.DeleteGroupsRequestData;
import org.apache.kafka.common.message.DeleteGroupsResponseData;
import org.apache.kafka.common.message.DeleteGroupsResponseData.DeletableGroupResult;

/** DeleteGroups: groups without members, with all their offsets. */
final class DeleteGroupsHandler implements ApiHandler<DeleteGroupsRequestData, DeleteGroupsResponseData> {
    private final Coordinators coordinators;

    DeleteGroupsHandler(Coordinators coordinators) {
        this.coordinators = coordinators;
    }

    @Override
    public short apiKey() {
        return 42;
    }

    @Override
    public CompletionStage<DeleteGroupsResponseData> handle(RequestContext context, DeleteGroupsRequestData request) {
        List<String> groups = request.groupsNames().stream().distinct().toList();
        return coordinators
                .askAll(groups.stream().map(DeleteGroup::new).toList())
                .thenApply(outcomes -> {
                    DeleteGroupsResponseData response = new DeleteGroupsResponseData();
                    for (int i = 0; i < groups.size(); i++) {
                        response.results()
                                .add(new DeletableGroupResult()
                                        .setGroupId(groups.get(i))
                                        .setErrorCode(outcomes.get(i).error().code()));
                    }
                    return response;
                });
    }
}
