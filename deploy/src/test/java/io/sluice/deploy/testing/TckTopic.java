/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.deploy.testing;

import io.sluice.http.record.NewRecord;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;

/** A broker with a topic for the specification's tests. */
final class TckTopic implements AutoCloseable {
    private static final String TOPIC = "orders";

    private final SluiceBroker broker = SluiceBroker.start();

    TckTopic() throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrap()))) {
            admin.createTopics(List.of(new NewTopic(TOPIC, 1, (short) 1))).all().get(30, TimeUnit.SECONDS);
        }
    }

    AppendingSubscriber subscriber() {
        return broker.subscriber(TOPIC);
    }

    static NewRecord element(int number) {
        return NewRecord.of(null, new byte[] {(byte) number});
    }

    @Override
    public void close() {
        broker.close();
    }
}
