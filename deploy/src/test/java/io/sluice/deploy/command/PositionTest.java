/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.deploy.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneId;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PositionTest {
    private static final InstantSource NOON = InstantSource.fixed(Instant.parse("2026-11-20T12:00:00Z"));
    private static final ZoneId BERLIN = ZoneId.of("Europe/Berlin");

    @ParameterizedTest
    @CsvSource({
        "2026-11-20T10:00:00Z, 2026-11-20T10:00:00Z",
        "2026-11-20T10:00:00+02:00, 2026-11-20T08:00:00Z",
        "2026-11-20T10:00, 2026-11-20T09:00:00Z",
        "2026-11-20, 2026-11-19T23:00:00Z",
        "@1700000000000, 2023-11-14T22:13:20Z",
        "30m, 2026-11-20T11:30:00Z",
        "2h, 2026-11-20T10:00:00Z",
        "7d, 2026-11-13T12:00:00Z",
        "15s, 2026-11-20T11:59:45Z",
    })
    void momentsAreUnderstoodAsPeopleWriteThem(String text, Instant moment) {
        assertThat(Position.parse(text, NOON, BERLIN)).isEqualTo(new Position.Time(moment));
    }

    @ParameterizedTest
    @CsvSource({"0, 0", "42, 42", "' 9223372036854775807 ', 9223372036854775807"})
    void numbersAreOffsets(String text, long offset) {
        assertThat(Position.parse(text, NOON, BERLIN)).isEqualTo(new Position.At(offset));
    }

    @ParameterizedTest
    @ValueSource(strings = {"earliest", "Earliest", "EARLIEST"})
    void theBeginningIsNamed(String text) {
        assertThat(Position.parse(text, NOON, BERLIN)).isEqualTo(new Position.Earliest());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "begin", "-1", "9999999999999999999", "2026-13-01", "10:00", "5w", "@", "2026-11-20T25:00Z"})
    void anythingElseIsRefusedWithWhatWouldBeRight(String text) {
        assertThatThrownBy(() -> Position.parse(text, NOON, BERLIN))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("\"" + text + "\"")
                .hasMessageContaining("earliest, latest, an offset");
    }
}
