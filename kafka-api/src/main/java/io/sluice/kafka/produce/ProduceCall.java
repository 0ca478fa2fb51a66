/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.kafka.produce;

import io.netty.buffer.ByteBuf;
import io.sluice.kafka.api.CurrentLeaders;
import io.sluice.kafka.api.Reply;
import io.sluice.kafka.api.RequestContext;
import io.sluice.kafka.api.Response;
import io.sluice.kafka.api.ResponseOutput;
import io.sluice.log.ErrorCode;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * One Produce request on its way: holds the frame until the last partition has answered, then becomes the response. Partitions
 * answer on their own threads.
 */
final class ProduceCall implements Response {
    /** One topic of the response. */
    record Topic(String name, UUID id, List<PartitionProduce> partitions) {}

    private final ProduceHandler handler;
    private final RequestContext context;
    private final ByteBuf frame;
    private final Reply reply;
    private final boolean silent;
    private final AtomicInteger open = new AtomicInteger(1);
    final List<Topic> topics = new ArrayList<>(1);

    /**
     * @param frame kept until all partitions have answered
     * @param silent {@code acks=0}: nothing is sent
     */
    ProduceCall(ProduceHandler handler, RequestContext context, ByteBuf frame, Reply reply, boolean silent) {
        this.handler = handler;
        this.context = context;
        this.frame = frame.retain();
        this.reply = reply;
        this.silent = silent;
    }

    RequestContext context() {
        return context;
    }

    /** Adds a partition that will answer. */
    PartitionProduce expect(Topic topic, int index) {
        open.incrementAndGet();
        PartitionProduce partition = new PartitionProduce(this, index);
        topic.partitions().add(partition);
        return partition;
    }

    /** A partition has its answer; also called once when all of the request is handed out. */
    void partitionDone() {
        if (open.decrementAndGet() > 0) {
            return;
        }
        frame.release();
        ErrorCode failure = firstError();
        if (failure == ErrorCode.NONE && silent) {
            reply.nothing();
        } else if (failure == ErrorCode.NONE) {
            reply.send(this);
        } else if (!silent) {
            handler.whenLeadersKnown(this).thenRun(() -> reply.send(this));
        } else {
            reply.close("produce with acks=0 failed with " + failure + ", and has no other way to learn of it");
        }
    }

    private ErrorCode firstError() {
        for (Topic topic : topics) {
            for (PartitionProduce partition : topic.partitions()) {
                if (partition.error != ErrorCode.NONE) {
                    return partition.error;
                }
            }
        }
        return ErrorCode.NONE;
    }

    @Override
    public void writeTo(ResponseOutput output) {
        CurrentLeaders leaders = handler.newLeaders(this);
        new ProduceEncoder(context, topics, leaders).writeTo(output);
    }
}
