/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.kafka.group;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.sluice.cluster.NodeOptions;
import io.sluice.cluster.SluiceNode;
import io.sluice.cluster.config.BrokerSettings;
import io.sluice.kafka.server.KafkaListener;
import io.sluice.kafka.server.ListenerOptions;
import io.sluice.kafka.testing.RawClient;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;

/** A real node with a real listener, and an administrator's client. */
final class GroupBroker implements AutoCloseable {
    private static final long STOP_TIMEOUT_SECONDS = 30;

    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final SluiceNode node;
    private final KafkaListener listener;
    final Admin admin;

    GroupBroker(Path data, Map<String, String> config) throws IOException {
        Map<String, String> settings =
                new HashMap<>(Map.of("group.initial.rebalance.delay.ms", "0", "offsets.topic.num.partitions", "4"));
        settings.putAll(config);
        node = SluiceNode.start(NodeOptions.of(BrokerSettings.parse(settings), data))
                .toCompletableFuture()
                .join();
        listener = KafkaListener.start(node, ListenerOptions.of("127.0.0.1", 0, meters));
        node.advertise("127.0.0.1", listener.address().getPort())
                .toCompletableFuture()
                .join();
        admin = Admin.create(Map.of("bootstrap.servers", bootstrap()));
    }

    String bootstrap() {
        return "127.0.0.1:" + listener.address().getPort();
    }

    RawClient client() throws IOException {
        return new RawClient(listener.address());
    }

    double metric(String name) {
        return meters.get(name).gauge().value();
    }

    /** How often groups have begun to rebalance since the start. */
    long rebalances() {
        return node.groups().metrics().rebalances().sum();
    }

    /** How many members were taken out of their groups because they had fallen silent. */
    long expiredSessions() {
        return node.groups().metrics().expiredSessions().sum();
    }

    SluiceNode node() {
        return node;
    }

    void topic(String name, int partitions) throws Exception {
        admin.createTopics(List.of(new NewTopic(name, partitions, (short) 1)))
                .all()
                .get(30, TimeUnit.SECONDS);
    }

    /** {@code count} records of {@code topic}, spread over its partitions: values "0", "1", ... */
    void produce(String topic, int from, int count) throws Exception {
        try (Producer<String, String> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", bootstrap(), "linger.ms", "5"),
                new StringSerializer(),
                new StringSerializer())) {
            List<java.util.concurrent.Future<?>> sent = new ArrayList<>();
            for (int i = from; i < from + count; i++) {
                sent.add(producer.send(new ProducerRecord<>(topic, "k" + i, Integer.toString(i))));
            }
            for (var each : sent) {
                each.get(30, TimeUnit.SECONDS);
            }
        }
    }

    @Override
    public void close() throws IOException {
        admin.close();
        listener.close();
        node.stop()
                .toCompletableFuture()
                .orTimeout(STOP_TIMEOUT_SECONDS, TimeUnit.SECONDS)
                .join();
    }
}
