/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.client;

import java.util.concurrent.Flow;

/** A subscriber of either kind: the JDK's and that of reactivestreams.org are the same but for their names. */
interface Downstream {
    void onSubscribe(LiveSubscription subscription);

    void onNext(Record record);

    void onError(Throwable error);

    void onComplete();

    static Downstream of(Flow.Subscriber<? super Record> subscriber) {
        return new Downstream() {
            @Override
            public void onSubscribe(LiveSubscription subscription) {
                subscriber.onSubscribe(subscription);
            }

            @Override
            public void onNext(Record record) {
                subscriber.onNext(record);
            }

            @Override
            public void onError(Throwable error) {
                subscriber.onError(error);
            }

            @Override
            public void onComplete() {
                subscriber.onComplete();
            }
        };
    }

    static Downstream of(org.reactivestreams.Subscriber<? super Record> subscriber) {
        return new Downstream() {
            @Override
            public void onSubscribe(LiveSubscription subscription) {
                subscriber.onSubscribe(subscription);
            }

            @Override
            public void onNext(Record record) {
                subscriber.onNext(record);
            }

            @Override
            public void onError(Throwable error) {
                subscriber.onError(error);
            }

            @Override
            public void onComplete() {
                subscriber.onComplete();
            }
        };
    }
}
