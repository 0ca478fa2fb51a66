/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.deploy.testing;

import akka.japi.Pair;
import akka.stream.Materializer;
import akka.stream.javadsl.Keep;
import akka.stream.javadsl.Sink;
import akka.stream.javadsl.Source;
import io.sluice.http.record.NewRecord;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;

/**
 * Appends the records of one publisher, of either kind, from inside the JVM of the broker. It requests no more than two batches may hold, so a slow disk slows the publisher
 * down. A second publisher is cancelled.
 */
public final class AppendingSubscriber
        implements Subscriber<NewRecord>, java.util.concurrent.Flow.Subscriber<NewRecord> {
    private final Sink<NewRecord, CompletionStage<Long>> sink;
    private final Materializer materializer;
    private final CompletableFuture<Long> done = new CompletableFuture<>();

    private final AtomicBoolean taken = new AtomicBoolean();

    /** What the sink runs behind; null until somebody is subscribed. */
    private volatile Subscriber<NewRecord> stream;

    AppendingSubscriber(Sink<NewRecord, CompletionStage<Long>> sink, Materializer materializer) {
        this.sink = sink;
        this.materializer = materializer;
    }

    /**
     * Completes with the number of records when the publisher has completed and all of them were appended. Fails with an {@link AppendException} if one was refused (the publisher
     * is cancelled), or at once with the publisher's error.
     */
    public CompletionStage<Long> done() {
        return done.minimalCompletionStage();
    }

    @Override
    public void onSubscribe(Subscription subscription) {
        Objects.requireNonNull(subscription, "subscription");
        if (!taken.compareAndSet(false, true)) {
            subscription.cancel();
            return;
        }
        Pair<Subscriber<NewRecord>, CompletionStage<Long>> running =
                Source.<NewRecord>asSubscriber().toMat(sink, Keep.both()).run(materializer);
        stream = running.first();
        running.second().whenComplete((count, failure) -> {
            if (failure == null) {
                done.complete(count);
            } else {
                done.completeExceptionally(failure);
            }
        });
        running.first().onSubscribe(subscription);
    }

    @Override
    public void onSubscribe(java.util.concurrent.Flow.Subscription subscription) {
        Objects.requireNonNull(subscription, "subscription");
        onSubscribe(new Subscription() {
            @Override
            public void request(long n) {
                subscription.request(n);
            }

            @Override
            public void cancel() {
                subscription.cancel();
            }
        });
    }

    @Override
    public void onNext(NewRecord record) {
        subscribed().onNext(Objects.requireNonNull(record, "record"));
    }

    @Override
    public void onError(Throwable error) {
        subscribed().onError(Objects.requireNonNull(error, "error"));
    }

    @Override
    public void onComplete() {
        subscribed().onComplete();
    }

    private Subscriber<NewRecord> subscribed() {
        Subscriber<NewRecord> running = stream;
        if (running == null) {
            throw new IllegalStateException("a publisher speaks before onSubscribe");
        }
        return running;
    }
}
