/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.kafka.replica;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.ScheduledFuture;
import io.netty.util.internal.PlatformDependent;
import io.sluice.actors.partition.DataWaiter;
import io.sluice.actors.partition.PartitionHandle;
import io.sluice.actors.replication.RemoteLogs.Answer;
import io.sluice.actors.replication.RemoteLogs.Await;
import io.sluice.actors.replication.RemoteLogs.Find;
import io.sluice.actors.replication.RemoteLogs.Read;
import io.sluice.actors.replication.ReplicaKey;
import io.sluice.kafka.api.ConnectionStates;
import io.sluice.kafka.api.HandlerServices;
import io.sluice.kafka.api.Reply;
import io.sluice.kafka.wire.MalformedRequestException;
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
 * The questions of another broker's readers, on its connection.
 *
 * <pre>
 *   read  --------------------------------------------------------> READY --- a response has room ---> sent
 *   find  --> a thread that may wait for the disk ------------------^
 *   await --> WAITING --- there are records, or the leader is gone -^
 *                |
 *                +--- cancelled, or the connection has ended ---> given up
 *
 *   a request waits for the first answer; at most one waits: another one, or time, ends the wait
 * </pre>
 *
 * A read is done when its answer leaves, so that what is ready holds no file. All but {@link #comesHome} on the connection's event loop.
 */
final class ServedReads implements ConnectionStates.State {
    private static final Logger LOG = LoggerFactory.getLogger(ServedReads.class);

    /** Answers of one response, at most: bounds what it takes besides records. */
    private static final int PARTS_MAX = 10_000;

    /** Answers later. */
    @FunctionalInterface
    private interface Ready {
        /** Null if it does not fit: leave it for the next response. */
        LogReadPart part(long bytesLeft, boolean first);
    }

    /** A request that waits for an answer. */
    private record Waiting(int correlationId, int maxBytes, Reply reply, ScheduledFuture<?> deadline) {}

    /** A reader that waits, and where; on the event loop. */
    private record Waiter(PartitionHandle handle, DataWaiter waiter) {}

    private final EventLoop loop;
    private final HandlerServices services;
    private final ReplicaFetchLimits limits;
    private final ServedReadMetrics metrics;
    private final Map<Long, Waiter> waiters = new HashMap<>();
    private final Deque<Ready> ready = new ArrayDeque<>();
    private final Queue<Runnable> comingHome = PlatformDependent.newMpscQueue();
    private final AtomicBoolean wakeSent = new AtomicBoolean();
    private Waiting waiting;
    private boolean closed;

    ServedReads(EventLoop loop, HandlerServices services, ReplicaFetchLimits limits, ServedReadMetrics metrics) {
        this.loop = loop;
        this.services = services;
        this.limits = limits;
        this.metrics = metrics;
    }

    void take(int correlationId, LogReadRequest request, Reply reply) {
        int answersMax = limits.readers().answers();
        if (ready.size() + request.entries().size() > answersMax) {
            metrics.overrun.increment();
            throw new MalformedRequestException(
                    ready.size() + " answers wait already, sluice.remote.answers.max=" + answersMax);
        }
        if (waiting != null) {
            respond();
        }
        request.cancelled().forEach(this::giveUp);
        request.entries().forEach(this::take);
        int maxWaitMs = Math.min(request.maxWaitMs(), limits.maxWaitMs());
        waiting = new Waiting(
                correlationId,
                Math.min(request.maxBytes(), limits.responseMaxBytes()),
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

    private void take(LogReadRequest.Entry entry) {
        long number = entry.number();
        if (entry.question() instanceof Read read) {
            read(number, read);
        } else if (entry.question() instanceof Await await) {
            await(number, await);
        } else if (entry.question() instanceof Find find) {
            find(number, find);
        }
    }

    private PartitionHandle leader(ReplicaKey key) {
        PartitionHandle handle = services.node().leader(key.topicId(), key.partition());
        return handle == null || handle.isClosed() ? null : handle;
    }

    private static LogReadPart notLed(long number) {
        return LogReadPart.failed(number, ErrorCode.NOT_LEADER_OR_FOLLOWER);
    }

    private static LogReadPart told(long number, PartitionHandle handle, LogView.Bound bound) {
        return LogReadPart.of(
                number, ErrorCode.NONE, handle.leaderEpoch(), handle.view(), bound, Answer.NOT_FOUND, null);
    }

    // Reading

    /** What is beyond the log may be in that of a later leader, of which this one has not heard (docs/replication.md). */
    private void read(long number, Read read) {
        PartitionHandle handle = leader(read.key());
        if (handle != null
                && read.maxBytes() > 0
                && read.offset() > handle.view().logEndOffset()) {
            handle.confirmLeads(leads -> comesHome(
                    () -> ready.add((left, first) -> leads ? read(number, read, left, first) : notLed(number))));
        } else {
            ready.add((left, first) -> read(number, read, left, first));
        }
    }

    private LogReadPart read(long number, Read read, long bytesLeft, boolean first) {
        PartitionHandle handle = leader(read.key());
        if (handle == null) {
            return notLed(number);
        }
        LogView view = handle.view();
        long end = read.bound() == LogView.Bound.HIGH_WATERMARK ? view.highWatermark() : view.lastStableOffset();
        if (read.maxBytes() == 0) {
            return told(number, handle, read.bound());
        } else if (read.offset() < view.logStartOffset() || read.offset() > view.logEndOffset()) {
            return LogReadPart.of(
                    number,
                    ErrorCode.OFFSET_OUT_OF_RANGE,
                    handle.leaderEpoch(),
                    view,
                    read.bound(),
                    Answer.NOT_FOUND,
                    null);
        } else if (read.offset() >= end) {
            return told(number, handle, read.bound());
        }
        int most = Math.min(read.maxBytes(), limits.partitionMaxBytes());
        if (!first && Math.min(view.bytesFrom(read.offset(), read.bound()), most) > bytesLeft) {
            return null;
        }
        return readLog(number, read, handle, view, most);
    }

    private LogReadPart readLog(long number, Read read, PartitionHandle handle, LogView view, int maxBytes) {
        try {
            LogSlice slice = view.read(read.offset(), maxBytes, true, read.bound());
            if (slice.length() == 0) {
                slice.release();
                slice = null;
            }
            return LogReadPart.of(
                    number, ErrorCode.NONE, handle.leaderEpoch(), view, read.bound(), Answer.NOT_FOUND, slice);
        } catch (OffsetOutOfRangeException deletedMeanwhile) {
            // Its reader asks again, and is told where the log begins by then.
            return notLed(number);
        } catch (IOException failure) {
            LOG.error(
                    "a read for another broker failed: partition={} offset={}",
                    handle.partition(),
                    read.offset(),
                    failure);
            return LogReadPart.failed(number, ErrorCode.KAFKA_STORAGE_ERROR);
        }
    }

    // Waiting

    private void await(long number, Await await) {
        giveUp(number);
        PartitionHandle handle = leader(await.key());
        if (handle == null) {
            ready.add((left, first) -> notLed(number));
            return;
        }
        if (waiters.size() >= limits.readers().waiting()) {
            metrics.waitsRefused.increment();
            ready.add((left, first) -> told(number, handle, await.bound()));
            return;
        }
        Waiter waiter = new Waiter(handle, partition -> comesHome(() -> woken(number, await.bound())));
        waiters.put(number, waiter);
        metrics.waiting.incrementAndGet();
        handle.await(waiter.waiter(), await.offset(), await.bound());
    }

    private void woken(long number, LogView.Bound bound) {
        Waiter waiter = forget(number);
        if (waiter != null) {
            PartitionHandle handle = waiter.handle();
            ready.add((left, first) -> handle.isClosed() ? notLed(number) : told(number, handle, bound));
        }
    }

    private Waiter forget(long number) {
        Waiter waiter = waiters.remove(number);
        if (waiter != null) {
            metrics.waiting.decrementAndGet();
        }
        return waiter;
    }

    private void giveUp(long number) {
        Waiter waiter = forget(number);
        if (waiter != null) {
            waiter.handle().cancel(waiter.waiter());
        }
    }

    // Searching

    private void find(long number, Find find) {
        PartitionHandle handle = leader(find.key());
        if (handle == null) {
            ready.add((left, first) -> notLed(number));
            return;
        }
        try {
            services.blocking().execute(() -> {
                LogReadPart found = found(number, find, handle);
                comesHome(() -> ready.add((left, first) -> found));
            });
        } catch (RejectedExecutionException busy) {
            ready.add((left, first) -> LogReadPart.failed(number, ErrorCode.REQUEST_TIMED_OUT));
        }
    }

    private static LogReadPart found(long number, Find find, PartitionHandle handle) {
        LogView view = handle.view();
        try {
            LogView.TimestampedOffset found = view.offsetForTimestamp(find.timestampMs(), find.bound());
            return LogReadPart.of(
                    number,
                    ErrorCode.NONE,
                    handle.leaderEpoch(),
                    view,
                    find.bound(),
                    found == null ? Answer.NOT_FOUND : found.offset(),
                    null);
        } catch (OffsetOutOfRangeException deletedMeanwhile) {
            return notLed(number);
        } catch (IOException failure) {
            LOG.error(
                    "a search for another broker failed: partition={} timestamp={}",
                    handle.partition(),
                    find.timestampMs(),
                    failure);
            return LogReadPart.failed(number, ErrorCode.KAFKA_STORAGE_ERROR);
        }
    }

    // Answering

    /** From any thread. */
    private void comesHome(Runnable what) {
        comingHome.add(what);
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
        Runnable what = comingHome.poll();
        while (what != null) {
            what.run();
            what = comingHome.poll();
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
        List<LogReadPart> parts = closed ? List.of() : collect(request.maxBytes());
        request.reply().send(new LogReadResponse(request.correlationId(), ErrorCode.NONE, parts, metrics));
    }

    /** In the order in which they became ready: nobody starves. */
    private List<LogReadPart> collect(int maxBytes) {
        List<LogReadPart> parts = new ArrayList<>(Math.min(ready.size(), PARTS_MAX));
        long left = maxBytes;
        while (!ready.isEmpty() && parts.size() < PARTS_MAX) {
            LogReadPart part = ready.peek().part(left, parts.isEmpty());
            if (part == null) {
                break;
            }
            ready.remove();
            parts.add(part);
            left -= part.length();
        }
        return parts;
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
        List.copyOf(waiters.keySet()).forEach(this::giveUp);
        ready.clear();
    }
}
