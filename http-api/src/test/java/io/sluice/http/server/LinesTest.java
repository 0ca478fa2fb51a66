/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.http.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class LinesTest {
    private final Lines lines = new Lines();

    private static final class FakeLine implements Lines.Open {
        int movedAt;
        int finished;
        int aborted;

        @Override
        public int movedAt() {
            return movedAt;
        }

        @Override
        public void finish() {
            finished++;
        }

        @Override
        public void abort() {
            aborted++;
        }
    }

    private FakeLine open() {
        FakeLine line = new FakeLine();
        line.movedAt = lines.now();
        lines.opened(line);
        return line;
    }

    @Test
    void aLineOnWhichNothingMovesIsClosedAfterTheWholeTimeAndNotBefore() {
        // Given
        lines.tick();
        FakeLine idle = open();
        FakeLine busy = open();
        // When
        for (int i = 0; i < Lines.TICKS; i++) {
            lines.tick();
            busy.movedAt = lines.now();
        }
        // Then: its first tick may have come at once
        assertThat(idle.aborted).isZero();
        // When
        lines.tick();
        // Then
        assertThat(idle.aborted).isEqualTo(1);
        assertThat(busy.aborted).isZero();
    }

    @Test
    void aLineThatHasClosedIsNotThereAnyMore() {
        // Given
        FakeLine line = open();
        // When
        lines.closed(line);
        for (int i = 0; i <= Lines.TICKS; i++) {
            lines.tick();
        }
        lines.abort();
        // Then
        assertThat(line.aborted).isZero();
    }

    @Test
    void finishingIsDoneWhenTheLastHasClosedAndWhoComesLateIsToldToo() {
        // Given
        FakeLine first = open();
        // When
        CompletableFuture<Void> done = lines.finish().toCompletableFuture();
        FakeLine late = open();
        // Then
        assertThat(first.finished).isEqualTo(1);
        assertThat(late.finished).isEqualTo(1);
        lines.closed(first);
        assertThat(done).isNotDone();
        lines.closed(late);
        assertThat(done).isDone();
    }

    @Test
    void withoutLinesThereIsNothingToFinish() {
        assertThat(lines.finish().toCompletableFuture()).isDone();
    }
}
