/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.deploy.testing;

import io.sluice.http.record.NewRecord;
import org.reactivestreams.Subscriber;
import org.reactivestreams.tck.SubscriberBlackboxVerification;
import org.reactivestreams.tck.TestEnvironment;
import org.testng.annotations.AfterClass;
import org.testng.annotations.BeforeClass;

/** {@link AppendingSubscriber} as a subscriber of reactivestreams.org. */
public class AppendingTck extends SubscriberBlackboxVerification<NewRecord> {
    private TckTopic topic;

    public AppendingTck() {
        super(new TestEnvironment(10_000, 100, 20));
    }

    @BeforeClass
    public void start() throws Exception {
        topic = new TckTopic();
    }

    @AfterClass(alwaysRun = true)
    public void stop() {
        topic.close();
    }

    @Override
    public Subscriber<NewRecord> createSubscriber() {
        return topic.subscriber();
    }

    @Override
    public NewRecord createElement(int number) {
        return TckTopic.element(number);
    }
}
