/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.kafka.replica;

import io.sluice.cluster.Node;
import io.sluice.kafka.api.FrameHandler;
import io.sluice.kafka.api.Reply;
import io.sluice.kafka.api.RequestContext;
import io.sluice.log.ErrorCode;
import java.util.List;

/** Answers what another broker asks by a {@link BrokerLink}. The API is Sluice's own: clients are not told of it. */
interface LinkHandler extends FrameHandler {
    @Override
    default short minVersion() {
        return LinkRequest.VERSION;
    }

    @Override
    default short maxVersion() {
        return LinkRequest.VERSION;
    }

    @Override
    default short requestHeaderVersion(short version) {
        return 1;
    }

    @Override
    default boolean isAdvertised() {
        return false;
    }

    @Override
    default boolean carriesRecords() {
        return false;
    }

    /** Answers a request that is not for this node with that; false if it is. */
    static boolean refuse(RequestContext context, LinkRequest request, Node node, Reply reply, LinkMetrics metrics) {
        ErrorCode refusal = request.refusal(node);
        if (refusal == ErrorCode.NONE) {
            return false;
        }
        metrics.refused().increment();
        reply.send(new LinkResponse(context.correlationId(), refusal, List.of(), metrics));
        return true;
    }
}
