/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.http.record;

import static org.assertj.core.api.Assertions.assertThat;

import akka.util.ByteString;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class LineCutterTest {
    private final AtomicInteger tooLong = new AtomicInteger();

    @Property(tries = 300)
    void everyPieceIsOfWholeLinesAndNothingIsLost(
            @ForAll @Size(max = 30) List<@IntRange(max = 40) Integer> lengths,
            @ForAll @IntRange(min = 1, max = 25) int step) {
        // Given
        StringBuilder text = new StringBuilder();
        lengths.forEach(length -> text.append("x".repeat(length)).append('\n'));
        LineCutter cutter = new LineCutter(100, tooLong::incrementAndGet);

        // When
        StringBuilder cut = new StringBuilder();
        for (int at = 0; at < text.length(); at += step) {
            String part = text.substring(at, Math.min(text.length(), at + step));
            cutter.apply(ByteString.fromString(part)).forEach(lines -> {
                assertThat(lines.utf8String()).endsWith("\n");
                cut.append(lines.utf8String());
            });
        }

        // Then
        assertThat(cut.toString()).isEqualTo(text.toString());
        assertThat(tooLong).hasValue(0);
    }

    @Test
    void aLineThatIsTooLongIsToldOnceAndNothingComesAfterIt() {
        LineCutter cutter = new LineCutter(10, tooLong::incrementAndGet);
        List<String> lines = new ArrayList<>();

        for (String part : List.of("a\nbbbbbb", "bbbbbb", "b\nc\n", "d\n")) {
            cutter.apply(ByteString.fromString(part)).forEach(piece -> lines.add(piece.utf8String()));
        }

        assertThat(lines).containsExactly("a\n");
        assertThat(tooLong).hasValue(1);
    }
}
