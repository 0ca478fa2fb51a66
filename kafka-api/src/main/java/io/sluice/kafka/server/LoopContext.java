/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.kafka.server;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.ScheduledFuture;
import io.netty.util.internal.PlatformDependent;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * What the connections of one event loop share: the buffers that small requests are read into, the queue by which answers come home
 * from other threads (one wake-up for many), the partitions that run here, and a tick for time limits. All but {@link #answered} on the event loop.
 */
final class LoopContext {
    /** What one read takes at most where requests are small. */
    static final int SCRATCH_BYTES = 64 << 10;

    /** The same where requests are large or memory is scarce: enough for a request's header. */
    static final int PEEK_BYTES = 512;

    static final long TICK_MS = 1_000;

    final EventLoop eventLoop;
    final ByteBufAllocator allocator;
    final Set<Connection> connections = new HashSet<>();
    private final ByteBuf scratch;
    private final ByteBuf peek;
    private final Queue<ResponseSlot> answers = PlatformDependent.newMpscQueue();
    private final Queue<Runnable> lent = new ArrayDeque<>();
    private final AtomicBoolean wakeUpSent = new AtomicBoolean();
    private final List<Connection> unflushed = new ArrayList<>();
    private final Runnable drain = this::drain;
    private boolean draining;
    private ScheduledFuture<?> tick;

    LoopContext(EventLoop eventLoop, ByteBufAllocator allocator) {
        this.eventLoop = eventLoop;
        this.allocator = allocator;
        this.scratch = allocator.directBuffer(SCRATCH_BYTES, SCRATCH_BYTES);
        this.peek = allocator.directBuffer(PEEK_BYTES, PEEK_BYTES);
    }

    /** An answer from another thread. */
    void answered(ResponseSlot slot) {
        answers.add(slot);
        if (!drainSoon()) {
            // The listener has closed: nobody is left to be answered.
            discardAnswers();
        }
    }

    /**
     * Runs a partition's mailbox after this round's reads, so that all they bring it is written at once; on the event loop.
     *
     * @return false if the loop has ended
     */
    boolean runLater(Runnable mailbox) {
        lent.add(mailbox);
        if (drainSoon()) {
            return true;
        }
        lent.remove(mailbox);
        return false;
    }

    private boolean drainSoon() {
        if (!wakeUpSent.get() && wakeUpSent.compareAndSet(false, true)) {
            try {
                eventLoop.execute(drain);
            } catch (RejectedExecutionException e) {
                return false;
            }
        }
        return true;
    }

    private void discardAnswers() {
        synchronized (wakeUpSent) {
            for (ResponseSlot slot = answers.poll(); slot != null; slot = answers.poll()) {
                slot.connection().discardLate(slot);
            }
        }
        wakeUpSent.set(false);
    }

    private void drain() {
        wakeUpSent.set(false);
        draining = true;
        try {
            for (Runnable mailbox = lent.poll(); mailbox != null; mailbox = lent.poll()) {
                mailbox.run();
            }
            ResponseSlot slot = answers.poll();
            while (slot != null) {
                slot.connection().answered(slot);
                slot = answers.poll();
            }
        } finally {
            draining = false;
            for (Connection connection : unflushed) {
                connection.flushNow();
            }
            unflushed.clear();
        }
    }

    /** Answers true if the connection will be flushed at the end of the present drain. */
    boolean flushLater(Connection connection) {
        if (draining) {
            unflushed.add(connection);
        }
        return draining;
    }

    /** The shared buffer, empty, retained for one read. Its bytes are used up before the read returns. */
    ByteBuf readBuffer(boolean small) {
        ByteBuf buffer = small ? peek : scratch;
        return buffer.clear().retain();
    }

    void add(Connection connection) {
        connections.add(connection);
        if (tick == null) {
            tick = eventLoop.scheduleAtFixedRate(this::onTick, TICK_MS, TICK_MS, TimeUnit.MILLISECONDS);
        }
    }

    void remove(Connection connection) {
        connections.remove(connection);
        if (connections.isEmpty() && tick != null) {
            tick.cancel(false);
            tick = null;
        }
    }

    private void onTick() {
        long nowNanos = System.nanoTime();
        for (Connection connection : List.copyOf(connections)) {
            connection.checkTimeLimits(nowNanos);
        }
    }

    /** After the event loop has ended. */
    void close() {
        discardAnswers();
        scratch.release();
        peek.release();
    }
}
