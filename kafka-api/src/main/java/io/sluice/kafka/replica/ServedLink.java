/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.kafka.replica;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.ScheduledFuture;
import io.sluice.kafka.api.Reply;
import io.sluice.log.ErrorCode;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * This broker's end of a {@link BrokerLink} of another one: the request that answers can travel by.
 *
 * <pre>
 *   a request waits for the first answer; at most one waits: another one, or time, ends the wait
 * </pre>
 *
 * A question must never queue behind a request that waits: for that reason a later request ends the wait of the one before. All but
 * {@link #run} on the connection's event loop.
 */
final class ServedLink {
    /** Answers of one response, at most: bounds what it takes besides records. */
    static final int ANSWERS_MAX = 10_000;

    /** What is to be answered. On the connection's event loop. */
    interface Answers {
        boolean isReady();

        /** Takes those that a response has room for, up to {@link #ANSWERS_MAX}. */
        List<? extends LinkAnswer> collect(int maxBytes);
    }

    /** A request that waits for an answer. */
    private record Waiting(int correlationId, int maxBytes, Reply reply, ScheduledFuture<?> deadline) {}

    private final EventLoop loop;
    private final ReplicaFetchLimits limits;
    private final LinkMetrics metrics;
    private final Answers answers;
    private final LoopTasks tasks;
    private Waiting waiting;
    private boolean closed;

    ServedLink(EventLoop loop, ReplicaFetchLimits limits, LinkMetrics metrics, Answers answers) {
        this.loop = loop;
        this.limits = limits;
        this.metrics = metrics;
        this.answers = answers;
        this.tasks = new LoopTasks(loop, this::respondIfReady);
    }

    /** Runs something on the event loop, and answers with what is ready then. From any thread; nothing happens once the listener has closed. */
    void run(Runnable task) {
        tasks.add(task);
    }

    /** Ends the wait of the request before, if it waits still. */
    void endWait() {
        if (waiting != null) {
            respond();
        }
    }

    /** Answers a request: at once, or when there is an answer. Its questions are taken already. */
    void answer(int correlationId, LinkRequest request, Reply reply) {
        int maxWaitMs = Math.min(request.maxWaitMs(), limits.maxWaitMs());
        waiting = new Waiting(
                correlationId,
                Math.min(request.maxBytes(), limits.responseMaxBytes()),
                reply,
                maxWaitMs == 0
                        ? null
                        : loop.schedule(() -> onDeadline(correlationId), maxWaitMs, TimeUnit.MILLISECONDS));
        reply.whenGone(this::onGone);
        tasks.runAll();
        if (maxWaitMs == 0 || answers.isReady()) {
            endWait();
        }
    }

    void respondIfReady() {
        if (waiting != null && answers.isReady()) {
            respond();
        }
    }

    private void onDeadline(int correlationId) {
        if (waiting != null && waiting.correlationId() == correlationId) {
            respond();
        }
    }

    private void respond() {
        Waiting request = waiting;
        waiting = null;
        if (request.deadline() != null) {
            request.deadline().cancel(false);
        }
        List<? extends LinkAnswer> parts = closed ? List.of() : answers.collect(request.maxBytes());
        request.reply().send(new LinkResponse(request.correlationId(), ErrorCode.NONE, parts, metrics));
    }

    /** The connection has ended while the request waited. */
    private void onGone() {
        closed = true;
        endWait();
    }

    /** The connection has ended. */
    void close() {
        closed = true;
    }

    boolean isClosed() {
        return closed;
    }
}
