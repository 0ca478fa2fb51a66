/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.client;

import java.util.concurrent.Flow;
import org.reactivestreams.tck.flow.FlowPublisherVerification;
import org.testng.annotations.AfterClass;
import org.testng.annotations.BeforeClass;

/** {@link RecordPublisher} as a publisher of the JDK. */
public class FlowPublisherTck extends FlowPublisherVerification<Record> {
    private TckNode node;

    public FlowPublisherTck() {
        super(TckNode.environment(), 1_000);
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
    public Flow.Publisher<Record> createFlowPublisher(long elements) {
        return node.publisher(elements);
    }

    @Override
    public Flow.Publisher<Record> createFailedFlowPublisher() {
        return node.failing();
    }
}
