/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.kafka.replica;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.sluice.actors.replication.ReplicaKey;
import io.sluice.actors.replication.ReplicaMessage;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class CatchUpThrottleTest {
    private static final ReplicaKey FIRST = new ReplicaKey(new UUID(1, 1), 0);
    private static final ReplicaKey SECOND = new ReplicaKey(new UUID(1, 1), 1);
    private static final int EXPECTED = 1_000_000;

    private long nowNanos;
    private long rate = EXPECTED;
    private final CatchUpThrottle throttle = new CatchUpThrottle(() -> rate, () -> nowNanos);
    private final CatchingUp replicas =
            new CatchingUp(throttle, EXPECTED, new FollowerMetrics(new SimpleMeterRegistry()));

    private static ReplicaMessage.Fetch fetch(boolean acknowledges) {
        return new ReplicaMessage.Fetch(1, 1, 1, ReplicaMessage.Fetch.LEADER, 0, 0, acknowledges, false, 0);
    }

    private void wait(int ms) {
        nowNanos += TimeUnit.MILLISECONDS.toNanos(ms);
    }

    @Test
    void whatWasTakenIsPaidOffWithTime() {
        assertThat(throttle.tryTake(500_000)).isTrue();
        assertThat(throttle.tryTake(1)).isFalse();
        assertThat(throttle.delayMs()).isEqualTo(500);
        wait(499);
        assertThat(throttle.tryTake(1)).isFalse();
        wait(1);
        assertThat(throttle.tryTake(1)).isTrue();
    }

    @Test
    void timeThatPassedBeforeIsNotSaved() {
        wait(60_000);
        assertThat(throttle.tryTake(EXPECTED)).isTrue();
        assertThat(throttle.tryTake(EXPECTED)).isFalse();
    }

    @Test
    void aChangedRateActsAtOnce() {
        throttle.tryTake(EXPECTED);
        rate = 10L * EXPECTED;
        assertThat(throttle.delayMs()).isEqualTo(100);
        rate = CatchUpThrottle.UNLIMITED;
        assertThat(throttle.tryTake(EXPECTED)).isTrue();
        assertThat(throttle.tryTake(EXPECTED)).isTrue();
    }

    @Test
    void aReplicaWaitsOnceItIsKnownToBeFarBehind() {
        assertThat(replicas.mustWait(FIRST, fetch(false)))
                .as("nothing is known of it")
                .isFalse();
        replicas.brought(FIRST, fetch(false), EXPECTED);
        assertThat(replicas.mustWait(FIRST, fetch(false))).isTrue();
        assertThat(replicas.next()).isNull();
        wait(1_000);
        assertThat(replicas.next()).isEqualTo(FIRST);
        assertThat(replicas.next()).isNull();
    }

    @Test
    void whoAcknowledgesOrGetsLittleDoesNotWait() {
        replicas.brought(FIRST, fetch(false), EXPECTED);
        replicas.brought(SECOND, fetch(false), 100);
        assertThat(replicas.mustWait(FIRST, fetch(true))).isFalse();
        assertThat(replicas.mustWait(SECOND, fetch(false))).isFalse();
    }

    @Test
    void whoWillLeadDoesNotWait() {
        // Given a replica that takes over another's log before it leads
        ReplicaMessage.Fetch catchUp = new ReplicaMessage.Fetch(1, 1, 1, 77, 0, 0, false, false, 0);
        replicas.brought(FIRST, catchUp, EXPECTED);

        // Then
        assertThat(replicas.mustWait(FIRST, catchUp)).isFalse();
    }

    @Test
    void theyTakeTurns() {
        // Given two that are behind
        replicas.brought(FIRST, fetch(false), EXPECTED);
        replicas.brought(SECOND, fetch(false), EXPECTED);
        assertThat(replicas.mustWait(FIRST, fetch(false))).isTrue();
        assertThat(replicas.mustWait(SECOND, fetch(false))).isTrue();

        // Then each asks for a piece a second, and pays for what it has got only
        wait(2_000);
        assertThat(replicas.next()).isEqualTo(FIRST);
        replicas.brought(FIRST, fetch(false), EXPECTED / 2);
        assertThat(replicas.mustWait(FIRST, fetch(false))).isTrue();
        wait(500);
        assertThat(replicas.next()).isEqualTo(SECOND);
        wait(1_000);
        assertThat(replicas.next()).isEqualTo(FIRST);
    }

    @Test
    void whoIsGoneOwesNothing() {
        // Given
        replicas.brought(FIRST, fetch(false), EXPECTED);
        wait(1_000);
        assertThat(replicas.mustWait(FIRST, fetch(false))).as("it has paid").isFalse();

        // When
        replicas.forget(FIRST);

        // Then
        assertThat(throttle.delayMs()).isZero();
        assertThat(replicas.delayMs()).isEqualTo(-1);
    }
}
