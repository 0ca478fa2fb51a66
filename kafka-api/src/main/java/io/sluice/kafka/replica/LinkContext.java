/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.kafka.replica;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.sluice.actors.replication.ReplicaFetches;
import io.sluice.kafka.wire.FrameReceiveAllocator;
import java.util.concurrent.Executor;
import java.util.function.Supplier;

/**
 * What the links to all brokers share.
 *
 * @param resolver looks names up; may block
 * @param loops has one for a new link
 */
record LinkContext(
        ReplicaFetches.Peers peers, ReplicaFetchLimits limits, Executor resolver, Supplier<EventLoop> loops) {
    private static final int CONNECT_TIMEOUT_MS = 3_000;

    /** Makes connections whose responses are the owner's. */
    Bootstrap bootstrap(EventLoop loop, ResponseFrames.Owner owner) {
        return new Bootstrap()
                .group(loop)
                .channel(Epoll.isAvailable() ? EpollSocketChannel.class : NioSocketChannel.class)
                .option(ChannelOption.TCP_NODELAY, true)
                .option(ChannelOption.SO_KEEPALIVE, true)
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_TIMEOUT_MS)
                .option(ChannelOption.ALLOCATOR, PooledByteBufAllocator.DEFAULT)
                .handler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel fresh) {
                        ResponseFrames frames = new ResponseFrames(owner, fresh, limits.frameMaxBytes());
                        fresh.config()
                                .setRecvByteBufAllocator(
                                        new FrameReceiveAllocator(frames, ResponseFrames.SCRATCH_BYTES));
                        fresh.pipeline().addLast(frames);
                    }
                });
    }
}
