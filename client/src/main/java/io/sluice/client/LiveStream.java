/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.client;

import java.net.URI;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/**
 * What a subscription and a producer have in common: all that happens becomes an event in a queue that one thread at a time works off, and that thread alone calls the core, which
 * has one connection after the other.
 */
abstract class LiveStream implements ConnectionOutput {
    final ClientSettings settings;
    private final SerialLoop loop;
    private final Queue<Runnable> events = new ConcurrentLinkedQueue<>();

    private ConnectionEvents core;
    private Connection connection;
    private ScheduledFuture<?> retry;

    LiveStream(ClientSettings settings) {
        this.settings = settings;
        this.loop = new SerialLoop(settings.executor(), this::work);
    }

    /** Works off {@link #nextEvent events}; on one thread at a time. Must not throw. */
    abstract void work();

    /** Before {@link #begin}. */
    final void connected(ConnectionEvents toCore) {
        core = toCore;
        connection = new Connection(settings, this::post, toCore);
    }

    /** Nothing is worked off before; once. */
    final void begin() {
        loop.begin();
    }

    /** From any thread. */
    final void post(Runnable event) {
        events.add(event);
        loop.wake();
    }

    /** There is something to be done that is no event. From any thread. */
    final void wake() {
        loop.wake();
    }

    /** Null if there is none. */
    final Runnable nextEvent() {
        return events.poll();
    }

    final void forgetEvents() {
        events.clear();
    }

    final void stopRetrying() {
        stop(retry);
    }

    static void stop(ScheduledFuture<?> timer) {
        if (timer != null) {
            timer.cancel(false);
        }
    }

    // --- what the core wants of its connection

    @Override
    public final void connect(URI node) {
        connection.connect(node);
    }

    @Override
    public final void send(ClientFrame frame) {
        connection.send(frame);
    }

    @Override
    public final void disconnect() {
        connection.disconnect();
    }

    @Override
    public final void retryAfter(long ms) {
        retry = settings.timer().schedule(() -> post(core::onRetryDue), ms, TimeUnit.MILLISECONDS);
    }
}
