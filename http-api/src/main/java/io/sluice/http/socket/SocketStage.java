/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.http.socket;

import akka.stream.Attributes;
import akka.stream.FlowShape;
import akka.stream.Inlet;
import akka.stream.Outlet;
import akka.stream.stage.GraphStage;
import akka.stream.stage.GraphStageLogic;
import akka.util.ByteString;
import io.sluice.actors.subscription.Subscriptions;
import io.sluice.http.socket.frame.FrameCodec;
import java.net.InetAddress;

/** A connection that has become a WebSocket: bytes of the wire in, bytes of the wire out. */
final class SocketStage extends GraphStage<FlowShape<ByteString, ByteString>> {
    private final Inlet<ByteString> in = Inlet.create("socket.in");
    private final Outlet<ByteString> out = Outlet.create("socket.out");
    private final FlowShape<ByteString, ByteString> shape = FlowShape.of(in, out);

    private final Subscriptions subscriptions;
    private final Sockets sockets;
    private final FrameCodec codec;
    private final InetAddress address;

    /** @param address of the client; null if it is not known */
    SocketStage(Subscriptions subscriptions, Sockets sockets, FrameCodec codec, InetAddress address) {
        this.subscriptions = subscriptions;
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
        return new SocketLogic(shape, subscriptions, sockets, codec, address);
    }
}
