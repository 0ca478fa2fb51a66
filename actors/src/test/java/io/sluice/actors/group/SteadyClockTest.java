/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.actors.group;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class SteadyClockTest {
    @Test
    void timeOfDayThatIsSetForwardMovesNothing() {
        // Given
        AtomicLong wallMs = new AtomicLong(1_000);
        AtomicLong nanos = new AtomicLong(-5_000_000);
        SteadyClock clock = new SteadyClock(() -> Instant.ofEpochMilli(wallMs.get()), nanos::get);

        // When
        wallMs.addAndGet(3_600_000);
        nanos.addAndGet(7_000_000);

        // Then
        assertThat(clock.millis()).isEqualTo(1_007);
        assertThat(clock.instant()).isEqualTo(Instant.ofEpochMilli(1_007));
    }
}
