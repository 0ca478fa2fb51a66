/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.kafka.testing;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.sluice.actors.partition.TopicPartition;
import io.sluice.cluster.config.BrokerSettings;
import io.sluice.cluster.metadata.MetadataImage.TopicInfo;
import io.sluice.kafka.server.KafkaListener;
import io.sluice.kafka.server.ListenerLimits;
import io.sluice.kafka.server.ListenerOptions;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** A listener in front of a {@link FakeNode}. */
public final class Broker implements AutoCloseable {
    public final FakeNode node = new FakeNode();
    public final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final List<FakePartition> partitions = new ArrayList<>();
    private final KafkaListener listener;

    public Broker() throws IOException {
        this(BrokerSettings.defaults());
    }

    public Broker(BrokerSettings settings) throws IOException {
        this(settings, ListenerLimits.of(settings));
    }

    public Broker(ListenerLimits limits) throws IOException {
        this(BrokerSettings.defaults(), limits);
    }

    private Broker(BrokerSettings settings, ListenerLimits limits) throws IOException {
        node.settings = settings;
        listener = KafkaListener.start(
                node, ListenerOptions.of("127.0.0.1", 0, meters).withLimits(limits));
    }

    /** A topic whose partitions are led here. */
    public List<FakePartition> topic(String name, int count) {
        TopicInfo topic = node.topic(name, count);
        List<FakePartition> made = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            FakePartition partition = new FakePartition(new TopicPartition(topic.id(), name, i));
            node.lead(partition);
            made.add(partition);
        }
        partitions.addAll(made);
        return made;
    }

    public RawClient client() throws IOException {
        return new RawClient(listener.address());
    }

    public KafkaListener listener() {
        return listener;
    }

    /** The value of a counter or gauge. */
    public double metric(String name) {
        return meters.get(name).meter().measure().iterator().next().getValue();
    }

    @Override
    public void close() throws IOException {
        listener.close();
        for (FakePartition partition : partitions) {
            partition.close();
        }
    }
}
