/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.kafka.replica;

import io.netty.buffer.ByteBuf;
import io.sluice.kafka.api.HandlerServices;
import io.sluice.kafka.api.Reply;
import io.sluice.kafka.api.RequestContext;

/** Serves readers of other brokers that read what is led here. Each connection has its {@link ServedReads}. */
public final class LogReadHandler implements LinkHandler {
    private final HandlerServices services;
    private final ReplicaFetchLimits limits;
    private final ServedReadMetrics metrics;

    public LogReadHandler(HandlerServices services, ReplicaFetchLimits limits) {
        this.services = services;
        this.limits = limits;
        this.metrics = new ServedReadMetrics(services.meters());
    }

    @Override
    public short apiKey() {
        return LogReadRequest.KEY;
    }

    @Override
    public void handle(RequestContext context, ByteBuf frame, Reply reply) {
        LogReadRequest request = LogReadRequest.read(frame);
        if (LinkHandler.refuse(context, request.link(), services.node(), reply, metrics.link)) {
            return;
        }
        context.connection()
                .states()
                .of(this, () -> new ServedReads(context.eventLoop(), services, limits, metrics))
                .take(context.correlationId(), request, reply);
    }
}
