/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.client;

import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;
import org.reactivestreams.tck.SubscriberWhiteboxVerification;
import org.testng.annotations.AfterClass;
import org.testng.annotations.BeforeClass;

/** {@link RecordSubscriber}, with a probe between it and its publisher. */
public class SubscriberWhiteboxTck extends SubscriberWhiteboxVerification<Record> {
    private TckNode node;

    public SubscriberWhiteboxTck() {
        super(TckNode.environment());
    }

    @BeforeClass
    public void start() {
        node = new TckNode();
    }

    @AfterClass(alwaysRun = true)
    public void stop() {
        node.close();
    }

    @Override
    public Subscriber<Record> createSubscriber(WhiteboxSubscriberProbe<Record> probe) {
        RecordSubscriber subscriber = node.subscriber();
        return new Subscriber<>() {
            private boolean subscribed;

            @Override
            public void onSubscribe(Subscription subscription) {
                subscriber.onSubscribe(subscription);
                if (subscribed) {
                    return;
                }
                subscribed = true;
                probe.registerOnSubscribe(new SubscriberPuppet() {
                    @Override
                    public void triggerRequest(long elements) {
                        subscription.request(elements);
                    }

                    @Override
                    public void signalCancel() {
                        subscription.cancel();
                    }
                });
            }

            @Override
            public void onNext(Record record) {
                subscriber.onNext(record);
                probe.registerOnNext(record);
            }

            @Override
            public void onError(Throwable error) {
                subscriber.onError(error);
                probe.registerOnError(error);
            }

            @Override
            public void onComplete() {
                subscriber.onComplete();
                probe.registerOnComplete();
            }
        };
    }

    @Override
    public Record createElement(int number) {
        return TckNode.element(number);
    }
}
