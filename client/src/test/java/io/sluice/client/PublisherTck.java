/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.client;

import org.reactivestreams.Publisher;
import org.reactivestreams.tck.PublisherVerification;
import org.testng.annotations.AfterClass;
import org.testng.annotations.BeforeClass;

/** {@link RecordPublisher} as a publisher of reactivestreams.org. */
public class PublisherTck extends PublisherVerification<Record> {
    private TckNode node;

    public PublisherTck() {
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
    public Publisher<Record> createPublisher(long elements) {
        return node.publisher(elements);
    }

    @Override
    public Publisher<Record> createFailedPublisher() {
        return node.failing();
    }
}
