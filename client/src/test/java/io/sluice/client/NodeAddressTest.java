/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NodeAddressTest {
    @ParameterizedTest
    @CsvSource({
        "http://a:8080, ws://a:8080/v1/subscribe",
        "https://a/, wss://a/v1/subscribe",
        "ws://[::1]:1, ws://[::1]:1/v1/subscribe",
        "WSS://a, wss://a/v1/subscribe"
    })
    void asPeopleWriteThem(String node, String socket) {
        assertThat(NodeAddress.socket(URI.create(node), "/v1/subscribe")).hasToString(socket);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"a:8080", "127.0.0.1:8080", "http://a b", "ftp://a", "http://a/x", "http://a?x=1", "a", "http:/a"
            })
    void whatIsNone(String node) {
        assertThatThrownBy(() -> SluiceClient.connect(node))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(node);
    }

    @Test
    void ofAByeOnlyWhatIsAWebSocket() {
        assertThat(NodeAddress.valid(List.of("ws://b/v1/subscribe", "http://b/", "ws://b b", "wss://c/")))
                .containsExactly(URI.create("ws://b/v1/subscribe"), URI.create("wss://c/"));
    }
}
