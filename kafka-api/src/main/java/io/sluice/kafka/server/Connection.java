/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.kafka.server;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.FileRegion;
import io.netty.util.internal.OutOfDirectMemoryError;
import io.sluice.kafka.api.RequestContext.ConnectionInfo;
import io.sluice.kafka.api.Response;
import io.sluice.kafka.api.ResponseOutput;
import io.sluice.kafka.wire.FrameReceiveAllocator;
import io.sluice.kafka.wire.MalformedRequestException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;

/**
 * One client's connection: requests in, responses out in the order of the requests. Requests of one connection are worked on side by
 * side; a slow one holds back the responses of those after it, not their work.
 *
 * <pre>
 *              +-------- a reason to stop ---------+
 *              |                                   v
 *   open -> READING                             STOPPED ----> CLOSED
 *              ^                                   |
 *              +---- the last reason is gone ------+
 * </pre>
 *
 * Reasons to stop: no memory for the next request ({@link #MEMORY}), too many unanswered requests ({@link #IN_FLIGHT}), a client that
 * does not take its responses ({@link #OUTBOUND}). While stopped the socket is not read, so TCP slows the client: that
 * is the whole of the backpressure. All methods run on the connection's event loop unless they say otherwise.
 */
final class Connection extends ChannelInboundHandlerAdapter
        implements ResponseOutput, FrameAssembler.Owner, FrameReceiveAllocator.Target, RequestMemory.Waiter {
    static final int MEMORY = 1;
    static final int IN_FLIGHT = 2;
    static final int OUTBOUND = 4;

    /** File regions that wait in the socket's queue, at most; each may hold a file open. */
    private static final int UNSENT_REGIONS_MAX = 256;

    private final Channel channel;
    private final LoopContext loop;
    private final ListenerContext listener;
    private final FrameAssembler assembler;
    private final ConnectionInfo info;
    private final Deque<ResponseSlot> inFlight = new ArrayDeque<>();
    private int stopReasons;
    private long reservedBytes;
    private int waitingCharge;
    private long waitingSinceNanos;
    private int receivingCharge;
    private boolean queuedForMemory;
    private int unsentRegions;
    private boolean busy;
    private boolean reading;
    private boolean unflushed;
    private boolean closed;
    private long lastActivityNanos = System.nanoTime();
    private String clientId;
    private byte[] clientIdBytes;

    Connection(Channel channel, LoopContext loop, ListenerContext listener, String id) {
        this.channel = channel;
        this.loop = loop;
        this.listener = listener;
        this.assembler = new FrameAssembler(this, loop);
        this.info = new ConnectionInfo(
                id,
                (InetSocketAddress) channel.remoteAddress(),
                (InetSocketAddress) channel.localAddress(),
                loop.eventLoop);
    }

    ConnectionInfo info() {
        return info;
    }

    LoopContext loop() {
        return loop;
    }

    // Reading

    @Override
    public ByteBuf nextReadBuffer() {
        return assembler.nextReadBuffer(listener.memory().scarce());
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        reading = true;
        busy = true;
        try {
            if (waitingCharge > 0 && PeerState.isGone(channel)) {
                // It is not read while it waits, but epoll reads all that is left when the client has gone: this must
                // not be kept.
                closeGone();
            }
            if (closed) {
                ((ByteBuf) message).release();
            } else {
                assembler.onRead((ByteBuf) message);
            }
        } catch (MalformedRequestException e) {
            malformed(e.getMessage());
        } catch (OutOfDirectMemoryError e) {
            close("no direct memory for a request: " + e.getMessage());
        } finally {
            busy = false;
        }
        readAgainUnlessStopped();
    }

    private void readAgainUnlessStopped() {
        if (stopReasons == 0 && !closed && !channel.config().isAutoRead()) {
            channel.config().setAutoRead(true);
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        reading = false;
        if (unflushed) {
            flushNow();
        }
    }

    @Override
    public boolean admit(int length, short apiKey) {
        int limit = listener.dispatcher().requestBytesMax(apiKey);
        if (length > limit) {
            throw new MalformedRequestException(
                    "a request of " + length + " bytes for API " + apiKey + ", the limit is " + limit);
        }
        int charge = listener.dispatcher().charge(apiKey, length);
        if (!fitsConnection(charge)) {
            waitForMemory(charge);
            return false;
        }
        RequestMemory memory = listener.memory();
        if (!memory.tryReserve(charge)) {
            if (reservedBytes + charge <= listener.limits().allowanceBytes()) {
                memory.reserveAllowance(charge);
                listener.metrics().allowanceUses.increment();
            } else if (!memory.reserve(charge, this)) {
                queuedForMemory = true;
                waitForMemory(charge);
                return false;
            }
        }
        reserved(charge);
        return true;
    }

    private boolean fitsConnection(int charge) {
        return reservedBytes == 0 || reservedBytes + charge <= listener.limits().connectionMemoryBytes();
    }

    private void reserved(int charge) {
        reservedBytes += charge;
        receivingCharge = charge;
    }

    private void waitForMemory(int charge) {
        waitingCharge = charge;
        waitingSinceNanos = System.nanoTime();
        listener.metrics().memoryWaits.increment();
        stop(MEMORY);
    }

    /** From any thread. */
    @Override
    public void granted(int bytes) {
        try {
            loop.eventLoop.execute(() -> onGranted(bytes));
        } catch (RejectedExecutionException e) {
            listener.memory().release(bytes);
        }
    }

    private void onGranted(int bytes) {
        queuedForMemory = false;
        waitingCharge = 0;
        if (PeerState.isGone(channel)) {
            closeGone();
        }
        if (closed) {
            // Without a buffer first: the next one in the queue shall not wait for that.
            listener.memory().release(bytes);
            return;
        }
        reserved(bytes);
        try {
            assembler.admitted();
        } catch (OutOfDirectMemoryError e) {
            close("no direct memory for a request: " + e.getMessage());
        }
        goOn(MEMORY);
    }

    @Override
    public void parked(int bytes) {
        if (bytes > 0) {
            listener.memory().reserveAllowance(bytes);
        } else {
            listener.memory().release(-bytes);
        }
    }

    @Override
    public boolean keepsBuffer(short apiKey) {
        return listener.dispatcher().carriesRecords(apiKey);
    }

    @Override
    public boolean isBlocked() {
        return stopReasons != 0 || closed;
    }

    @Override
    public void onFrame(ByteBuf frame, int length, boolean owned) {
        ResponseSlot slot = new ResponseSlot(this, receivingCharge);
        receivingCharge = 0;
        inFlight.add(slot);
        boolean dispatched = false;
        try {
            listener.dispatcher().dispatch(this, frame, slot);
            dispatched = true;
        } finally {
            // What it throws closes the connection: there will be no answer.
            slot.done |= !dispatched;
            if (owned) {
                frame.release();
            }
        }
        if (inFlight.size() >= listener.limits().inFlightMax()) {
            listener.metrics().inFlightStops.increment();
            stop(IN_FLIGHT);
        }
    }

    /** The client's name, decoded once for all its requests. The bytes lie in the frame from its reader index on. */
    String clientId(ByteBuf frame, int length) {
        if (clientIdBytes == null || clientIdBytes.length != length || !sameAsLast(frame)) {
            clientIdBytes = new byte[length];
            frame.getBytes(frame.readerIndex(), clientIdBytes);
            clientId = new String(clientIdBytes, java.nio.charset.StandardCharsets.UTF_8);
        }
        frame.skipBytes(length);
        return clientId;
    }

    private boolean sameAsLast(ByteBuf frame) {
        int at = frame.readerIndex();
        for (byte b : clientIdBytes) {
            if (frame.getByte(at++) != b) {
                return false;
            }
        }
        return true;
    }

    // Stopping and going on

    private void stop(int reason) {
        if (stopReasons == 0 && !closed) {
            channel.config().setAutoRead(false);
        }
        stopReasons |= reason;
    }

    private void goOn(int reason) {
        stopReasons &= ~reason;
        if (stopReasons != 0 || closed || busy) {
            return;
        }
        busy = true;
        try {
            assembler.resume();
        } catch (MalformedRequestException e) {
            malformed(e.getMessage());
        } catch (OutOfDirectMemoryError e) {
            close("no direct memory for a request: " + e.getMessage());
        } finally {
            busy = false;
        }
        readAgainUnlessStopped();
    }

    // Answering

    /** The request has its answer. */
    void answered(ResponseSlot slot) {
        slot.done = true;
        if (closed) {
            discardLate(slot);
            return;
        }
        sendWhatIsReady();
        if ((stopReasons & IN_FLIGHT) != 0
                && inFlight.size() < listener.limits().inFlightMax()) {
            goOn(IN_FLIGHT);
        }
        if (waitingCharge > 0) {
            retryOwnMemory();
        }
    }

    private void sendWhatIsReady() {
        ResponseSlot first = inFlight.peek();
        while (first != null && first.done && !closed) {
            inFlight.remove();
            releaseMemory(first);
            Response response = first.takeResponse();
            if (first.closeReason() != null) {
                close(first.closeReason());
            } else if (response != null) {
                write(response);
            }
            first = inFlight.peek();
        }
        lastActivityNanos = System.nanoTime();
        if (unflushed && !reading && !loop.flushLater(this)) {
            flushNow();
        }
    }

    private void write(Response response) {
        unflushed = true;
        try {
            response.writeTo(this);
        } catch (RuntimeException e) {
            listener.metrics().handlerFailures.increment();
            close("a response could not be written: " + e);
        }
    }

    /** A request that waits for its own connection's budget; the common budget calls by itself. */
    private void retryOwnMemory() {
        int charge = waitingCharge;
        if (queuedForMemory || !fitsConnection(charge)) {
            return;
        }
        if (listener.memory().reserve(charge, this)) {
            onGranted(charge);
        } else {
            queuedForMemory = true;
        }
    }

    @Override
    public ByteBuf allocate(int bytes) {
        return loop.allocator.directBuffer(bytes, bytes);
    }

    @Override
    public void write(ByteBuf bytes) {
        ChannelFuture unused = channel.write(bytes, channel.voidPromise());
    }

    @Override
    public void write(FileRegion region) {
        unsentRegions++;
        ChannelFuture unused = channel.write(region).addListener(sent -> {
            unsentRegions--;
            if (!sent.isSuccess()) {
                exceptionCaught(null, sent.cause());
            } else {
                goOnIfTaken();
            }
        });
    }

    void flushNow() {
        unflushed = false;
        channel.flush();
        if (!closed && (!channel.isWritable() || unsentRegions > UNSENT_REGIONS_MAX) && (stopReasons & OUTBOUND) == 0) {
            listener.metrics().slowReaderStops.increment();
            stop(OUTBOUND);
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        goOnIfTaken();
    }

    private void goOnIfTaken() {
        if ((stopReasons & OUTBOUND) != 0 && channel.isWritable() && unsentRegions <= UNSENT_REGIONS_MAX) {
            goOn(OUTBOUND);
        }
    }

    // Time limits and closing

    void checkTimeLimits(long nowNanos) {
        ListenerLimits limits = listener.limits();
        if (waitingCharge > 0) {
            checkWait(nowNanos);
        } else if (stopReasons == 0 && assembler.receivingForNanos(nowNanos) > limits.receiveTimeoutMs() * 1_000_000L) {
            listener.metrics().receiveTimeouts.increment();
            close("a request was not received within sluice.request.receive.timeout.ms=" + limits.receiveTimeoutMs());
        } else if (inFlight.isEmpty() && nowNanos - lastActivityNanos > limits.maxIdleMs() * 1_000_000L) {
            listener.metrics().idleClosed.increment();
            close("idle for connections.max.idle.ms=" + limits.maxIdleMs());
        }
    }

    /** While it waits for memory the connection is not read, so that nothing else tells of the client's end. */
    private void checkWait(long nowNanos) {
        long timeoutMs = listener.limits().receiveTimeoutMs();
        if (PeerState.isGone(channel)) {
            closeGone();
        } else if (queuedForMemory && nowNanos - waitingSinceNanos > timeoutMs * 1_000_000L) {
            listener.metrics().memoryTimeouts.increment();
            close("no memory for a request of " + waitingCharge + " bytes within sluice.request.receive.timeout.ms="
                    + timeoutMs);
        }
    }

    /** The client has gone while its request waited: its own business. */
    private void closeGone() {
        if (closed) {
            return;
        }
        listener.metrics().memoryWaitsGone.increment();
        closeQuietly();
    }

    /** Closes for cause: one line in the log. */
    void malformed(String reason) {
        if (!closed) {
            listener.metrics().malformed.increment();
            close(reason);
        }
    }

    void close(String reason) {
        if (!closed) {
            listener.log().closed(this, reason);
            closeQuietly();
        }
    }

    void closeQuietly() {
        closed = true;
        channel.flush();
        ChannelFuture unused = channel.close();
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        loop.add(this);
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        closed = true;
        loop.remove(this);
        listener.disconnected(this);
        info.states().close();
        releaseMemory(receivingCharge);
        receivingCharge = 0;
        waitingCharge = 0;
        assembler.close();
        // If the queue does not know us any more, a grant is on its way: onGranted gives it back.
        if (queuedForMemory) {
            listener.memory().cancel(this);
        }
        List<ResponseSlot> unanswered = List.copyOf(inFlight);
        inFlight.clear();
        for (ResponseSlot slot : unanswered) {
            if (slot.done) {
                discardLate(slot);
            } else {
                slot.gone();
            }
        }
    }

    /** An answer that nobody waits for any more. */
    void discardLate(ResponseSlot slot) {
        releaseMemory(slot);
        Response response = slot.takeResponse();
        if (response != null) {
            response.discard();
        }
    }

    /** Gives back what is reserved for this request, if that was not done before. */
    void releaseMemory(ResponseSlot slot) {
        releaseMemory(slot.takeReservedBytes());
    }

    private void releaseMemory(int bytes) {
        if (bytes > 0) {
            reservedBytes -= bytes;
            listener.memory().release(bytes);
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (closed) {
            return;
        }
        if (cause instanceof IOException) {
            // The peer reset the connection, or is gone: its own business.
            closeQuietly();
        } else {
            close("failed: " + cause);
        }
    }

    @Override
    public String toString() {
        return info.id() + " from " + info.clientAddress();
    }
}
