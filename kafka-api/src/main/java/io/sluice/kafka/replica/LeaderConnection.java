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
import io.sluice.actors.replication.ReplicaKey;
import io.sluice.actors.replication.ReplicaMessage;
import io.sluice.kafka.wire.FrameReceiveAllocator;
import io.sluice.kafka.wire.MalformedRequestException;
import io.sluice.kafka.wire.WireReader;
import io.sluice.log.ErrorCode;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All fetches of this broker's replicas that follow those of one other broker.
 *
 * <pre>
 *            a fetch                 connected               the first response
 *    IDLE -------------> CONNECTING ----------> OPEN (new) ---------------------> OPEN
 *     ^                    ^    |                  |                               |
 *     | nothing is fetched |    | refused          | broken, malformed, refused    |
 *     |                    |    v                  v                               v
 *     +------------------- PAUSING <-----------------------------------------------+
 * </pre>
 *
 * A request carries the fetches that are new since the one before; the broker keeps them. One request is always at the broker while
 * anything is fetched, for answers to travel by; a second one may follow it at once, so that acknowledgements never wait. After
 * a response with answers the next request is held back for a moment: the fetches that follow from those answers shall go with it.
 *
 * <p>All but {@link #fetch}, {@link #cancel} and {@link #close} on the connection's event loop.
 */
final class LeaderConnection implements ResponseFrames.Owner {
    private static final Logger LOG = LoggerFactory.getLogger(LeaderConnection.class);

    private static final int OUTSTANDING_MAX = 2;

    /** New fetches of one request, and cancelled ones, at most; more go with the next. */
    private static final int ENTRIES_MAX = 1_000;

    private static final long LINGER_MS = 1;

    /** How soon a change of the throttle's rate acts, at the latest. */
    private static final long THROTTLE_CHECK_MS = 1_000;

    private static final long PAUSE_MIN_MS = 50;
    private static final long PAUSE_MAX_MS = 1_000;

    /** Before a replica that got nothing it could write asks again. */
    private static final long DAMAGED_PAUSE_MS = 1_000;

    private enum State {
        IDLE,
        CONNECTING,
        OPEN,
        PAUSING,
        CLOSED
    }

    /** A fetch; null cancels the one before. */
    private record Wish(ReplicaKey key, ReplicaMessage.Fetch fetch) {}

    private final int broker;
    private final EventLoop loop;
    private final Bootstrap bootstrap;
    private final FetcherContext context;
    private final HeldRecords held;
    private final CatchingUp catchingUp;
    private final Queue<Wish> wishes = PlatformDependent.newMpscQueue();
    private final AtomicBoolean wakeSent = new AtomicBoolean();
    private final Map<ReplicaKey, ReplicaMessage.Fetch> armed = new LinkedHashMap<>();
    private final Set<ReplicaKey> unsent = new LinkedHashSet<>();
    private final Set<ReplicaKey> cancelled = new LinkedHashSet<>();
    private final Deque<Integer> outstanding = new ArrayDeque<>();
    private State state = State.IDLE;
    private Channel channel;
    private boolean confirmed;
    private boolean lingering;
    private boolean throttleTimer;
    private boolean stopped;
    private boolean outage;
    private String failure;
    private int lastCorrelationId;
    private long pauseMs = PAUSE_MIN_MS;
    private long lastActivityNanos;
    private ScheduledFuture<?> silenceCheck;

    LeaderConnection(int broker, EventLoop loop, Bootstrap bootstrap, FetcherContext context) {
        this.broker = broker;
        this.loop = loop;
        this.context = context;
        this.held = new HeldRecords(context.limits().heldMaxBytes(), context.metrics(), () -> execute(this::readAgain));
        this.catchingUp = new CatchingUp(context.throttle(), context.limits().partitionMaxBytes(), context.metrics());
        this.bootstrap = bootstrap.handler(new ChannelInitializer<>() {
            @Override
            protected void initChannel(Channel fresh) {
                ResponseFrames frames = new ResponseFrames(
                        LeaderConnection.this, fresh, context.limits().frameMaxBytes());
                fresh.config().setRecvByteBufAllocator(new FrameReceiveAllocator(frames, ResponseFrames.SCRATCH_BYTES));
                fresh.pipeline().addLast(frames);
            }
        });
    }

    // What is wanted

    /** From any thread. */
    void fetch(ReplicaKey key, ReplicaMessage.Fetch fetch) {
        wish(new Wish(key, fetch));
    }

    /** From any thread. */
    void cancel(ReplicaKey key) {
        wish(new Wish(key, null));
    }

    private void wish(Wish wish) {
        wishes.add(wish);
        if (!wakeSent.get() && wakeSent.compareAndSet(false, true)) {
            execute(this::onWishes);
        }
    }

    private void execute(Runnable task) {
        try {
            loop.execute(task);
        } catch (RejectedExecutionException closing) {
            wishes.clear();
        }
    }

    private void onWishes() {
        wakeSent.set(false);
        Wish wish = wishes.poll();
        while (wish != null) {
            if (wish.fetch() != null) {
                want(wish.key(), wish.fetch());
            } else {
                dontWant(wish.key());
            }
            wish = wishes.poll();
        }
        goOn();
    }

    private void want(ReplicaKey key, ReplicaMessage.Fetch fetch) {
        armed.put(key, fetch);
        cancelled.remove(key);
        if (catchingUp.mustWait(key, fetch)) {
            unsent.remove(key);
            waitForThrottle();
        } else {
            unsent.add(key);
        }
    }

    private void dontWant(ReplicaKey key) {
        boolean sent = armed.remove(key) != null && !unsent.remove(key) && !catchingUp.isWaiting(key);
        if (sent && state == State.OPEN) {
            cancelled.add(key);
        }
        catchingUp.forget(key);
    }

    private void waitForThrottle() {
        long delayMs = catchingUp.delayMs();
        if (delayMs >= 0 && !throttleTimer) {
            throttleTimer = true;
            ScheduledFuture<?> unused =
                    loop.schedule(this::onThrottleTimer, Math.min(delayMs, THROTTLE_CHECK_MS), TimeUnit.MILLISECONDS);
        }
    }

    private void onThrottleTimer() {
        throttleTimer = false;
        for (ReplicaKey key = catchingUp.next(); key != null; key = catchingUp.next()) {
            unsent.add(key);
        }
        waitForThrottle();
        goOn();
    }

    private void goOn() {
        if (state == State.IDLE && !armed.isEmpty()) {
            connect();
        }
        if (state != State.OPEN) {
            return;
        }
        while (outstanding.size() < OUTSTANDING_MAX && !(unsent.isEmpty() && cancelled.isEmpty())) {
            send();
        }
        if (outstanding.isEmpty() && !armed.isEmpty() && !lingering) {
            send();
        }
    }

    private void send() {
        List<ReplicaFetchRequest.Entry> fetches = new ArrayList<>();
        for (ReplicaKey key : take(unsent)) {
            fetches.add(new ReplicaFetchRequest.Entry(key, armed.get(key)));
        }
        ReplicaFetchLimits limits = context.limits();
        ReplicaFetchRequest request = new ReplicaFetchRequest(
                context.peers().clusterId(),
                context.peers().self(),
                broker,
                // The first one tells at once whether this is the right broker.
                confirmed || !outstanding.isEmpty() ? limits.maxWaitMs() : 0,
                limits.responseMaxBytes(),
                limits.partitionMaxBytes(),
                fetches,
                take(cancelled));
        ByteBuf bytes = channel.alloc().directBuffer(request.sizeInBytes());
        request.write(bytes, ++lastCorrelationId);
        if (outstanding.isEmpty()) {
            lastActivityNanos = System.nanoTime();
        }
        outstanding.add(lastCorrelationId);
        context.metrics().requests.increment();
        ChannelFuture unused = channel.writeAndFlush(bytes, channel.voidPromise());
    }

    /** Takes the first ones out of the set. */
    private static List<ReplicaKey> take(Set<ReplicaKey> keys) {
        List<ReplicaKey> taken = new ArrayList<>(Math.min(keys.size(), ENTRIES_MAX));
        Iterator<ReplicaKey> all = keys.iterator();
        while (all.hasNext() && taken.size() < ENTRIES_MAX) {
            taken.add(all.next());
            all.remove();
        }
        return taken;
    }

    // What comes

    @Override
    public void onActivity() {
        lastActivityNanos = System.nanoTime();
    }

    @Override
    public void onResponse(ByteBuf frame) {
        try {
            List<FetchedPart> parts = read(frame);
            confirm();
            parts.forEach(part -> handOver(frame, part));
            if (!parts.isEmpty()) {
                linger();
            }
            if (!stopped && held.stopIfFull()) {
                stopped = true;
                channel.config().setAutoRead(false);
            }
        } catch (MalformedRequestException e) {
            onMalformed(e.getMessage());
        } finally {
            frame.release();
        }
        goOn();
    }

    private List<FetchedPart> read(ByteBuf frame) {
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
            throw new MalformedRequestException("the broker refuses: " + name(error));
        }
        List<FetchedPart> parts = new ArrayList<>(Math.max(0, count));
        for (int i = 0; i < count; i++) {
            parts.add(FetchedPart.read(in));
        }
        if (frame.isReadable()) {
            throw new MalformedRequestException("a response with " + frame.readableBytes() + " bytes too many");
        }
        return parts;
    }

    private static String name(short error) {
        for (ErrorCode code : ErrorCode.values()) {
            if (code.code() == error) {
                return code.name();
            }
        }
        return "error " + error;
    }

    private void confirm() {
        if (!confirmed) {
            confirmed = true;
            pauseMs = PAUSE_MIN_MS;
            if (outage) {
                outage = false;
                context.metrics().reconnects.increment();
                LOG.info("fetching from broker {} goes on", broker);
            }
        }
    }

    private void handOver(ByteBuf frame, FetchedPart part) {
        ReplicaMessage.Fetch fetch = armed.get(part.key());
        if (fetch == null || fetch.number() != part.answer().number()) {
            // Superseded or cancelled while the answer was on its way.
            return;
        }
        armed.remove(part.key());
        unsent.remove(part.key());
        context.metrics().answers.increment();
        catchingUp.brought(part.key(), fetch, part.recordsBytes());
        if (part.recordsBytes() == 0) {
            context.sink().answered(part.key(), broker, part.answer(), null, () -> {});
            return;
        }
        context.metrics().bytes.increment(part.recordsBytes());
        ByteBuffer records = frame.nioBuffer(part.recordsAt(), part.recordsBytes());
        int whole = WholeBatches.bytes(records, part.answer().epoch());
        if (whole == 0) {
            onDamaged(part);
        } else {
            records.limit(records.position() + whole);
            Runnable release = held.hold(frame, part.recordsBytes());
            context.sink().answered(part.key(), broker, part.answer(), records, release);
        }
    }

    private void onDamaged(FetchedPart part) {
        context.metrics().damaged.increment();
        LOG.warn(
                "{} bytes of records that can't be written: broker={} topicId={} partition={} answer={}",
                part.recordsBytes(),
                broker,
                part.key().topicId(),
                part.key().partition(),
                part.answer());
        ScheduledFuture<?> unused = loop.schedule(
                () -> {
                    if (state != State.CLOSED) {
                        context.sink().interrupted(part.key(), broker);
                    }
                },
                DAMAGED_PAUSE_MS,
                TimeUnit.MILLISECONDS);
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

    private void readAgain() {
        stopped = false;
        lastActivityNanos = System.nanoTime();
        if (state == State.OPEN) {
            channel.config().setAutoRead(true);
        }
    }

    // Connecting, and what goes wrong

    private void connect() {
        state = State.CONNECTING;
        InetSocketAddress address = context.peers().address(broker);
        if (address == null) {
            failed("the metadata does not name its address");
            return;
        }
        try {
            context.resolver().execute(() -> {
                try {
                    InetAddress ip = InetAddress.getByName(address.getHostString());
                    execute(() -> connect(new InetSocketAddress(ip, address.getPort())));
                } catch (UnknownHostException e) {
                    execute(() -> failed("unknown host " + address.getHostString()));
                }
            });
        } catch (RejectedExecutionException closing) {
            state = State.CLOSED;
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
        if (stopped) {
            channel.config().setAutoRead(false);
        }
        long periodMs = Math.max(1, context.limits().socketTimeoutMs() / 10);
        silenceCheck = loop.scheduleAtFixedRate(this::checkSilence, periodMs, periodMs, TimeUnit.MILLISECONDS);
        goOn();
    }

    private void checkSilence() {
        long silentMs = (System.nanoTime() - lastActivityNanos) / 1_000_000;
        if (!outstanding.isEmpty() && !stopped && silentMs > context.limits().socketTimeoutMs()) {
            giveUp("nothing has come for replica.socket.timeout.ms="
                    + context.limits().socketTimeoutMs());
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
        cancelled.clear();
        channel = null;
        if (state != State.OPEN) {
            return;
        }
        List<ReplicaKey> interrupted = armed.keySet().stream()
                .filter(key -> !unsent.contains(key) && !catchingUp.isWaiting(key))
                .toList();
        unsent.addAll(interrupted);
        if (armed.isEmpty() && failure == null) {
            // Nothing is wanted from there any more: the broker may have closed it for being idle.
            state = State.IDLE;
            return;
        }
        failed(
                failure != null
                        ? failure
                        : cause != null ? String.valueOf(cause.getMessage()) : "the connection has ended");
        interrupted.forEach(key -> context.sink().interrupted(key, broker));
    }

    private void failed(String reason) {
        if (state == State.CLOSED) {
            return;
        }
        state = State.PAUSING;
        context.metrics().failures.increment();
        if (!outage) {
            outage = true;
            LOG.warn("fetching from broker {} is interrupted: {}", broker, reason);
            context.sink().unreachable(broker);
        }
        ScheduledFuture<?> unused = loop.schedule(this::tryAgain, pauseMs, TimeUnit.MILLISECONDS);
        pauseMs = Math.min(PAUSE_MAX_MS, 2 * pauseMs);
    }

    private void tryAgain() {
        if (state == State.PAUSING) {
            state = State.IDLE;
            outage &= !armed.isEmpty();
            goOn();
        }
    }

    /** From any thread. */
    void close() {
        execute(() -> {
            state = State.CLOSED;
            armed.clear();
            unsent.clear();
            if (channel != null) {
                ChannelFuture unused = channel.close();
            }
        });
    }
}
