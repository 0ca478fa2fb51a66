/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ConnectionPlanTest {
    private static final URI A = URI.create("ws://a/");
    private static final URI B = URI.create("ws://b/");
    private static final URI C = URI.create("ws://c/");

    private static ConnectionPlan plan(int retries, double random, URI... nodes) {
        return new ConnectionPlan(List.of(nodes), new ConnectionPlan.BackOff(100, 1000, retries), () -> random);
    }

    @Test
    void waitsDoubleUpToABound() {
        ConnectionPlan plan = plan(Integer.MAX_VALUE, 1, A);
        List<Long> waits = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            waits.add(plan.failed().getAsLong());
        }
        assertThat(waits.subList(0, 6)).containsExactly(100L, 200L, 400L, 800L, 1000L, 1000L);
        assertThat(waits.get(99)).isEqualTo(1000);
        plan.succeeded();
        assertThat(plan.failed()).hasValue(100);
    }

    @Test
    void waitsAreSpread() {
        assertThat(plan(9, 0, A).failed()).hasValue(50);
        assertThat(plan(9, 0.5, A).failed()).hasValue(75);
    }

    @Test
    void nodesTakeTurns() {
        ConnectionPlan plan = plan(9, 1, A, B);
        assertThat(plan.current()).isEqualTo(A);
        plan.failed();
        assertThat(plan.current()).isEqualTo(B);
        plan.failed();
        assertThat(plan.current()).isEqualTo(A);
    }

    @Test
    void retriesAreCounted() {
        ConnectionPlan plan = plan(2, 1, A);
        assertThat(plan.failed()).isPresent();
        assertThat(plan.failed()).isPresent();
        assertThat(plan.failed()).isEmpty();
    }

    @Test
    void aNodeMaySendToAnotherAtOnce() {
        ConnectionPlan plan = plan(9, 1, A, B);
        assertThat(plan.sentTo(List.of(C))).hasValue(0);
        assertThat(plan.current()).isEqualTo(C);
    }

    @Test
    void nodesThatSendAroundAreNotFollowedForever() {
        ConnectionPlan plan = plan(3, 1, A);
        assertThat(plan.sentTo(List.of(B))).hasValue(0);
        assertThat(plan.sentTo(List.of(A))).hasValue(100);
        assertThat(plan.sentTo(List.of(B))).hasValue(200);
        assertThat(plan.sentTo(List.of(A))).isEmpty();
    }

    @Test
    void aByeWithoutAddressesIsALostConnection() {
        ConnectionPlan plan = plan(9, 1, A, B);
        assertThat(plan.sentTo(List.of())).hasValue(100);
        assertThat(plan.current()).isEqualTo(B);
    }
}
