/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.client;

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
final class LiveSubscription extends LiveStream
        implements Flow.Subscription, org.reactivestreams.Subscription, SubscriptionOutput {
    private final Subscribe what;
    private final SubscriptionCore core;
    private final Consumer<LiveSubscription> onEnd;
    private final AtomicLong requested = new AtomicLong();
    private volatile boolean cancelled;

    /** Null when it is over, so that who keeps the subscription does not keep the subscriber. */
    private Downstream downstream;

    private ScheduledFuture<?> commits;
    private volatile boolean ended;

    LiveSubscription(ClientSettings settings, Subscribe what, Downstream downstream, Consumer<LiveSubscription> onEnd) {
        super(settings);
        this.what = what;
        this.downstream = downstream;
        this.onEnd = onEnd;
        this.core = new SubscriptionCore(what, settings.window(), settings.plan("/v1/subscribe"), this);
        connected(core);
    }

    /** Nothing else reaches the subscriber before {@code onSubscribe} has returned. */
    void start() {
        downstream.onSubscribe(this);
        post(this::open);
        begin();
    }

    // --- from the subscriber, on any thread

    @Override
    public void request(long n) {
        if (n <= 0) {
            post(() -> core.onBadRequest(n));
            return;
        }
        requested.getAndAccumulate(n, (before, more) -> before + more < 0 ? Long.MAX_VALUE : before + more);
        wake();
    }

    @Override
    public void cancel() {
        cancelled = true;
        wake();
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

    // --- the one thread

    private void open() {
        long commitEveryMs = what.commitEvery().toMillis();
        if (commitEveryMs > 0) {
            commits = repeat(commitEveryMs, () -> post(core::onCommitDue));
        }
        core.start();
    }

    @Override
    void work() {
        try {
            while (!ended) {
                long more = requested.getAndSet(0);
                if (more > 0 && !cancelled) {
                    core.onRequest(more);
                }
                Runnable event = cancelled ? core::onCancel : nextEvent();
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
            forgetEvents();
        }
    }

    private void end() {
        if (ended) {
            return;
        }
        ended = true;
        downstream = null;
        stopRetrying();
        stop(commits);
        onEnd.accept(this);
    }

    // --- what the core wants

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
