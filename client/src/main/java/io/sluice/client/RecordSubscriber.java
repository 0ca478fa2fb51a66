/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.client;

import java.util.Objects;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;

/**
 * Appends the records of one publisher, of either kind. It requests no more than may be unacknowledged, so a slow node slows the publisher down, and
 * nothing is lost or doubled when connections are.
 *
 * <p>{@link #done} tells how it ended; each record's fate is told to {@link Produce#onAcknowledged}. For one publisher only: a second is cancelled.
 */
public final class RecordSubscriber implements Flow.Subscriber<Record>, org.reactivestreams.Subscriber<Record> {
    private final LiveProducer producer;

    RecordSubscriber(LiveProducer producer) {
        this.producer = producer;
    }

    /**
     * Completes with the number of records when the publisher has completed and all of them were appended. Fails with a {@link SluiceException} if a node
     * refused one for good (the publisher is cancelled), or with the publisher's error, after all that it had given was appended.
     */
    public CompletionStage<Long> done() {
        return producer.done().minimalCompletionStage();
    }

    @Override
    public void onSubscribe(Flow.Subscription subscription) {
        Objects.requireNonNull(subscription, "subscription");
        producer.subscribed(new LiveProducer.Upstream(subscription::request, subscription::cancel));
    }

    @Override
    public void onSubscribe(org.reactivestreams.Subscription subscription) {
        Objects.requireNonNull(subscription, "subscription");
        producer.subscribed(new LiveProducer.Upstream(subscription::request, subscription::cancel));
    }

    @Override
    public void onNext(Record record) {
        producer.next(Objects.requireNonNull(record, "record"));
    }

    @Override
    public void onError(Throwable error) {
        producer.ended(Objects.requireNonNull(error, "error"));
    }

    @Override
    public void onComplete() {
        producer.ended(null);
    }
}
