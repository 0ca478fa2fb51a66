/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.kafka.replica;

import io.micrometer.core.instrument.MeterRegistry;
import io.netty.channel.EventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.nio.NioIoHandler;
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
import java.util.function.Function;

/**
 * Fetches records for this broker's replicas from those of others, by their Kafka listeners: {@link LeaderFetches} for each
 * broker that is followed.
 */
public final class ReplicaFetcher implements ReplicaFetches {
    private static final long CLOSE_TIMEOUT_MS = 5_000;

    private final MultiThreadIoEventLoopGroup group;
    private final ThreadPoolExecutor resolver;
    private final Function<Integer, LeaderFetches> newLeader;
    private final Map<Integer, LeaderFetches> brokers = new ConcurrentHashMap<>();
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
        LinkContext context = new LinkContext(peers, limits, resolver, () -> (EventLoop) group.next());
        FollowerMetrics metrics = new FollowerMetrics(meters);
        CatchUpThrottle throttle = new CatchUpThrottle(peers::catchUpBytesPerSecond, System::nanoTime);
        newLeader = broker -> new LeaderFetches(broker, context, sink, metrics, throttle);
        logs = new LogReader(context, meters);
    }

    /** One with these limits and metrics for whatever node asks for it. */
    public static Factory factory(ReplicaFetchLimits limits, MeterRegistry meters) {
        return (peers, sink) -> new ReplicaFetcher(peers, sink, limits, meters);
    }

    @Override
    public void fetch(int broker, ReplicaKey key, ReplicaMessage.Fetch fetch) {
        Integer before = leaders.put(key, broker);
        if (before != null && before != broker) {
            leader(before).cancel(key);
        }
        if (!closed) {
            leader(broker).fetch(key, fetch);
        }
    }

    @Override
    public void cancel(ReplicaKey key) {
        Integer leader = leaders.remove(key);
        if (leader != null) {
            leader(leader).cancel(key);
        }
    }

    private LeaderFetches leader(int broker) {
        LeaderFetches known = brokers.get(broker);
        return known != null ? known : brokers.computeIfAbsent(broker, newLeader);
    }

    @Override
    public RemoteLogs logs() {
        return logs;
    }

    @Override
    public void close() {
        closed = true;
        brokers.values().forEach(LeaderFetches::close);
        logs.close();
        resolver.shutdownNow();
        group.shutdownGracefully(0, CLOSE_TIMEOUT_MS, TimeUnit.MILLISECONDS).awaitUninterruptibly(CLOSE_TIMEOUT_MS);
    }
}
