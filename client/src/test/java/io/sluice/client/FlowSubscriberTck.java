/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.client;

import java.util.concurrent.Flow;
import org.reactivestreams.tck.flow.FlowSubscriberBlackboxVerification;
import org.testng.annotations.AfterClass;
import org.testng.annotations.BeforeClass;

/** {@link RecordSubscriber} as a subscriber of the JDK. */
public class FlowSubscriberTck extends FlowSubscriberBlackboxVerification<Record> {
    private TckNode node;

    public FlowSubscriberTck() {
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
    public Flow.Subscriber<Record> createFlowSubscriber() {
        return node.subscriber();
    }

    @Override
    public Record createElement(int number) {
        return TckNode.element(number);
    }
}
