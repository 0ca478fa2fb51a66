/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.kafka.replica;

import io.netty.buffer.ByteBuf;
import io.sluice.cluster.Node;
import io.sluice.kafka.api.FrameHandler;
import io.sluice.kafka.api.HandlerServices;
import io.sluice.kafka.api.Reply;
import io.sluice.kafka.api.RequestContext;
import io.sluice.kafka.wire.MalformedRequestException;
import io.sluice.log.ErrorCode;
import java.util.List;

/** Serves the replicas of other brokers that follow those of this one. Each connection has its {@link ServedFetches}. */
public final class ReplicaFetchHandler implements FrameHandler {
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
    public short minVersion() {
        return ReplicaFetchRequest.VERSION;
    }

    @Override
    public short maxVersion() {
        return ReplicaFetchRequest.VERSION;
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
        ReplicaFetchRequest request = ReplicaFetchRequest.read(frame);
        ErrorCode refusal = refusal(node, request.clusterId(), request.from(), request.to());
        if (refusal != ErrorCode.NONE) {
            metrics.refused.increment();
            reply.send(new ReplicaFetchResponse(context.correlationId(), refusal, List.of(), metrics));
            return;
        }
        ServedFetches served = context.connection()
                .states()
                .of(this, () -> new ServedFetches(request.from(), context.eventLoop(), node, limits, metrics));
        if (served.broker() != request.from()) {
            throw new MalformedRequestException("a fetch of replicas of broker " + request.from()
                    + " on a connection of broker " + served.broker());
        }
        served.take(context.correlationId(), request, reply);
    }

    /** Why a request of another broker is not for this one; {@code NONE} if it is. */
    static ErrorCode refusal(Node node, String clusterId, int from, int to) {
        String own = node.metadata().clusterId();
        boolean bothKnow = own != null && !own.isEmpty() && !clusterId.isEmpty();
        if (bothKnow && !clusterId.equals(own)) {
            return ErrorCode.INCONSISTENT_CLUSTER_ID;
        }
        return to != node.id() || from == node.id() ? ErrorCode.BROKER_ID_NOT_REGISTERED : ErrorCode.NONE;
    }
}
