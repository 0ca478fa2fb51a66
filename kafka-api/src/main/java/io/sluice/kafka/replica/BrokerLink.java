/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.kafka.replica;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.ScheduledFuture;
import io.sluice.kafka.wire.MalformedRequestException;
import io.sluice.kafka.wire.WireReader;
import io.sluice.log.ErrorCode;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;

/**
 * The connection to another broker's Kafka listener for one kind of question, made when there is one.
 *
 * <pre>
 *          a question               connected                the first response
 *    IDLE -------------> CONNECTING ----------> OPEN (new) ---------------------> OPEN
 *     ^                    ^    |                  |                               |
 *     | nothing is asked   |    | refused          | broken, malformed, refused    |
 *     |                    |    v                  v                               v
 *     +------------------- PAUSING <-----------------------------------------------+
 * </pre>
 *
 * A request carries the questions that are new since the one before; the broker keeps them. One request is always at the broker while anything
 * is asked, for answers to travel by; a second one may follow it at once, so that new questions never wait. After a response with answers the
 * next request is held back for a moment: the questions that follow from those answers shall go with it.
 *
 * <p>All but {@link #run} and {@link #close} on the link's event loop.
 *
 * @param <A> an answer as it is read from a response
 */
final class BrokerLink<A> implements ResponseFrames.Owner {
    /** New questions of one request, and cancelled ones, at most; more go with the next. */
    private static final int ENTRIES_MAX = 1_000;

    private static final int OUTSTANDING_MAX = 2;

    private static final long LINGER_MS = 1;

    private static final long PAUSE_MIN_MS = 50;
    private static final long PAUSE_MAX_MS = 1_000;

    private enum State {
        IDLE,
        CONNECTING,
        OPEN,
        PAUSING,
        CLOSED
    }

    private final int broker;
    private final LinkContext context;
    private final LinkTraffic<A> traffic;
    private final EventLoop loop;
    private final LoopTasks tasks;
    private final Bootstrap bootstrap;
    private final Deque<Integer> outstanding = new ArrayDeque<>();
    private State state = State.IDLE;
    private Channel channel;
    private boolean confirmed;
    private boolean lingering;
    private boolean readingStopped;
    private boolean outage;
    private String failure;
    private int lastCorrelationId;
    private long pauseMs = PAUSE_MIN_MS;
    private long lastActivityNanos;
    private ScheduledFuture<?> silenceCheck;

    BrokerLink(int broker, LinkContext context, LinkTraffic<A> traffic) {
        this.broker = broker;
        this.context = context;
        this.traffic = traffic;
        this.loop = context.loops().get();
        this.tasks = new LoopTasks(loop, this::goOn);
        this.bootstrap = context.bootstrap(loop, this);
    }

    // For its traffic

    /** Takes the first ones out, as many as a request has room for. */
    static <T> List<T> take(Collection<T> news) {
        List<T> taken = new ArrayList<>(Math.min(news.size(), ENTRIES_MAX));
        Iterator<T> all = news.iterator();
        while (all.hasNext() && taken.size() < ENTRIES_MAX) {
            taken.add(all.next());
            all.remove();
        }
        return taken;
    }

    int broker() {
        return broker;
    }

    /**
     * Runs something on the link's event loop, and sends what is new then. From any thread; in their order, and many for one wake-up of the loop.
     *
     * @return false if the loop has ended
     */
    boolean run(Runnable task) {
        return tasks.add(task);
    }

    /** Does the same later. */
    void runLater(Runnable task, long delayMs) {
        ScheduledFuture<?> unused = loop.schedule(
                () -> {
                    task.run();
                    goOn();
                },
                delayMs,
                TimeUnit.MILLISECONDS);
    }

    boolean isOpen() {
        return state == State.OPEN;
    }

    boolean isClosed() {
        return state == State.CLOSED;
    }

    /** Takes nothing more from the broker for now; the silence that follows is not its fault. */
    void stopReading() {
        readingStopped = true;
        channel.config().setAutoRead(false);
    }

    void readAgain() {
        readingStopped = false;
        lastActivityNanos = System.nanoTime();
        if (state == State.OPEN) {
            channel.config().setAutoRead(true);
        }
    }

    boolean isReadingStopped() {
        return readingStopped;
    }

    /** From any thread. */
    void close() {
        run(this::shutDown);
    }

    private void shutDown() {
        state = State.CLOSED;
        traffic.closed();
        if (channel != null) {
            ChannelFuture unused = channel.close();
        }
    }

