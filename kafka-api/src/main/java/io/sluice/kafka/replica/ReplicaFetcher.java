/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.kafka.replica;

import io.micrometer.core.instrument.MeterRegistry;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.EventExecutor;
import io.sluice.actors.replication.RemoteLogs;
import io.sluice.actors.replication.ReplicaFetches;
import io.sluice.actors.replication.ReplicaKey;
import io.sluice.actors.replication.ReplicaMessage;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Fetches records for this broker's replicas from those of others, by their Kafka listeners: one {@link LeaderConnection} for each
 * broker that is followed.
 */
public final class ReplicaFetcher implements ReplicaFetches {
    private static final int CONNECT_TIMEOUT_MS = 3_000;
    private static final long CLOSE_TIMEOUT_MS = 5_000;

    private final MultiThreadIoEventLoopGroup group;
    private final FetcherContext context;
    private final ThreadPoolExecutor resolver;
    private final Map<Integer, LeaderConnection> connections = new ConcurrentHashMap<>();
    private final Map<ReplicaKey, Integer> leaders = new ConcurrentHashMap<>();
    private final LogReader logs;
    private volatile boolean closed;

    public ReplicaFetcher(Peers peers, Sink sink, ReplicaFetchLimits limits, MeterRegistry meters) {
        group = new MultiThreadIoEventLoopGroup(
                1,
                new FetchThread.Factory("sluice-replica-io"),
                Epoll.isAvailable() ? EpollIoHandler.newFactory() : NioIoHandler.newFactory());
        for (EventExecutor loop : group) {
            loop.execute(() -> ((FetchThread) Thread.currentThread()).runs((EventLoop) loop));
        }
        // Names are looked up here: that may take seconds, and nothing else waits for it.
        resolver = new ThreadPoolExecutor(
                1,
                1,
                10,
                TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(),
                new DefaultThreadFactory("sluice-replica-names", true));
        resolver.allowCoreThreadTimeOut(true);
        context = new FetcherContext(
                peers,
                sink,
                limits,
                new FollowerMetrics(meters),
                new CatchUpThrottle(peers::catchUpBytesPerSecond, System::nanoTime),
                resolver);
        logs = new LogReader(
                peers, limits, meters, resolver, ReplicaFetcher::bootstrap, () -> (EventLoop) group.next());
    }

    /** One with these limits and metrics for whatever node asks for it. */
    public static Factory factory(ReplicaFetchLimits limits, MeterRegistry meters) {
        return (peers, sink) -> new ReplicaFetcher(peers, sink, limits, meters);
    }

    @Override
    public void fetch(int broker, ReplicaKey key, ReplicaMessage.Fetch fetch) {
        Integer before = leaders.put(key, broker);
        if (before != null && before != broker) {
            connection(before).cancel(key);
        }
        if (!closed) {
            connection(broker).fetch(key, fetch);
        }
    }

    @Override
    public void cancel(ReplicaKey key) {
        Integer leader = leaders.remove(key);
        if (leader != null) {
            connection(leader).cancel(key);
        }
    }

    private LeaderConnection connection(int broker) {
        LeaderConnection known = connections.get(broker);
        return known != null ? known : connections.computeIfAbsent(broker, this::newConnection);
    }

    private LeaderConnection newConnection(int broker) {
        EventLoop loop = (EventLoop) group.next();
        return new LeaderConnection(broker, loop, bootstrap(loop), context);
    }

    private static Bootstrap bootstrap(EventLoop loop) {
        return new Bootstrap()
                .group(loop)
                .channel(Epoll.isAvailable() ? EpollSocketChannel.class : NioSocketChannel.class)
                .option(ChannelOption.TCP_NODELAY, true)
                .option(ChannelOption.SO_KEEPALIVE, true)
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_TIMEOUT_MS)
                .option(ChannelOption.ALLOCATOR, PooledByteBufAllocator.DEFAULT);
    }

    @Override
    public RemoteLogs logs() {
        return logs;
    }

    @Override
    public void close() {
        closed = true;
        connections.values().forEach(LeaderConnection::close);
        logs.close();
        resolver.shutdownNow();
        group.shutdownGracefully(0, CLOSE_TIMEOUT_MS, TimeUnit.MILLISECONDS).awaitUninterruptibly(CLOSE_TIMEOUT_MS);
    }
}
