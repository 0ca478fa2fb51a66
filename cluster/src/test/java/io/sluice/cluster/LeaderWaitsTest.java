/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.cluster.membership.Leaderships;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class LeaderWaitsTest {
    private static final UUID TOPIC = new UUID(0, 7);
    private static final Duration LONG = Duration.ofMinutes(1);

    private final Leaderships leaderships = new Leaderships();

    @Test
    void whoWaitsIsToldWhenSomebodyLeads() {
        LeaderWaits waits = new LeaderWaits(leaderships, LONG);
        CompletableFuture<Void> first = waits.known(TOPIC, 0).toCompletableFuture();
        CompletableFuture<Void> second = waits.known(TOPIC, 0).toCompletableFuture();
        CompletableFuture<Void> other = waits.known(TOPIC, 1).toCompletableFuture();

        leaderships.led(TOPIC, 0, 2, 5);

        assertThat(first).isCompleted();
        assertThat(second).isCompleted();
        assertThat(other).isNotCompleted();
        assertThat(waits.begun.sum()).as("partitions waited for").isEqualTo(2);
        assertThat(waits.inVain.sum()).as("in vain").isZero();
    }

    @Test
    void nobodyWaitsForWhatIsKnown() {
        LeaderWaits waits = new LeaderWaits(leaderships, LONG);
        leaderships.led(TOPIC, 0, 2, 5);

        assertThat(waits.known(TOPIC, 0).toCompletableFuture()).isCompleted();
    }

    @Test
    void aLeaderThatHasLeftIsWaitedFor() {
        LeaderWaits waits = new LeaderWaits(leaderships, LONG);
        leaderships.led(TOPIC, 0, 2, 5);
        leaderships.left(TOPIC, 0, 2, 5);

        CompletableFuture<Void> wait = waits.known(TOPIC, 0).toCompletableFuture();
        assertThat(wait).isNotCompleted();
        leaderships.led(TOPIC, 0, 1, 6);
        assertThat(wait).isCompleted();
    }

    @Test
    void anElectionThatTakesTooLongIsNotWaitedFor() throws Exception {
        LeaderWaits waits = new LeaderWaits(leaderships, Duration.ofMillis(1));

        waits.known(TOPIC, 0).toCompletableFuture().get(10, TimeUnit.SECONDS);

        assertThat(waits.inVain.sum()).as("in vain").isEqualTo(1);
    }
}
