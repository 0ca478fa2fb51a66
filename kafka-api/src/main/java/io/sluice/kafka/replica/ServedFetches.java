/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.kafka.replica;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.ScheduledFuture;
import io.netty.util.internal.PlatformDependent;
import io.sluice.actors.replication.ReplicaKey;
import io.sluice.actors.replication.ReplicaMessage;
import io.sluice.cluster.Node;
import io.sluice.kafka.api.ConnectionStates;
import io.sluice.kafka.api.Reply;
import io.sluice.log.ErrorCode;
import io.sluice.log.LogSlice;
import io.sluice.log.LogView;
import io.sluice.log.OffsetOutOfRangeException;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The fetches of one broker's replicas, on its connection.
 *
 * <pre>
 *   request --> ARMED --- its partition answers ---> READY --- a response has room ---> sent
 *                 |                                    |
 *                 +--- a newer fetch of the partition, cancelled, or the connection has ended ---> given up
 *
 *   a request waits for the first answer; at most one waits: another one, or time, ends the wait
 * </pre>
 *
 * An acknowledgement is a fetch, and must never queue behind a request that waits: for that reason a later request ends the wait
 * of the one before. A partition where nothing happens is one entry in a map here and one in its leader's memory.
 *
 * <p>Answers leave in the order in which they came, so that no partition starves: what does not fit into a response is the first in
 * the next one. All but {@link #answered} on the connection's event loop.
 */
final class ServedFetches implements ConnectionStates.State {
    private static final Logger LOG = LoggerFactory.getLogger(ServedFetches.class);

    /** Partitions of one response, at most: bounds what it takes besides records. */
    private static final int PARTS_MAX = 10_000;

    /** After a log could not be read: the next fetch will fail in the same way, so that it shall not come at once. */
    private static final long UNREADABLE_PAUSE_MS = 1_000;

    /** A request that waits for an answer. */
    private record Waiting(
            int correlationId, int maxBytes, int partitionMaxBytes, Reply reply, ScheduledFuture<?> deadline) {}

    private final int broker;
    private final EventLoop loop;
    private final Node node;
    private final ReplicaFetchLimits limits;
    private final ServedMetrics metrics;
    private final Map<ReplicaKey, ServedFetch> open = new HashMap<>();
    private final Deque<ServedFetch> ready = new ArrayDeque<>();
    private final Queue<ServedFetch> comingHome = PlatformDependent.newMpscQueue();
    private final AtomicBoolean wakeSent = new AtomicBoolean();
    private Waiting waiting;
    private boolean closed;

    ServedFetches(int broker, EventLoop loop, Node node, ReplicaFetchLimits limits, ServedMetrics metrics) {
        this.broker = broker;
        this.loop = loop;
        this.node = node;
        this.limits = limits;
        this.metrics = metrics;
    }

    int broker() {
        return broker;
    }

    void take(int correlationId, ReplicaFetchRequest request, Reply reply) {
        if (waiting != null) {
            respond();
        }
        request.cancelled().forEach(this::giveUp);
        for (ReplicaFetchRequest.Entry entry : request.fetches()) {
            arm(entry);
        }
        int maxWaitMs = Math.min(request.maxWaitMs(), limits.maxWaitMs());
        waiting = new Waiting(
                correlationId,
                Math.min(request.maxBytes(), limits.responseMaxBytes()),
                Math.min(request.partitionMaxBytes(), limits.partitionMaxBytes()),
                reply,
                maxWaitMs == 0
                        ? null
                        : loop.schedule(() -> onDeadline(correlationId), maxWaitMs, TimeUnit.MILLISECONDS));
        reply.whenGone(this::onGone);
        takeHome();
        if (!ready.isEmpty() || maxWaitMs == 0) {
            respond();
        }
    }

    private void arm(ReplicaFetchRequest.Entry entry) {
        giveUp(entry.key());
        ServedFetch fetch = new ServedFetch(this, entry.key());
        open.put(entry.key(), fetch);
        metrics.armed.incrementAndGet();
        if (!node.replicas().fetch(broker, entry.key(), entry.fetch(), fetch)) {
            giveUp(entry.key());
        }
    }

    private void giveUp(ReplicaKey key) {
        ServedFetch fetch = open.remove(key);
        if (fetch != null) {
            fetch.giveUp();
            metrics.armed.decrementAndGet();
        }
    }

    /** From any thread: the partition has answered. */
    void answered(ServedFetch fetch) {
        comingHome.add(fetch);
        if (!wakeSent.get() && wakeSent.compareAndSet(false, true)) {
            try {
                loop.execute(this::onWake);
            } catch (RejectedExecutionException e) {
                // The listener has closed: nobody is left to be answered.
                comingHome.clear();
            }
        }
    }

    private void onWake() {
        wakeSent.set(false);
        takeHome();
        if (waiting != null && !ready.isEmpty()) {
            respond();
        }
    }

    private void takeHome() {
        ServedFetch fetch = comingHome.poll();
        while (fetch != null) {
            if (!fetch.isGivenUp()) {
                ready.add(fetch);
            }
            fetch = comingHome.poll();
        }
        dropGivenUp();
    }

    private void dropGivenUp() {
        while (!ready.isEmpty() && ready.peek().isGivenUp()) {
            ready.remove();
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
        List<ServedPart> parts = closed ? List.of() : collect(request);
        request.reply().send(new ReplicaFetchResponse(request.correlationId(), ErrorCode.NONE, parts, metrics));
    }

    private List<ServedPart> collect(Waiting request) {
        List<ServedPart> parts = new ArrayList<>(ready.size());
        int left = request.maxBytes();
        dropGivenUp();
        while (!ready.isEmpty() && parts.size() < PARTS_MAX) {
            ServedFetch fetch = ready.peek();
            long available = available(fetch);
            if (Math.min(available, request.partitionMaxBytes()) > left && !parts.isEmpty()) {
                metrics.postponed.increment();
                break;
            }
            ready.remove();
            ServedPart part = available == 0
                    ? new ServedPart(fetch.key(), fetch.answer(), null)
                    : read(fetch, request.partitionMaxBytes());
            if (part != null) {
                open.remove(fetch.key());
                metrics.armed.decrementAndGet();
                parts.add(part);
                left -= part.length();
            }
            dropGivenUp();
        }
        return parts;
    }

    private static long available(ServedFetch fetch) {
        LogView view = fetch.view();
        if (view == null || !(fetch.answer() instanceof ReplicaMessage.Records records)) {
            return 0;
        }
        return records.offset() >= view.logEndOffset()
                ? 0
                : Math.max(1, view.bytesFrom(records.offset(), LogView.Bound.LOG_END));
    }

    /** Null if the log can't be read: the fetch is answered later. */
    private ServedPart read(ServedFetch fetch, int maxBytes) {
        long offset = ((ReplicaMessage.Records) fetch.answer()).offset();
        try {
            LogSlice slice = fetch.view().read(offset, maxBytes, true, LogView.Bound.LOG_END);
            if (slice.length() == 0) {
                slice.release();
                slice = null;
            }
            return new ServedPart(fetch.key(), fetch.answer(), slice);
        } catch (OffsetOutOfRangeException e) {
            // Deleted or cut off since the partition answered. It will say so to the next fetch.
            return new ServedPart(fetch.key(), fetch.answer(), null);
        } catch (IOException e) {
            LOG.error(
                    "a replica's fetch failed: broker={} topicId={} partition={} offset={}",
                    broker,
                    fetch.key().topicId(),
                    fetch.key().partition(),
                    offset,
                    e);
            ScheduledFuture<?> unused =
                    loop.schedule(() -> emptyHanded(fetch), UNREADABLE_PAUSE_MS, TimeUnit.MILLISECONDS);
            return null;
        }
    }

    private void emptyHanded(ServedFetch fetch) {
        if (!fetch.isGivenUp() && !closed) {
            fetch.withoutRecords();
            ready.add(fetch);
            if (waiting != null) {
                respond();
            }
        }
    }

    /** The connection has ended while the request waited. */
    private void onGone() {
        closed = true;
        if (waiting != null) {
            respond();
        }
    }

    @Override
    public void connectionClosed() {
        closed = true;
        List.copyOf(open.keySet()).forEach(this::giveUp);
        ready.clear();
    }
}
