/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.system.checker;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class HistoryTest {
    @Test
    void timesBeginWithTheHistory() {
        // Given
        var clock = new AtomicLong(1_000);
        var history = new History(clock::get);
        clock.addAndGet(50);
        // When
        history.add(new Event.Trouble(history.now(), "node 1 killed"));
        // Then
        assertThat(history.events()).containsExactly(new Event.Trouble(50, "node 1 killed"));
    }
}
