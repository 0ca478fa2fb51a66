/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.kafka.group;

import io.sluice.actors.group.Bytes;
import io.sluice.actors.group.GroupRequest.Sync;
import io.sluice.actors.group.GroupResponse.Synced;
import io.sluice.kafka.api.ApiHandler;
import io.sluice.kafka.api.RequestContext;
import io.sluice.log.ErrorCode;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.message.SyncGroupRequestData;
import org.apache.kafka.common.message.SyncGroupResponseData;

/** SyncGroup: the leader brings the assignment; everybody gets theirs when it is committed. */
final class SyncGroupHandler implements ApiHandler<SyncGroupRequestData, SyncGroupResponseData> {
    private final Coordinators coordinators;

    SyncGroupHandler(Coordinators coordinators) {
        this.coordinators = coordinators;
    }

    @Override
    public short apiKey() {
        return 14;
    }

    /** For the other members of the group. */
    @Override
    public boolean waitsForOthers() {
        return true;
    }

    @Override
    public CompletionStage<SyncGroupResponseData> handle(RequestContext context, SyncGroupRequestData request) {
        Map<String, Bytes> assignments = new HashMap<>();
        request.assignments()
                .forEach(assignment -> assignments.put(assignment.memberId(), Bytes.of(assignment.assignment())));
        Sync sync = new Sync(
                request.groupId(),
                request.generationId(),
                request.memberId(),
                request.groupInstanceId(),
                request.protocolType(),
                request.protocolName(),
                assignments);
        return request.groupId().isEmpty()
                ? CompletableFuture.completedFuture(response(sync.failed(ErrorCode.INVALID_GROUP_ID)))
                : coordinators.await(sync, SyncGroupHandler::response);
    }

    private static SyncGroupResponseData response(Synced synced) {
        return new SyncGroupResponseData()
                .setErrorCode(synced.error().code())
                .setProtocolType(synced.protocolType())
                .setProtocolName(synced.protocolName())
                .setAssignment(synced.assignment().array());
    }
}
