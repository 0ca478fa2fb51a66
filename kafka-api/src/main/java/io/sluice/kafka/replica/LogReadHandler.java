/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.kafka.replica;

import io.netty.buffer.ByteBuf;
import io.sluice.kafka.api.FrameHandler;
import io.sluice.kafka.api.HandlerServices;
import io.sluice.kafka.api.Reply;
import io.sluice.kafka.api.RequestContext;
import io.sluice.log.ErrorCode;
import java.util.List;

/** Serves readers of other brokers that read what is led here. Each connection has its {@link ServedReads}. */
public final class LogReadHandler implements FrameHandler {
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
    public short minVersion() {
        return LogReadRequest.VERSION;
    }

    @Override
    public short maxVersion() {
        return LogReadRequest.VERSION;
    }

    @Override
    public short requestHeaderVersion(short version) {
        return 1;
    }

    @Override
    public boolean isAdvertised() {
        return false;
    }

    @Override
    public boolean carriesRecords() {
        return false;
    }

    @Override
    public void handle(RequestContext context, ByteBuf frame, Reply reply) {
        LogReadRequest request = LogReadRequest.read(frame);
        ErrorCode refusal =
                ReplicaFetchHandler.refusal(services.node(), request.clusterId(), request.from(), request.to());
        if (refusal != ErrorCode.NONE) {
            metrics.refused.increment();
            reply.send(new LogReadResponse(context.correlationId(), refusal, List.of(), metrics));
            return;
        }
        context.connection()
                .states()
                .of(this, () -> new ServedReads(context.eventLoop(), services, limits, metrics))
                .take(context.correlationId(), request, reply);
    }
}
