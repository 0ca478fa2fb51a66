/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.kafka.replica;

import io.micrometer.core.instrument.MeterRegistry;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.EventLoop;
import io.sluice.actors.replication.RemoteLogs;
import io.sluice.actors.replication.ReplicaFetches;
import io.sluice.log.ErrorCode;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.Function;
import java.util.function.Supplier;

/** Reads the logs of other brokers by their Kafka listeners: one {@link LogReadConnection} for each. */
final class LogReader implements RemoteLogs {
    private final Map<Integer, LogReadConnection> connections = new ConcurrentHashMap<>();
    private final Function<Integer, LogReadConnection> connect;
    private volatile boolean closed;

    /**
     * @param bootstraps makes one on a loop of its choice
     * @param resolver looks names up; may block
     */
    LogReader(
            ReplicaFetches.Peers peers,
            ReplicaFetchLimits limits,
            MeterRegistry meters,
            Executor resolver,
            Function<EventLoop, Bootstrap> bootstraps,
            Supplier<EventLoop> loops) {
        RemoteReadMetrics metrics = new RemoteReadMetrics(meters);
        this.connect = broker -> {
            EventLoop loop = loops.get();
            return new LogReadConnection(broker, loop, bootstraps.apply(loop), peers, limits, metrics, resolver);
        };
    }

    @Override
    public CompletableFuture<Answer> ask(int broker, Question question) {
        if (closed) {
            return CompletableFuture.completedFuture(Answer.failed(ErrorCode.BROKER_NOT_AVAILABLE));
        }
        LogReadConnection known = connections.get(broker);
        return (known != null ? known : connections.computeIfAbsent(broker, connect)).ask(question);
    }

    void close() {
        closed = true;
        connections.values().forEach(LogReadConnection::close);
    }
}
