/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.deploy.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.sluice.cluster.config.BrokerSettings;
import io.sluice.kafka.api.AdvertisedAddress.HostPort;
import io.sluice.kafka.server.ListenerOptions;
import java.time.InstantSource;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What is configured reaches the part that acts on it. */
class WiringTest {
    @Test
    void theListenerIsAsItIsConfigured() throws Exception {
        // Given
        BrokerSettings settings = BrokerSettings.parse(Map.of(
                "listeners", "PLAINTEXT://127.0.0.1:9999",
                "advertised.listeners", "PLAINTEXT://broker.example:1234",
                "num.network.threads", "7",
                "max.connections", "11",
                "socket.request.max.bytes", "1000000"));

        // When
        ListenerOptions options = Wiring.listener(
                settings.listeners().get(0), settings, new SimpleMeterRegistry(), InstantSource.system());

        // Then
        assertThat(options.host()).isEqualTo("127.0.0.1");
        assertThat(options.port()).isEqualTo(9999);
        assertThat(options.advertised()).contains(new HostPort("broker.example", 1234));
        assertThat(options.eventLoops()).isEqualTo(7);
        assertThat(options.limits().connectionsMax()).isEqualTo(11);
        assertThat(options.limits().requestBytesMax()).isEqualTo(1_000_000);
    }
}
