/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.client;

import org.reactivestreams.Subscriber;
import org.reactivestreams.tck.SubscriberBlackboxVerification;
import org.testng.annotations.AfterClass;
import org.testng.annotations.BeforeClass;

/** {@link RecordSubscriber} as a subscriber of reactivestreams.org. */
public class SubscriberTck extends SubscriberBlackboxVerification<Record> {
    private TckNode node;

    public SubscriberTck() {
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
    public Subscriber<Record> createSubscriber() {
        return node.subscriber();
    }

    @Override
    public Record createElement(int number) {
        return TckNode.element(number);
    }
}
