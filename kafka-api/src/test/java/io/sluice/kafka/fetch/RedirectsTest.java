/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.kafka.fetch;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class RedirectsTest {
    private static final FetchPartition.Key ORDERS = new FetchPartition.Key("orders", 0);

    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private long nowMs = 1_000_000;
    private final Redirects redirects = new Redirects(() -> Instant.ofEpochMilli(nowMs), new RedirectMetrics(meters));

    private double count(String name) {
        return meters.get("sluice.kafka.fetch.redirects" + name).counter().count();
    }

    @Test
    void aClientThatIsSoonBackIsKeptForAWhileAndThenSentAgain() {
        // Given
        redirects.sent(ORDERS);

        // When
        nowMs += Redirects.SOON_MS - 1;
        boolean back = redirects.mayBeSent(ORDERS);
        nowMs += Redirects.KEPT_MS - 1;
        boolean stillHere = redirects.mayBeSent(ORDERS);
        nowMs += 1;
        boolean later = redirects.mayBeSent(ORDERS);

        // Then
        assertThat(back).isFalse();
        assertThat(stillHere).isFalse();
        assertThat(later).isTrue();
        assertThat(count(".returned")).isEqualTo(1);
    }

    @Test
    void aClientThatAsksAnewAfterALongTimeIsSentAgain() {
        redirects.sent(ORDERS);
        nowMs += Redirects.SOON_MS;
        assertThat(redirects.mayBeSent(ORDERS)).isTrue();
        assertThat(count(".returned")).isZero();
    }

    @Test
    void partitionsAreRememberedUpToALimitTheNewestOnes() {
        // When
        redirects.sent(ORDERS);
        for (int i = 1; i <= Redirects.PARTITIONS_MAX; i++) {
            redirects.sent(new FetchPartition.Key("orders", i));
        }

        // Then
        assertThat(redirects.mayBeSent(ORDERS)).isTrue();
        assertThat(redirects.mayBeSent(new FetchPartition.Key("orders", 1))).isFalse();
        assertThat(count("")).isEqualTo(Redirects.PARTITIONS_MAX + 1);
    }
}