    // Requests

    private void goOn() {
        if (state == State.IDLE && traffic.isAsking()) {
            connect();
        }
        if (state != State.OPEN) {
            return;
        }
        while (outstanding.size() < OUTSTANDING_MAX && traffic.hasNews()) {
            send();
        }
        if (outstanding.isEmpty() && traffic.isAsking() && !lingering) {
            send();
        }
    }

    private void send() {
        LinkTraffic.Request request = traffic.request(new LinkRequest(
                context.peers().clusterId(),
                context.peers().self(),
                broker,
                // The first one tells at once whether this is the right broker.
                confirmed || !outstanding.isEmpty() ? context.limits().maxWaitMs() : 0,
                context.limits().responseMaxBytes()));
        ByteBuf bytes = channel.alloc().directBuffer(request.sizeInBytes());
        request.write(bytes, ++lastCorrelationId);
        if (outstanding.isEmpty()) {
            lastActivityNanos = System.nanoTime();
        }
        outstanding.add(lastCorrelationId);
        ChannelFuture unused = channel.writeAndFlush(bytes, channel.voidPromise());
    }

    // Responses

    @Override
    public void onActivity() {
        lastActivityNanos = System.nanoTime();
    }

    @Override
    public void onResponse(ByteBuf frame) {
        try {
            List<A> answers = read(frame);
            confirm();
            traffic.answered(frame, answers);
            if (!answers.isEmpty()) {
                linger();
            }
        } catch (MalformedRequestException e) {
            onMalformed(e.getMessage());
        } finally {
            frame.release();
        }
        goOn();
    }

    private List<A> read(ByteBuf frame) {
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
            throw new MalformedRequestException("the broker refuses: " + ErrorCode.of(error));
        }
        List<A> answers = new ArrayList<>(Math.max(0, count));
        for (int i = 0; i < count; i++) {
            answers.add(traffic.read(in));
        }
        if (frame.isReadable()) {
            throw new MalformedRequestException("a response with " + frame.readableBytes() + " bytes too many");
        }
        return answers;
    }

    private void confirm() {
        if (!confirmed) {
            confirmed = true;
            pauseMs = PAUSE_MIN_MS;
            if (outage) {
                outage = false;
                traffic.goesOn();
            }
        }
    }

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
        InetSocketAddress address = context.peers().address(broker);
        if (address == null) {
            failed("its address is not known");
            return;
        }
        try {
            context.resolver().execute(() -> {
                try {
                    InetAddress ip = InetAddress.getByName(address.getHostString());
                    run(() -> connect(new InetSocketAddress(ip, address.getPort())));
                } catch (UnknownHostException e) {
                    run(() -> failed("unknown host " + address.getHostString()));
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
        if (readingStopped) {
            channel.config().setAutoRead(false);
        }
        long periodMs = Math.max(1, context.limits().socketTimeoutMs() / 10);
        silenceCheck = loop.scheduleAtFixedRate(this::checkSilence, periodMs, periodMs, TimeUnit.MILLISECONDS);
        goOn();
    }

    private void checkSilence() {
        long silentMs = (System.nanoTime() - lastActivityNanos) / 1_000_000;
        long maxMs = context.limits().socketTimeoutMs();
        if (!outstanding.isEmpty() && !readingStopped && silentMs > maxMs) {
            giveUp("nothing has come for replica.socket.timeout.ms=" + maxMs);
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
        outstanding.clear();
        channel = null;
        traffic.ended();
        if (state != State.OPEN) {
            return;
        }
        if (failure != null) {
            failed(failure);
        } else if (traffic.isAsking()) {
            failed(cause != null ? String.valueOf(cause.getMessage()) : "the connection has ended");
        } else {
            // Nothing is wanted from there any more: the broker may have closed it for being idle.
            state = State.IDLE;
        }
    }

    private void failed(String reason) {
        if (state == State.CLOSED) {
            return;
        }
        state = State.PAUSING;
        boolean outageBegins = !outage;
        outage = true;
        if (!traffic.interrupted(reason, outageBegins)) {
            state = State.IDLE;
            return;
        }
        ScheduledFuture<?> unused = loop.schedule(this::tryAgain, pauseMs, TimeUnit.MILLISECONDS);
        pauseMs = Math.min(PAUSE_MAX_MS, 2 * pauseMs);
    }

    private void tryAgain() {
        if (state == State.PAUSING) {
            state = State.IDLE;
            outage &= traffic.isAsking();
            goOn();
        }
    }
}
