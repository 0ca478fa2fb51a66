/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.kafka.group;

import io.sluice.kafka.api.Api;
import io.sluice.kafka.api.HandlerServices;
import java.util.List;

/** The list of this package's APIs. */
public final class GroupHandlers {
    private GroupHandlers() {}

    public static List<Api> of(HandlerServices services) {
        Coordinators coordinators = new Coordinators(services.node());
        return List.of(
                new OffsetCommitHandler(services.node(), coordinators),
                new OffsetFetchHandler(services.node(), coordinators),
                new FindCoordinatorHandler(services.node(), services.advertised(), new OffsetsTopic(services.node())),
                new JoinGroupHandler(coordinators),
                new HeartbeatHandler(coordinators),
                new LeaveGroupHandler(coordinators),
                new SyncGroupHandler(coordinators),
                new DescribeGroupsHandler(coordinators),
                new ListGroupsHandler(coordinators),
                new DeleteGroupsHandler(coordinators),
                new OffsetDeleteHandler(services.node(), coordinators));
    }
}
