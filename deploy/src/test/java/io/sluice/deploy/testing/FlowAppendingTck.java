/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.deploy.testing;

import io.sluice.http.record.NewRecord;
import java.util.concurrent.Flow;
import org.reactivestreams.tck.TestEnvironment;
import org.reactivestreams.tck.flow.FlowSubscriberBlackboxVerification;
import org.testng.annotations.AfterClass;
import org.testng.annotations.BeforeClass;

/** {@link AppendingSubscriber} as a subscriber of the JDK. */
public class FlowAppendingTck extends FlowSubscriberBlackboxVerification<NewRecord> {
    private TckTopic topic;

    public FlowAppendingTck() {
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
    public Flow.Subscriber<NewRecord> createFlowSubscriber() {
        return topic.subscriber();
    }

    @Override
    public NewRecord createElement(int number) {
        return TckTopic.element(number);
    }
}
