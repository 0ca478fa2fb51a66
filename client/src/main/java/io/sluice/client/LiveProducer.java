/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.client;

import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.LongConsumer;

/**
 * A {@link ProducerCore}, connected to a publisher, sockets and timers. As in {@link LiveSubscription} all that happens becomes an event, and one thread at
 * a time works them off; what came meanwhile is sent together.
 */
final class LiveProducer extends LiveStream implements ProducerOutput {
    /** A publisher that never pauses is sent on its way meanwhile. */
    private static final int EVENTS_A_FLUSH = 500;

    /** A publisher of either kind. */
    record Upstream(LongConsumer request, Runnable cancel) {}

    private final Produce how;
    private final ProducerCore core;
    private final Consumer<LiveProducer> onEnd;
    private final CompletableFuture<Long> done = new CompletableFuture<>();

    private Upstream upstream;
    private boolean upstreamEnded;
    private boolean ended;

    LiveProducer(ClientSettings settings, Produce how, String name, Consumer<LiveProducer> onEnd) {
        super(settings);
        this.how = how;
        this.onEnd = onEnd;
        this.core = new ProducerCore(
                how, name, settings.window(), settings.plan("/v1/produce"), settings.plan("/v1/produce"), this);
        connected(core);
        begin();
    }

    CompletableFuture<Long> done() {
        return done;
    }

    // --- from the publisher, on any thread

    void subscribed(Upstream publisher) {
        post(() -> {
            if (ended || upstream != null) {
                publisher.cancel().run();
                return;
            }
            upstream = publisher;
            core.start();
        });
    }

    void next(Record record) {
        post(() -> core.onRecord(record));
    }

    /** @param cause null if all is well */
    void ended(Throwable cause) {
        post(() -> {
            upstreamEnded = true;
            core.onComplete(cause);
        });
    }

    void fail(String code, String message) {
        post(() -> core.fail(new SluiceException(code, message)));
    }

    // --- the one thread

    @Override
    void work() {
        try {
            int handled = 0;
            for (Runnable event = nextEvent(); event != null; event = nextEvent()) {
                event.run();
                if (++handled % EVENTS_A_FLUSH == 0) {
                    core.flush();
                }
            }
            core.flush();
        } catch (RuntimeException | Error e) {
            // a fault of this class, or of who is told of acknowledgements: said to who waits for the end
            core.fail(e);
        }
        if (core.isOver() && !ended) {
            ended = true;
            stopRetrying();
            if (upstream != null && !upstreamEnded) {
                upstream.cancel().run();
            }
            onEnd.accept(this);
        }
    }

    // --- what the core wants

    @Override
    public void request(long n) {
        upstream.request().accept(n);
    }

    @Override
    public void acknowledged(Acknowledgement acknowledgement) {
        how.acknowledged().accept(acknowledgement);
    }

    @Override
    public void complete(long records) {
        done.complete(records);
    }

    @Override
    public void fail(Throwable error) {
        done.completeExceptionally(error);
    }
}
