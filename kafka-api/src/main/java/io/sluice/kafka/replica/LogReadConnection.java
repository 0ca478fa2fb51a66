/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.kafka.replica;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.ScheduledFuture;
import io.netty.util.internal.PlatformDependent;
import io.sluice.actors.replication.RemoteLogs.Answer;
import io.sluice.actors.replication.RemoteLogs.Await;
import io.sluice.actors.replication.RemoteLogs.Question;
import io.sluice.actors.replication.RemoteLogs.Read;
import io.sluice.actors.replication.ReplicaFetches;
import io.sluice.kafka.wire.FrameReceiveAllocator;
import io.sluice.kafka.wire.MalformedRequestException;
import io.sluice.kafka.wire.WireReader;
import io.sluice.log.ErrorCode;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All questions of this broker's readers to one other broker.
 *
 * <pre>
 *            a question              connected
 *    IDLE -------------> CONNECTING -----------> OPEN
 *     ^                      |                    |
 *     |                      | refused            | broken, malformed, refused: every question has failed
 *     +----------------------+--------------------+
 * </pre>
 *
 * Nothing is asked again here: who reads finds out who leads by now. A request carries the questions that are new since the one before; the broker keeps those that wait. One
 * request is always at the broker while any question is open, for answers to travel by; a second one may follow it at once.
 *
 * <p>Memory: {@code sluice.remote.reads.max} reads are under way, until their records are released; later ones wait for those.
 *
 * <p>All but {@link #ask} and {@link #close} on the connection's event loop.
 */
final class LogReadConnection implements ResponseFrames.Owner {
    private static final Logger LOG = LoggerFactory.getLogger(LogReadConnection.class);

    private static final int OUTSTANDING_MAX = 2;

    /** New questions of one request, and cancelled ones, at most; more go with the next. */
    private static final int ENTRIES_MAX = 1_000;

    private static final long LINGER_MS = 1;

    private enum State {
        IDLE,
        CONNECTING,
        OPEN,
        CLOSED
    }

    /** A question that has no answer yet. */
    private record Open(Question question, CompletableFuture<Answer> answer) {
        boolean waits() {
            return question instanceof Await;
        }

        /** Waiting, and being told where a log ends, cost the broker next to nothing; everything else costs memory here or a read there. */
        boolean isRead() {
            return !waits() && !(question instanceof Read read && read.maxBytes() == 0);
        }
    }

    private final int broker;
    private final EventLoop loop;
    private final Bootstrap bootstrap;
    private final ReplicaFetches.Peers peers;
    private final ReplicaFetchLimits limits;
    private final RemoteReadMetrics metrics;
    private final Executor resolver;
    private final Queue<Runnable> tasks = PlatformDependent.newMpscQueue();
    private final AtomicBoolean wakeSent = new AtomicBoolean();
    private final Map<Long, Open> open = new HashMap<>();
    private final Deque<Open> queued = new ArrayDeque<>();
    private final Deque<Long> unsent = new ArrayDeque<>();
    private final Deque<Long> cancelled = new ArrayDeque<>();
    private final Deque<Integer> outstanding = new ArrayDeque<>();
    private State state = State.IDLE;
    private Channel channel;
    private boolean confirmed;
    private boolean lingering;
    private boolean outage;
    private int reads;
    private long lastNumber;
    private int lastCorrelationId;
    private long lastActivityNanos;
    private ScheduledFuture<?> silenceCheck;
    private String failure;

    LogReadConnection(
            int broker,
            EventLoop loop,
            Bootstrap bootstrap,
            ReplicaFetches.Peers peers,
            ReplicaFetchLimits limits,
            RemoteReadMetrics metrics,
            Executor resolver) {
        this.broker = broker;
        this.loop = loop;
        this.peers = peers;
        this.limits = limits;
        this.metrics = metrics;
        this.resolver = resolver;
        this.bootstrap = bootstrap.handler(new ChannelInitializer<>() {
            @Override
            protected void initChannel(Channel fresh) {
                ResponseFrames frames = new ResponseFrames(LogReadConnection.this, fresh, limits.frameMaxBytes());
                fresh.config().setRecvByteBufAllocator(new FrameReceiveAllocator(frames, ResponseFrames.SCRATCH_BYTES));
                fresh.pipeline().addLast(frames);
            }
        });
    }

    // What is asked

    /** From any thread. */
    CompletableFuture<Answer> ask(Question question) {
        CompletableFuture<Answer> answer = new CompletableFuture<>();
        execute(() -> asked(new Open(question, answer)), () -> answer.complete(gone()));
        return answer;
    }

    private static Answer gone() {
        return Answer.failed(ErrorCode.BROKER_NOT_AVAILABLE);
    }

    /** Runs tasks in order, many for one wake-up of the loop. */
    private void execute(Runnable task, Runnable closing) {
        tasks.add(task);
        if (!wakeSent.get() && wakeSent.compareAndSet(false, true)) {
            try {
                loop.execute(this::onTasks);
            } catch (RejectedExecutionException e) {
                wakeSent.set(false);
                closing.run();
            }
        }
    }

    private void onTasks() {
        wakeSent.set(false);
        Runnable task = tasks.poll();
        while (task != null) {
            task.run();
            task = tasks.poll();
        }
        goOn();
    }

    private void asked(Open question) {
        if (state == State.CLOSED) {
            question.answer().complete(gone());
        } else if (question.isRead() && reads >= limits.readers().reads()) {
            queued.add(question);
            metrics.queued.incrementAndGet();
        } else {
            open(question);
        }
    }

    private void open(Open question) {
        long number = ++lastNumber;
        open.put(number, question);
        unsent.add(number);
        if (question.isRead()) {
            reads++;
        } else if (question.waits()) {
            metrics.waiting.incrementAndGet();
            CompletableFuture<Answer> unused = question.answer().whenComplete((answer, taken) -> {
                if (question.answer().isCancelled()) {
                    execute(() -> cancel(number), () -> {});
                }
            });
        }
    }

    private void cancel(long number) {
        Open question = open.remove(number);
        if (question != null) {
            metrics.waiting.decrementAndGet();
            if (!unsent.remove(number) && state == State.OPEN) {
                cancelled.add(number);
            }
        }
    }

    /** A read is over: another one may begin. */
    private void readDone() {
        reads--;
        if (!queued.isEmpty() && state != State.CLOSED) {
            metrics.queued.decrementAndGet();
            open(queued.poll());
        }
    }

    private void goOn() {
        if (state == State.IDLE && !open.isEmpty()) {
            connect();
        }
        if (state != State.OPEN) {
            return;
        }
        while (outstanding.size() < OUTSTANDING_MAX && !(unsent.isEmpty() && cancelled.isEmpty())) {
            send();
        }
        if (outstanding.isEmpty() && !open.isEmpty() && !lingering) {
            send();
        }
    }

    private void send() {
        List<LogReadRequest.Entry> entries = new ArrayList<>();
        while (!unsent.isEmpty() && entries.size() < ENTRIES_MAX) {
            long number = unsent.poll();
            entries.add(new LogReadRequest.Entry(number, open.get(number).question()));
        }
        List<Long> takenBack = new ArrayList<>();
        while (!cancelled.isEmpty() && takenBack.size() < ENTRIES_MAX) {
            takenBack.add(cancelled.poll());
        }
        LogReadRequest request = new LogReadRequest(
                peers.clusterId(),
                peers.self(),
                broker,
                // The first one tells at once whether this is the right broker.
                confirmed || !outstanding.isEmpty() ? limits.maxWaitMs() : 0,
                limits.responseMaxBytes(),
                entries,
                takenBack);
        ByteBuf bytes = channel.alloc().directBuffer(request.sizeInBytes());
        request.write(bytes, ++lastCorrelationId);
        if (outstanding.isEmpty()) {
            lastActivityNanos = System.nanoTime();
        }
        outstanding.add(lastCorrelationId);
        metrics.requests.increment();
        ChannelFuture unused = channel.writeAndFlush(bytes, channel.voidPromise());
    }

    // What comes

    @Override
    public void onActivity() {
        lastActivityNanos = System.nanoTime();
    }

    @Override
    public void onResponse(ByteBuf frame) {
        try {
            List<LogReadPart.Received> parts = read(frame);
            confirmed = true;
            if (outage) {
                outage = false;
                LOG.info("reading from broker {} goes on", broker);
            }
            parts.forEach(part -> handOver(frame, part));
            if (!parts.isEmpty()) {
                linger();
            }
        } catch (MalformedRequestException e) {
            onMalformed(e.getMessage());
        } finally {
            frame.release();
        }
        goOn();
    }

    private List<LogReadPart.Received> read(ByteBuf frame) {
        WireReader in = new WireReader(frame);
        int correlationId = in.readInt();
        Integer expected = outstanding.poll();
        if (expected == null || expected != correlationId) {
            throw new MalformedRequestException("a response to request " + correlationId + " where "
                    + (expected == null ? "none" : "one to " + expected) + " is due");
        }
        short error = in.readShort();
        int count = in.readArrayLength(false);
        if (error != ErrorCode.NONE.code()) {
            throw new MalformedRequestException("the broker refuses: error " + error);
        }
        List<LogReadPart.Received> parts = new ArrayList<>(Math.max(0, count));
        for (int i = 0; i < count; i++) {
            parts.add(LogReadPart.Received.read(in));
        }
        if (frame.isReadable()) {
            throw new MalformedRequestException("a response with " + frame.readableBytes() + " bytes too many");
        }
        return parts;
    }

    private void handOver(ByteBuf frame, LogReadPart.Received part) {
        Open question = open.remove(part.number());
        if (question == null) {
            // Taken back while the answer was on its way.
            return;
        }
        if (!question.isRead()) {
            if (question.waits()) {
                metrics.waiting.decrementAndGet();
            }
            question.answer().complete(part.answer());
        } else if (part.recordsBytes() == 0) {
            question.answer().complete(part.answer());
            readDone();
        } else {
            metrics.bytes.increment(part.recordsBytes());
            frame.retain();
            Runnable release = releaseOnce(frame);
            if (!question.answer().complete(part.withRecords(frame, release))) {
                release.run();
            }
        }
    }

    /** From any thread. */
    private Runnable releaseOnce(ByteBuf frame) {
        AtomicBoolean released = new AtomicBoolean();
        return () -> {
            if (released.compareAndSet(false, true)) {
                frame.release();
                execute(this::readDone, () -> {});
            }
        };
    }

    /** What follows from the answers shall go with the next request. */
    private void linger() {
        if (!lingering) {
            lingering = true;
            ScheduledFuture<?> unused = loop.schedule(
                    () -> {
                        lingering = false;
                        goOn();
                    },
                    LINGER_MS,
                    TimeUnit.MILLISECONDS);
        }
    }

    // Connecting, and what goes wrong

    private void connect() {
        state = State.CONNECTING;
        InetSocketAddress address = peers.address(broker);
        if (address == null) {
            failed("its address is not known");
            return;
        }
        try {
            resolver.execute(() -> {
                try {
                    InetAddress ip = InetAddress.getByName(address.getHostString());
                    execute(() -> connect(new InetSocketAddress(ip, address.getPort())), () -> {});
                } catch (UnknownHostException e) {
                    execute(() -> failed("unknown host " + address.getHostString()), () -> {});
                }
            });
        } catch (RejectedExecutionException closing) {
            shutDown();
        }
    }

    private void connect(InetSocketAddress address) {
        if (state != State.CONNECTING) {
            return;
        }
        ChannelFuture unused = bootstrap.connect(address).addListener((ChannelFuture attempt) -> {
            if (!attempt.isSuccess()) {
                failed(address + ": " + attempt.cause().getMessage());
            } else if (state == State.CLOSED) {
                ChannelFuture unusedClosing = attempt.channel().close();
            } else {
                onOpen(attempt.channel());
            }
        });
    }

    private void onOpen(Channel fresh) {
        state = State.OPEN;
        channel = fresh;
        confirmed = false;
        failure = null;
        lastActivityNanos = System.nanoTime();
        long periodMs = Math.max(1, limits.socketTimeoutMs() / 10);
        silenceCheck = loop.scheduleAtFixedRate(this::checkSilence, periodMs, periodMs, TimeUnit.MILLISECONDS);
        goOn();
    }

    private void checkSilence() {
        long silentMs = (System.nanoTime() - lastActivityNanos) / 1_000_000;
        if (!outstanding.isEmpty() && silentMs > limits.socketTimeoutMs()) {
            giveUp("nothing has come for replica.socket.timeout.ms=" + limits.socketTimeoutMs());
        }
    }

    @Override
    public void onMalformed(String reason) {
        giveUp(reason);
    }

    private void giveUp(String reason) {
        failure = reason;
        ChannelFuture unused = channel.close();
    }

    @Override
    public void onClosed(Throwable cause) {
        if (silenceCheck != null) {
            silenceCheck.cancel(false);
        }
        channel = null;
        if (state != State.OPEN) {
            return;
        }
        if (open.isEmpty() && failure == null) {
            // Nothing is wanted from there any more: the broker may have closed it for being idle.
            outstanding.clear();
            cancelled.clear();
            state = State.IDLE;
            return;
        }
        failed(
                failure != null
                        ? failure
                        : cause != null ? String.valueOf(cause.getMessage()) : "the connection has ended");
    }

    private void failed(String reason) {
        if (state == State.CLOSED) {
            return;
        }
        state = State.IDLE;
        metrics.failures.increment();
        if (!outage) {
            outage = true;
            LOG.warn("reading from broker {} for subscriptions is interrupted: {}", broker, reason);
        }
        failAll();
    }

    private void failAll() {
        outstanding.clear();
        cancelled.clear();
        unsent.clear();
        List<Open> all = new ArrayList<>(open.values());
        open.clear();
        for (Open question : all) {
            if (question.isRead()) {
                reads--;
            } else if (question.waits()) {
                metrics.waiting.decrementAndGet();
            }
        }
        all.addAll(queued);
        metrics.queued.addAndGet(-queued.size());
        queued.clear();
        all.forEach(question -> question.answer().complete(gone()));
    }

    private void shutDown() {
        state = State.CLOSED;
        failAll();
        if (channel != null) {
            ChannelFuture unused = channel.close();
        }
    }

    /** From any thread. */
    void close() {
        execute(this::shutDown, () -> {});
    }
}
