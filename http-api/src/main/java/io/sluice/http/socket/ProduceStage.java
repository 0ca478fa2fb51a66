/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.http.socket;

import akka.stream.Attributes;
import akka.stream.FlowShape;
import akka.stream.Inlet;
import akka.stream.Outlet;
import akka.stream.stage.GraphStage;
import akka.stream.stage.GraphStageLogic;
import akka.util.ByteString;
import io.sluice.http.record.RecordProducer;
import io.sluice.http.route.MemoryBudget;
import io.sluice.http.socket.frame.FrameCodec;
import java.net.InetAddress;

/** A connection that has become a WebSocket for producing: bytes of the wire in, bytes of the wire out. */
final class ProduceStage extends GraphStage<FlowShape<ByteString, ByteString>> {
    private final Inlet<ByteString> in = Inlet.create("produce.in");
    private final Outlet<ByteString> out = Outlet.create("produce.out");
    private final FlowShape<ByteString, ByteString> shape = FlowShape.of(in, out);

    private final RecordProducer producer;
    private final MemoryBudget memory;
    private final Sockets sockets;
    private final FrameCodec codec;
    private final InetAddress address;

    /** @param address of the client; null if it is not known */
    ProduceStage(RecordProducer producer, MemoryBudget memory, Sockets sockets, FrameCodec codec, InetAddress address) {
        this.producer = producer;
        this.memory = memory;
        this.sockets = sockets;
        this.codec = codec;
        this.address = address;
    }

    @Override
    public FlowShape<ByteString, ByteString> shape() {
        return shape;
    }

    @Override
    public GraphStageLogic createLogic(Attributes attributes) {
        return new ProduceLogic(shape, producer, memory, sockets, codec, address);
    }
}
