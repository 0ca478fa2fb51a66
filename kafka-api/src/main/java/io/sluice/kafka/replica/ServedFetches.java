/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.kafka.replica;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.ScheduledFuture;
import io.sluice.actors.replication.ReplicaKey;
import io.sluice.actors.replication.ReplicaMessage;
import io.sluice.cluster.Node;
import io.sluice.kafka.api.ConnectionStates;
import io.sluice.kafka.api.Reply;
import io.sluice.log.LogView;
import io.sluice.log.OffsetOutOfRangeException;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The fetches of one broker's replicas, on its connection.
 *
 * <pre>
 *   request --> ARMED --- its partition answers ---> READY --- a response has room ---> sent
 *                 |                                    |
 *                 +--- a newer fetch of the partition, cancelled, or the connection has ended ---> given up
 * </pre>
 *
 * An acknowledgement is a fetch, and never queues behind one that waits. A partition where nothing happens is one entry in a map here and one in its leader's memory.
 *
 * <p>Answers leave in the order in which they came, so that no partition starves: what does not fit into a response is the first in
 * the next one. All but {@link #answered} on the connection's event loop.
 */
final class ServedFetches implements ConnectionStates.State, ServedLink.Answers {
    private static final Logger LOG = LoggerFactory.getLogger(ServedFetches.class);

    /** After a log could not be read: the next fetch will fail in the same way, so that it shall not come at once. */
    private static final long UNREADABLE_PAUSE_MS = 1_000;

    private final int broker;
    private final EventLoop loop;
    private final Node node;
    private final ReplicaFetchLimits limits;
    private final ServedMetrics metrics;
    private final Map<ReplicaKey, ServedFetch> open = new HashMap<>();
    private final Deque<ServedFetch> ready = new ArrayDeque<>();
    private final ServedLink link;
    private int partitionMaxBytes;

    ServedFetches(int broker, EventLoop loop, Node node, ReplicaFetchLimits limits, ServedMetrics metrics) {
        this.broker = broker;
        this.loop = loop;
        this.node = node;
        this.limits = limits;
        this.metrics = metrics;
        this.link = new ServedLink(loop, limits, metrics.link, this);
    }

    int broker() {
        return broker;
    }

    void take(int correlationId, ReplicaFetchRequest request, Reply reply) {
        link.endWait();
        request.cancelled().forEach(this::giveUp);
        request.fetches().forEach(this::arm);
        partitionMaxBytes = Math.min(request.partitionMaxBytes(), limits.partitionMaxBytes());
        link.answer(correlationId, request.link(), reply);
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
        link.run(fetch);
    }

    void comesHome(ServedFetch fetch) {
        if (!fetch.isGivenUp()) {
            ready.add(fetch);
        }
    }

    @Override
    public boolean isReady() {
        dropGivenUp();
        return !ready.isEmpty();
    }

    private void dropGivenUp() {
        while (!ready.isEmpty() && ready.peek().isGivenUp()) {
            ready.remove();
        }
    }

    @Override
    public List<ServedPart> collect(int maxBytes) {
        List<ServedPart> parts = new ArrayList<>(ready.size());
        int left = maxBytes;
        while (isReady() && parts.size() < ServedLink.ANSWERS_MAX) {
            ServedFetch fetch = ready.peek();
            long available = available(fetch);
            if (Math.min(available, partitionMaxBytes) > left && !parts.isEmpty()) {
                metrics.postponed.increment();
                break;
            }
            ready.remove();
            ServedPart part = available == 0 ? new ServedPart(fetch.key(), fetch.answer(), null) : read(fetch);
            if (part != null) {
                open.remove(fetch.key());
                metrics.armed.decrementAndGet();
                parts.add(part);
                left -= part.length();
            }
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
    private ServedPart read(ServedFetch fetch) {
        long offset = ((ReplicaMessage.Records) fetch.answer()).offset();
        try {
            return new ServedPart(
                    fetch.key(),
                    fetch.answer(),
                    LinkAnswer.slice(fetch.view(), offset, partitionMaxBytes, LogView.Bound.LOG_END));
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
        if (!fetch.isGivenUp() && !link.isClosed()) {
            fetch.withoutRecords();
            ready.add(fetch);
            link.respondIfReady();
        }
    }

    @Override
    public void connectionClosed() {
        link.close();
        List.copyOf(open.keySet()).forEach(this::giveUp);
        ready.clear();
    }
}
