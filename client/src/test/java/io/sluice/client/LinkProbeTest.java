/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LinkProbeTest {
    private final LinkProbe probe = new LinkProbe();

    @Test
    void aConnectionThatNothingCameOnIsLeftAlone() {
        assertThat(probe.waitMs()).isZero();
    }

    @Test
    void quietAfterAMessageItIsAskedOnce() {
        assertThat(probe.onMessage()).isTrue();
        assertThat(probe.onMessage()).as("it is watched already").isFalse();
        assertThat(probe.tick(true)).as("something came just now").isFalse();
        assertThat(probe.tick(true)).as("nothing came since").isTrue();
        probe.onPong();
        assertThat(probe.tick(true)).isFalse();
        assertThat(probe.waitMs()).as("it rests").isZero();
        assertThat(probe.onMessage()).isTrue();
    }

    @Test
    void withoutAPongItIsAskedAgainLessAndLess() {
        probe.onMessage();
        probe.tick(true);
        List<Long> waits = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            assertThat(probe.tick(true)).isTrue();
            waits.add(probe.waitMs());
        }
        assertThat(waits).startsWith(250L, 500L, 750L).endsWith(2_000L, 2_000L, 2_000L);
    }

    @Test
    void whatIsNotReadIsNotAsked() {
        probe.onMessage();
        probe.tick(true);
        assertThat(probe.tick(false)).isFalse();
        assertThat(probe.waitMs()).isEqualTo(250);
        assertThat(probe.tick(true)).isTrue();
    }

    /** Of the last question: it says nothing about what came behind it. */
    @Test
    void anOldPongDoesNotCount() {
        probe.onMessage();
        probe.tick(true);
        probe.tick(true);
        probe.onMessage();
        probe.onPong();
        assertThat(probe.tick(true)).isFalse();
        assertThat(probe.waitMs()).isEqualTo(250);
        assertThat(probe.tick(true)).isTrue();
    }
}
