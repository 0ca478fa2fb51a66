/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.kafka.admin;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.sluice.cluster.config.BrokerSettings;
import io.sluice.kafka.server.KafkaListener;
import io.sluice.kafka.server.ListenerOptions;
import io.sluice.kafka.testing.FakeNode;
import io.sluice.kafka.testing.RawClient;
import java.io.IOException;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.common.message.ApiMessageType;
import org.apache.kafka.common.protocol.ApiMessage;

/** A listener in front of a node in memory, and a client of it: every request goes over the wire. */
final class AdminFixture implements AutoCloseable {
    final FakeNode node = new FakeNode();
    final FakeController controller = new FakeController(node);
    private final KafkaListener listener;
    private final RawClient client;

    AdminFixture() throws Exception {
        this(Map.of());
    }

    AdminFixture(Map<String, String> settings) throws Exception {
        node.settings = BrokerSettings.parse(settings);
        node.controller = controller;
        listener = KafkaListener.start(node, ListenerOptions.of("127.0.0.1", 0, new SimpleMeterRegistry()));
        client = new RawClient(listener.address());
    }

    int port() {
        return listener.address().getPort();
    }

    <R extends ApiMessage> R call(ApiMessage request, R response, int version) throws Exception {
        return client.call(request, response, (short) version);
    }

    /** All versions of an API that are served. */
    static Stream<Short> versions(ApiMessageType type) {
        return IntStream.rangeClosed(type.lowestSupportedVersion(), type.highestSupportedVersion(false))
                .mapToObj(version -> (short) version);
    }

    @Override
    public void close() throws IOException {
        client.close();
        listener.close();
    }
}
