/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.kafka.server;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.internal.PlatformDependent;
import io.sluice.cluster.Node;
import io.sluice.kafka.api.AdvertisedAddress;
import io.sluice.kafka.api.ApiRegistry;
import io.sluice.kafka.api.HandlerServices;
import io.sluice.kafka.wire.FrameReceiveAllocator;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** Listens for Kafka clients and serves them until closed. */
public final class KafkaListener implements AutoCloseable {
    /** Work that reads files and waits for a thread, at most; more is answered with a retriable error. */
    private static final int BLOCKING_QUEUE_MAX = 1_000;

    private static final long CLOSE_TIMEOUT_MS = 10_000;

    private final MultiThreadIoEventLoopGroup group;
    private final ThreadPoolExecutor blocking;
    private final IdentityHashMap<EventExecutor, LoopContext> loops = new IdentityHashMap<>();
    private final AtomicLong connectionIds = new AtomicLong();
    private ListenerContext context;
    private Channel server;

    private KafkaListener(ListenerOptions options) {
        group = new MultiThreadIoEventLoopGroup(
                options.eventLoops(),
                new NetworkThread.Factory("sluice-kafka-io"),
                options.transport().handlers());
        ByteBufAllocator allocator = PooledByteBufAllocator.DEFAULT;
        for (EventExecutor loop : group) {
            LoopContext context = new LoopContext((EventLoop) loop, allocator);
            loops.put(loop, context);
            loop.execute(() -> ((NetworkThread) Thread.currentThread()).runs(context));
        }
        blocking = new ThreadPoolExecutor(
                options.blockingThreads(),
                options.blockingThreads(),
                10,
                TimeUnit.SECONDS,
                new ArrayBlockingQueue<>(BLOCKING_QUEUE_MAX),
                new DefaultThreadFactory("sluice-kafka-blocking", true));
        blocking.allowCoreThreadTimeOut(true);
    }

    /**
     * Binds and serves.
     *
     * @throws IOException if the address can't be bound; the message says which and why
     */
    public static KafkaListener start(Node node, ListenerOptions options) throws IOException {
        KafkaListener listener = new KafkaListener(options);
        try {
            listener.serve(node, options);
            return listener;
        } catch (IOException | RuntimeException e) {
            listener.close();
            throw e;
        }
    }

    private void serve(Node node, ListenerOptions options) throws IOException {
        // Half of what the JVM gives for direct buffers stays for everything else: responses, fragmentation, other
        // listeners.
        long bytes = Math.min(options.limits().requestMemoryBytes(), PlatformDependent.maxDirectMemory() / 2);
        RequestMemory memory = new RequestMemory(bytes, options.limits().requestBytesMax());
        ListenerMetrics metrics = new ListenerMetrics(options.meters(), memory);
        boolean allAddresses = options.host().isEmpty() || options.host().equals("0.0.0.0");
        HandlerServices services = new HandlerServices(
                node,
                new AdvertisedAddress(node.id(), options.advertised(), allAddresses),
                blocking,
                options.clock(),
                options.meters());
        ApiRegistry registry = KafkaApis.of(services);
        ConnectionLog log = new ConnectionLog();
        context = new ListenerContext(
                options.limits(),
                memory,
                metrics,
                log,
                new RequestDispatcher(registry, node::isReady, options.limits(), metrics, log, memory));
        server = bind(options);
    }

    private Channel bind(ListenerOptions options) throws IOException {
        int highWater = options.limits().responseBufferBytes();
        ServerBootstrap bootstrap = new ServerBootstrap()
                .group(group)
                .channel(options.transport().serverChannel())
                .option(ChannelOption.SO_BACKLOG, 1024)
                .option(ChannelOption.SO_REUSEADDR, true)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childOption(ChannelOption.SO_KEEPALIVE, true)
                .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, new WriteBufferWaterMark(highWater / 2, highWater))
                .childHandler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        connected(channel);
                    }
                });
        InetSocketAddress address = options.host().isEmpty()
                ? new InetSocketAddress(options.port())
                : new InetSocketAddress(options.host(), options.port());
        if (address.isUnresolved()) {
            throw new IOException("can't listen for Kafka clients: unknown host " + options.host());
        }
        var bound = bootstrap.bind(address).awaitUninterruptibly();
        if (!bound.isSuccess()) {
            throw new IOException(
                    "can't listen for Kafka clients on " + options.host() + ":" + options.port() + ": "
                            + bound.cause().getMessage(),
                    bound.cause());
        }
        return bound.channel();
    }

    private void connected(Channel channel) {
        LoopContext loop = loops.get(channel.eventLoop());
        Connection connection = new Connection(channel, loop, context, Long.toString(connectionIds.incrementAndGet()));
        String refusal = context.admit(connection.info().clientAddress().getAddress());
        channel.config().setRecvByteBufAllocator(new FrameReceiveAllocator(connection, LoopContext.SCRATCH_BYTES));
        channel.pipeline().addLast(connection);
        if (refusal != null) {
            context.metrics().connectionsRefused.increment();
            connection.close(refusal);
        }
    }

    /** Where clients reach this listener. */
    public InetSocketAddress address() {
        return (InetSocketAddress) server.localAddress();
    }

    /** Stops listening, closes all connections, and waits until every thread is gone. */
    @Override
    public void close() {
        if (server != null) {
            server.close().awaitUninterruptibly(CLOSE_TIMEOUT_MS);
        }
        for (LoopContext loop : loops.values()) {
            loop.eventLoop.execute(() -> new ArrayList<>(loop.connections).forEach(Connection::closeQuietly));
        }
        blocking.shutdownNow();
        group.shutdownGracefully(0, CLOSE_TIMEOUT_MS, TimeUnit.MILLISECONDS).awaitUninterruptibly(CLOSE_TIMEOUT_MS);
        loops.values().forEach(LoopContext::close);
    }
}
