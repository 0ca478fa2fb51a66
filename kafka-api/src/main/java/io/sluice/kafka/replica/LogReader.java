/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.kafka.replica;

import io.micrometer.core.instrument.MeterRegistry;
import io.sluice.actors.replication.RemoteLogs;
import io.sluice.log.ErrorCode;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;

/** Reads the logs of other brokers by their Kafka listeners: {@link RemoteReads} of each. */
final class LogReader implements RemoteLogs {
    private final Map<Integer, RemoteReads> brokers = new ConcurrentHashMap<>();
    private final LinkContext context;
    private final RemoteReadMetrics metrics;
    private volatile boolean closed;

    LogReader(LinkContext context, MeterRegistry meters) {
        this.context = context;
        this.metrics = new RemoteReadMetrics(meters);
    }

    @Override
    public CompletableFuture<Answer> ask(int broker, Question question) {
        if (closed) {
            return CompletableFuture.completedFuture(Answer.failed(ErrorCode.BROKER_NOT_AVAILABLE));
        }
        RemoteReads known = brokers.get(broker);
        return (known != null ? known : brokers.computeIfAbsent(broker, this::reads)).ask(question);
    }

    private RemoteReads reads(int broker) {
        return new RemoteReads(broker, context, metrics);
    }

    void close() {
        closed = true;
        brokers.values().forEach(RemoteReads::close);
    }
}
