/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.actors.group.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class DeadlinesTest {
    private final Deadlines deadlines = new Deadlines();
    private final List<String> fired = new ArrayList<>();

    private Deadlines.Timer timer(String name) {
        return deadlines.timer(nowMs -> fired.add(name + "@" + nowMs));
    }

    @Test
    void timersFireInOrderOfTheirTime() {
        // Given
        deadlines.set(timer("late"), 20);
        deadlines.set(timer("early"), 10);
        deadlines.set(timer("never"), 31);

        // When
        deadlines.advance(30);

        // Then
        assertThat(fired).containsExactly("early@30", "late@30");
        assertThat(deadlines.nextMs()).isEqualTo(31);
    }

    @Test
    void movedTimerFiresAtItsNewTimeOnly() {
        // Given
        Deadlines.Timer later = timer("later");
        Deadlines.Timer sooner = timer("sooner");
        deadlines.set(later, 10);
        deadlines.set(later, 30);
        deadlines.set(sooner, 30);
        deadlines.set(sooner, 10);

        // When
        deadlines.advance(20);
        List<String> first = List.copyOf(fired);
        deadlines.advance(30);

        // Then
        assertThat(first).containsExactly("sooner@20");
        assertThat(fired).containsExactly("sooner@20", "later@30");
        assertThat(deadlines.nextMs()).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void cancelledTimerDoesNotFireAndCanBeSetAgain() {
        // Given
        Deadlines.Timer timer = timer("t");
        deadlines.set(timer, 10);
        deadlines.cancel(timer);
        deadlines.advance(10);
        boolean wasSet = timer.isSet();
        deadlines.set(timer, 15);

        // When
        deadlines.advance(15);

        // Then
        assertThat(wasSet).isFalse();
        assertThat(fired).containsExactly("t@15");
    }

    @Test
    void timerThatSetsItselfAgainInThePastDoesNotRunForEver() {
        // Given
        Deadlines.Timer[] self = new Deadlines.Timer[1];
        self[0] = deadlines.timer(nowMs -> {
            fired.add("t");
            if (fired.size() < 3) {
                deadlines.set(self[0], nowMs + 10);
            }
        });
        deadlines.set(self[0], 10);

        // When
        deadlines.advance(10);

        // Then
        assertThat(fired).hasSize(1);
        assertThat(deadlines.nextMs()).isEqualTo(20);
    }
}
