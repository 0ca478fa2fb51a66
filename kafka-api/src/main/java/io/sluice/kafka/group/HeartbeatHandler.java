/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.kafka.group;

import io.sluice.actors.group.GroupRequest.Heartbeat;
import io.sluice.actors.group.GroupResponse.Outcome;
import io.sluice.kafka.api.ApiHandler;
import io.sluice.kafka.api.RequestContext;
import io.sluice.log.ErrorCode;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.message.HeartbeatRequestData;
import org.apache.kafka.common.message.HeartbeatResponseData;

/** Heartbeat. */
final class HeartbeatHandler implements ApiHandler<HeartbeatRequestData, HeartbeatResponseData> {
    private final Coordinators coordinators;

    HeartbeatHandler(Coordinators coordinators) {
        this.coordinators = coordinators;
    }

    @Override
    public short apiKey() {
        return 12;
    }

    @Override
    public CompletionStage<HeartbeatResponseData> handle(RequestContext context, HeartbeatRequestData request) {
        Heartbeat heartbeat =
                new Heartbeat(request.groupId(), request.generationId(), request.memberId(), request.groupInstanceId());
        CompletionStage<Outcome> answer = request.groupId().isEmpty()
                ? CompletableFuture.completedFuture(heartbeat.failed(ErrorCode.INVALID_GROUP_ID))
                : coordinators.ask(heartbeat);
        return answer.thenApply(outcome ->
                new HeartbeatResponseData().setErrorCode(outcome.error().code()));
    }
}
