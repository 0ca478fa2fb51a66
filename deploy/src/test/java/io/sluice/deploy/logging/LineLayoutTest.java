/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.deploy.logging;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.LoggingEvent;
import java.io.IOException;
import java.time.Instant;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;

class LineLayoutTest {
    private static final Instant MOMENT = Instant.parse("2026-11-20T10:15:30.123Z");

    @Test
    void aMessageIsALineWithTimeLevelAndSource() {
        assertThat(line("bound to {}", null, false, "127.0.0.1:9092"))
                .isEqualTo("2026-11-20 10:15:30.123 WARN  Listener            bound to 127.0.0.1:9092\n");
    }

    @Test
    void anExceptionIsToldInBracketsWithItsCauses() {
        Exception thrown = new IllegalStateException("outer", new IOException("disk\nfull"));

        assertThat(line("can't write", thrown, false))
                .endsWith("  can't write (IllegalStateException: outer, caused by IOException: disk full)\n");
    }

    @Test
    void aStackTraceIsThereWhereItIsAskedFor() {
        assertThat(line("can't write", new IOException("x"), true))
                .contains("  can't write\njava.io.IOException: x\n\tat io.sluice.deploy.logging.LineLayoutTest");
    }

    @Test
    void aMessageCannotForgeALine() {
        assertThat(line("client {}", null, false, "a\n2026-11-20 ERROR forged\u001b[2J"))
                .endsWith("client a 2026-11-20 ERROR forged [2J\n")
                .hasLineCount(1);
    }

    private static String line(String message, Throwable thrown, boolean stackTraces, Object... arguments) {
        LoggerContext context = new LoggerContext();
        LoggingEvent event = new LoggingEvent(
                "", context.getLogger("io.sluice.kafka.server.Listener"), Level.WARN, message, thrown, arguments);
        event.setInstant(MOMENT);
        return new LineLayout(ZoneOffset.UTC, stackTraces).doLayout(event);
    }
}
