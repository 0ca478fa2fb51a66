/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.kafka.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.sluice.kafka.testing.FakeNode;
import io.sluice.kafka.testing.RawClient;
import java.nio.ByteBuffer;
import org.apache.kafka.common.message.ApiVersionsRequestData;
import org.apache.kafka.common.message.ApiVersionsResponseData;
import org.apache.kafka.common.message.ApiVersionsResponseData.ApiVersion;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ApiVersionsTest {
    private final FakeNode node = new FakeNode();
    private KafkaListener listener;
    private RawClient client;

    @BeforeEach
    void start() throws Exception {
        listener = KafkaListener.start(node, ListenerOptions.of("127.0.0.1", 0, new SimpleMeterRegistry()));
        client = new RawClient(listener.address());
    }

    @AfterEach
    void stop() throws Exception {
        client.close();
        listener.close();
    }

    @ParameterizedTest
    @ValueSource(shorts = {0, 1, 2, 3, 4})
    void everyVersionNamesTheApisThatAreServed(short version) throws Exception {
        // Given
        node.image.features.put("group.version", (short) 1);
        ApiVersionsRequestData request =
                new ApiVersionsRequestData().setClientSoftwareName("raw").setClientSoftwareVersion("1.0");

        // When
        ApiVersionsResponseData response = client.call(request, new ApiVersionsResponseData(), version);

        // Then
        assertThat(response.errorCode()).isZero();
        ApiVersion self = response.apiKeys().find((short) 18);
        assertThat(self.minVersion()).isZero();
        assertThat(self.maxVersion()).isEqualTo((short) 4);
        if (version >= 3) {
            assertThat(response.finalizedFeatures().find("group.version").maxVersionLevel())
                    .isEqualTo((short) 1);
            assertThat(response.finalizedFeaturesEpoch()).isNotNegative();
        }
    }

    @Test
    void aVersionThatIsTooNewIsAnsweredInVersionZero() throws Exception {
        // Given the header of a future version, with bytes that only that version understands
        ByteBuffer request = ByteBuffer.allocate(4 + 8 + 5);
        request.putInt(8 + 5).putShort((short) 18).putShort((short) 9).putInt(77);
        request.put(new byte[] {(byte) 0xff, (byte) 0xff, 0, 1, 2}).flip();

        // When
        client.sendBytes(request);

        // Then
        ApiVersionsResponseData response = client.receive(new ApiVersionsResponseData(), (short) 0, 77);
        assertThat(response.errorCode()).isEqualTo((short) 35);
        assertThat(response.apiKeys()).extracting(ApiVersion::apiKey).containsExactly((short) 18);
    }

    @Test
    void aClientWithoutAProperNameIsRefused() throws Exception {
        // When
        ApiVersionsResponseData response =
                client.call(new ApiVersionsRequestData(), new ApiVersionsResponseData(), (short) 3);

        // Then
        assertThat(response.errorCode()).isEqualTo((short) 42);
    }
}
