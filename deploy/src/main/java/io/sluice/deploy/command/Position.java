/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.deploy.command;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.clients.admin.OffsetSpec;

/** A place in a partition, as people write it. */
sealed interface Position {
    /** What {@link #parse} understands, for help texts and errors. */
    String SYNTAX =
            "earliest, latest, an offset, a time (2026-11-20, 2026-11-20T10:00, ...Z, @EPOCH_MILLIS) or how long ago (30m, 2h, 7d)";

    /** The first record that is still there. */
    record Earliest() implements Position {}

    /** After the last record. */
    record Latest() implements Position {}

    /** This offset, or the nearest one that is there. */
    record At(long offset) implements Position {}

    /** The first record at or after a moment. */
    record Time(Instant moment) implements Position {}

    Pattern AGO = Pattern.compile("(\\d+)\\s*(s|m|h|d)");

    /** @throws IllegalArgumentException in words, if it is none of {@link #SYNTAX} */
    static Position parse(String text, InstantSource clock, ZoneId zone) {
        String trimmed = text.strip();
        if (trimmed.equalsIgnoreCase("earliest")) {
            return new Earliest();
        }
        if (trimmed.equalsIgnoreCase("latest")) {
            return new Latest();
        }
        try {
            if (trimmed.matches("\\d{1,19}")) {
                return new At(Long.parseLong(trimmed));
            }
            if (trimmed.matches("@\\d{1,19}")) {
                return new Time(Instant.ofEpochMilli(Long.parseLong(trimmed.substring(1))));
            }
            Matcher ago = AGO.matcher(trimmed);
            if (ago.matches()) {
                return new Time(clock.instant().minus(duration(Long.parseLong(ago.group(1)), ago.group(2))));
            }
            return new Time(moment(trimmed, zone));
        } catch (NumberFormatException | DateTimeException | ArithmeticException e) {
            throw new IllegalArgumentException("\"" + text + "\" is no position: " + SYNTAX, e);
        }
    }

    private static Duration duration(long amount, String unit) {
        return switch (unit) {
            case "s" -> Duration.ofSeconds(amount);
            case "m" -> Duration.ofMinutes(amount);
            case "h" -> Duration.ofHours(amount);
            default -> Duration.ofDays(amount);
        };
    }

    private static Instant moment(String text, ZoneId zone) {
        if (!text.contains("T")) {
            return LocalDate.parse(text).atStartOfDay(zone).toInstant();
        }
        if (text.matches(".*(Z|[+-]\\d\\d(:?\\d\\d)?)")) {
            return OffsetDateTime.parse(text).toInstant();
        }
        return LocalDateTime.parse(text).atZone(zone).toInstant();
    }

    /** What to ask the broker for; an offset needs no asking but for its bounds. */
    default OffsetSpec spec() {
        if (this instanceof Time time) {
            return OffsetSpec.forTimestamp(time.moment().toEpochMilli());
        }
        return this instanceof Latest ? OffsetSpec.latest() : OffsetSpec.earliest();
    }
}
