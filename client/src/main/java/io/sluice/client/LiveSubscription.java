/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.client;

import java.net.URI;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Flow;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/**
 * A subscriber and its {@link SubscriptionCore}, connected to sockets and timers. All that happens becomes an event in a queue that one thread at a time
 * works off, and that thread alone calls the core and the subscriber; {@link #request} and {@link #cancel} only leave a note, so they may be called from
 * anywhere, {@code onNext} included, and never do any work.
 */
final class LiveSubscription implements Flow.Subscription, org.reactivestreams.Subscription, SubscriptionOutput {
    private final ClientSettings settings;
    private final Subscribe what;
    private final SubscriptionCore core;
    private final Connection connection;
    private final SerialLoop loop;
    private final Consumer<LiveSubscription> onEnd;
    private final Queue<Runnable> events = new ConcurrentLinkedQueue<>();
    private final AtomicLong requested = new AtomicLong();
    private volatile boolean cancelled;

    /** Null when it is over, so that who keeps the subscription does not keep the subscriber. */
    private Downstream downstream;

    private ScheduledFuture<?> retry;
    private ScheduledFuture<?> commits;
    private volatile boolean ended;

    LiveSubscription(ClientSettings settings, Subscribe what, Downstream downstream, Consumer<LiveSubscription> onEnd) {
        this.settings = settings;
        this.what = what;
        this.downstream = downstream;
        this.onEnd = onEnd;
        this.core = new SubscriptionCore(what, settings.window(), settings.plan("/v1/subscribe"), this);
        this.connection = new Connection(settings, this::post, core);
        this.loop = new SerialLoop(settings.executor(), this::work);
    }

    /** Nothing else reaches the subscriber before {@code onSubscribe} has returned. */
    void start() {
        downstream.onSubscribe(this);
        events.add(this::begin);
        loop.begin();
    }

    // --- from the subscriber, on any thread

    @Override
    public void request(long n) {
        if (n <= 0) {
            post(() -> core.onBadRequest(n));
            return;
        }
        requested.getAndAccumulate(n, (before, more) -> before + more < 0 ? Long.MAX_VALUE : before + more);
        loop.wake();
    }

    @Override
    public void cancel() {
        cancelled = true;
        loop.wake();
    }

    boolean isOver() {
        return ended;
    }

    void commit(Positions processed) {
        post(() -> core.onCommit(processed));
    }

    void fail(String code, String message) {
        post(() -> core.fail(new SluiceException(code, message, core.positions())));
    }

    private void post(Runnable event) {
        events.add(event);
        loop.wake();
    }

    // --- the one thread

    private void begin() {
        long commitEveryMs = what.commitEvery().toMillis();
        if (commitEveryMs > 0) {
            commits = repeat(commitEveryMs, () -> post(core::onCommitDue));
        }
        core.start();
    }

    private void work() {
        try {
            while (!ended) {
                long more = requested.getAndSet(0);
                if (more > 0 && !cancelled) {
                    core.onRequest(more);
                }
                Runnable event = cancelled ? core::onCancel : events.poll();
                if (event == null) {
                    break;
                }
                event.run();
                if (core.isOver()) {
                    end();
                }
            }
        } catch (RuntimeException | Error e) {
            // a fault of this class, or of a listener: said to the subscriber rather than to nobody
            core.fail(e);
            end();
        }
        if (ended) {
            events.clear();
        }
    }

    private void end() {
        if (ended) {
            return;
        }
        ended = true;
        downstream = null;
        stop(retry);
        stop(commits);
        onEnd.accept(this);
    }

    private static void stop(ScheduledFuture<?> timer) {
        if (timer != null) {
            timer.cancel(false);
        }
    }

    // --- what the core wants

    @Override
    public void connect(URI node) {
        connection.connect(node);
    }

    @Override
    public void send(ClientFrame frame) {
        connection.send(frame);
    }

    @Override
    public void disconnect() {
        connection.disconnect();
    }

    @Override
    public void retryAfter(long ms) {
        retry = settings.timer().schedule(() -> post(core::onRetryDue), ms, TimeUnit.MILLISECONDS);
    }

    @Override
    public boolean next(Record record) {
        if (cancelled) {
            return false;
        }
        try {
            downstream.onNext(record);
            return true;
        } catch (RuntimeException | Error e) {
            // rule 2.13: the subscriber has cancelled, and whoever watches the threads hears why
            cancelled = true;
            Thread thread = Thread.currentThread();
            thread.getUncaughtExceptionHandler().uncaughtException(thread, e);
            return false;
        }
    }

    @Override
    public void complete() {
        if (!cancelled) {
            downstream.onComplete();
        }
    }

    @Override
    public void fail(Throwable error) {
        if (!cancelled) {
            downstream.onError(error);
        }
    }

    @Override
    public SubscriptionListener listener() {
        return cancelled ? SubscriptionListener.NONE : what.listener();
    }

    private ScheduledFuture<?> repeat(long ms, Runnable event) {
        return settings.timer().scheduleAtFixedRate(event, ms, ms, TimeUnit.MILLISECONDS);
    }
}
