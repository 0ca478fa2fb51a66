/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.kafka.replica;

import io.netty.channel.EventLoop;
import io.sluice.actors.partition.DataWaiter;
import io.sluice.actors.partition.PartitionHandle;
import io.sluice.actors.replication.RemoteLogs.Answer;
import io.sluice.actors.replication.RemoteLogs.Await;
import io.sluice.actors.replication.RemoteLogs.Find;
import io.sluice.actors.replication.RemoteLogs.Read;
import io.sluice.actors.replication.RemoteLogs.When;
import io.sluice.actors.replication.ReplicaKey;
import io.sluice.kafka.api.ConnectionStates;
import io.sluice.kafka.api.HandlerServices;
import io.sluice.kafka.api.Reply;
import io.sluice.kafka.wire.MalformedRequestException;
import io.sluice.log.BatchTimes;
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
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The questions of another broker's readers, on its connection.
 *
 * <pre>
 *   read  --------------------------------------------------------> READY --- a response has room ---> sent
 *   find, when --> a thread that may wait for the disk -------------^
 *   await --> WAITING --- there are records, or the leader is gone -^
 *                |
 *                +--- cancelled, or the connection has ended ---> given up
 * </pre>
 *
 * A read is done when its answer leaves, so that what is ready holds no file. All but what comes home by {@link ServedLink#run} on the connection's event loop.
 */
final class ServedReads implements ConnectionStates.State, ServedLink.Answers {
    private static final Logger LOG = LoggerFactory.getLogger(ServedReads.class);

    /** Answers later. */
    @FunctionalInterface
    private interface Ready {
        /** Null if it does not fit: leave it for the next response. */
        LogReadPart part(long bytesLeft, boolean first);
    }

    /** A reader that waits, and where; on the event loop. */
    private record Waiter(PartitionHandle handle, DataWaiter waiter) {}

    private final HandlerServices services;
    private final ReplicaFetchLimits limits;
    private final ServedReadMetrics metrics;
    private final Map<Long, Waiter> waiters = new HashMap<>();
    private final Deque<Ready> ready = new ArrayDeque<>();
    private final ServedLink link;

    ServedReads(EventLoop loop, HandlerServices services, ReplicaFetchLimits limits, ServedReadMetrics metrics) {
        this.services = services;
        this.limits = limits;
        this.metrics = metrics;
        this.link = new ServedLink(loop, limits, metrics.link, this);
    }

    void take(int correlationId, LogReadRequest request, Reply reply) {
        int answersMax = limits.readers().answers();
        if (ready.size() + request.entries().size() > answersMax) {
            metrics.overrun.increment();
            throw new MalformedRequestException(
                    ready.size() + " answers wait already, sluice.remote.answers.max=" + answersMax);
        }
        link.endWait();
        request.cancelled().forEach(this::giveUp);
        request.entries().forEach(this::take);
        link.answer(correlationId, request.link(), reply);
    }

    private void take(LogReadRequest.Entry entry) {
        long number = entry.number();
        if (entry.question() instanceof Read read) {
            read(number, read);
        } else if (entry.question() instanceof Await await) {
            await(number, await);
        } else if (entry.question() instanceof Find find) {
            search(number, find.key(), handle -> found(number, find, handle));
        } else if (entry.question() instanceof When when) {
            search(number, when.key(), handle -> found(number, when, handle));
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
            handle.confirmLeads(leads -> link.run(
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
        } else if (read.offset() >= LogReadPart.end(view, read.bound())) {
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
            LogSlice slice = LinkAnswer.slice(view, read.offset(), maxBytes, read.bound());
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
        Waiter waiter = new Waiter(handle, partition -> link.run(() -> woken(number, await.bound())));
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

    private void search(long number, ReplicaKey key, Function<PartitionHandle, LogReadPart> search) {
        PartitionHandle handle = leader(key);
        if (handle == null) {
            ready.add((left, first) -> notLed(number));
            return;
        }
        try {
            services.blocking().execute(() -> {
                LogReadPart found = search.apply(handle);
                link.run(() -> ready.add((left, first) -> found));
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

    private static LogReadPart found(long number, When when, PartitionHandle handle) {
        LogView view = handle.view();
        try {
            long timeMs = BatchTimes.firstFrom(view, when.offset(), when.bound());
            return LogReadPart.of(number, ErrorCode.NONE, handle.leaderEpoch(), view, when.bound(), timeMs, null);
        } catch (OffsetOutOfRangeException deletedMeanwhile) {
            return notLed(number);
        } catch (IOException failure) {
            LOG.error(
                    "a look at a batch for another broker failed: partition={} offset={}",
                    handle.partition(),
                    when.offset(),
                    failure);
            return LogReadPart.failed(number, ErrorCode.KAFKA_STORAGE_ERROR);
        }
    }

    // Answering

    @Override
    public boolean isReady() {
        return !ready.isEmpty();
    }

    /** In the order in which they became ready: nobody starves. */
    @Override
    public List<LogReadPart> collect(int maxBytes) {
        List<LogReadPart> parts = new ArrayList<>(Math.min(ready.size(), ServedLink.ANSWERS_MAX));
        long left = maxBytes;
        while (!ready.isEmpty() && parts.size() < ServedLink.ANSWERS_MAX) {
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

    @Override
    public void connectionClosed() {
        link.close();
        List.copyOf(waiters.keySet()).forEach(this::giveUp);
        ready.clear();
    }
}
