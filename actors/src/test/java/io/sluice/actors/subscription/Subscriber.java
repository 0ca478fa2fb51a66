/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.actors.subscription;

import akka.actor.typed.ActorSystem;
import akka.japi.Pair;
import akka.stream.Attributes;
import akka.stream.javadsl.Keep;
import akka.stream.javadsl.Sink;
import akka.stream.javadsl.SinkQueueWithCancel;
import akka.stream.javadsl.Source;
import io.sluice.log.batch.Record;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A subscriber that takes one event after the other; one more than it took may wait in the stream. */
final class Subscriber {
    final SubscriptionControl control;
    private final SinkQueueWithCancel<SubscriptionEvent> queue;
    private CompletableFuture<Optional<SubscriptionEvent>> pending;

    Subscriber(Source<SubscriptionEvent, SubscriptionControl> source, ActorSystem<?> system) {
        Pair<SubscriptionControl, SinkQueueWithCancel<SubscriptionEvent>> running = source.toMat(
                        Sink.<SubscriptionEvent>queue().withAttributes(Attributes.inputBuffer(1, 1)), Keep.both())
                .run(system);
        this.control = running.first();
        this.queue = running.second();
    }

    /** Where it began, once it has. */
    Positions started() throws Exception {
        return control.started().toCompletableFuture().get(10, TimeUnit.SECONDS);
    }

    /** The next event; fails after 10 s. */
    SubscriptionEvent next() throws Exception {
        Optional<SubscriptionEvent> next = pending().get(10, TimeUnit.SECONDS);
        pending = null;
        return next.orElseThrow(() -> new AssertionError("the stream has completed"));
    }

    /** Nothing comes for a moment. */
    boolean isQuiet(long ms) throws Exception {
        try {
            pending().get(ms, TimeUnit.MILLISECONDS);
            return false;
        } catch (TimeoutException nothing) {
            return true;
        }
    }

    /** Whether the stream completes without another event. */
    boolean completes() throws Exception {
        return pending().get(10, TimeUnit.SECONDS).isEmpty();
    }

    private CompletableFuture<Optional<SubscriptionEvent>> pending() {
        if (pending == null) {
            pending = queue.pull().toCompletableFuture();
        }
        return pending;
    }

    /** Values of so many records. */
    List<String> values(int count) throws Exception {
        List<String> values = new ArrayList<>();
        while (values.size() < count) {
            SubscriptionEvent event = next();
            if (event instanceof SubscriptionEvent.Records records) {
                records.records().forEach(record -> values.add(value(record)));
            }
        }
        return values;
    }

    static String value(Record record) {
        return StandardCharsets.UTF_8.decode(record.value().duplicate()).toString();
    }

    /** What the stream fails with, whatever comes before. */
    SubscriptionException failure() throws Exception {
        try {
            while (true) {
                next();
            }
        } catch (ExecutionException failed) {
            if (failed.getCause() instanceof SubscriptionException refused) {
                return refused;
            }
            throw failed;
        }
    }

    void cancel() {
        queue.cancel();
    }
}
