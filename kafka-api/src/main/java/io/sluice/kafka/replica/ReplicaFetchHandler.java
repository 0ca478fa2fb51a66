/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.kafka.replica;

import io.netty.buffer.ByteBuf;
import io.sluice.cluster.Node;
import io.sluice.kafka.api.HandlerServices;
import io.sluice.kafka.api.Reply;
import io.sluice.kafka.api.RequestContext;
import io.sluice.kafka.wire.MalformedRequestException;

/** Serves the replicas of other brokers that follow those of this one. Each connection has its {@link ServedFetches}. */
public final class ReplicaFetchHandler implements LinkHandler {
    private final Node node;
    private final ReplicaFetchLimits limits;
    private final ServedMetrics metrics;

    public ReplicaFetchHandler(HandlerServices services, ReplicaFetchLimits limits) {
        this.node = services.node();
        this.limits = limits;
        this.metrics = new ServedMetrics(services.meters());
    }

    @Override
    public short apiKey() {
        return ReplicaFetchRequest.KEY;
    }

    @Override
    public void handle(RequestContext context, ByteBuf frame, Reply reply) {
        ReplicaFetchRequest request = ReplicaFetchRequest.read(frame);
        if (LinkHandler.refuse(context, request.link(), node, reply, metrics.link)) {
            return;
        }
        int from = request.link().from();
        ServedFetches served = context.connection()
                .states()
                .of(this, () -> new ServedFetches(from, context.eventLoop(), node, limits, metrics));
        if (served.broker() != from) {
            throw new MalformedRequestException(
                    "a fetch of replicas of broker " + from + " on a connection of broker " + served.broker());
        }
        served.take(context.correlationId(), request, reply);
    }
}
