/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.deploy.logging;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.LayoutBase;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;

/**
 * One line a message, for people:
 *
 * <pre>
 *   2026-11-20 10:15:30.123 WARN  Connection          what happened: what caused it (IOException: connection reset)
 * </pre>
 *
 * Whatever a message contains, it stays on its line, so a client can't forge one. Stack traces only where asked for.
 */
public final class LineLayout extends LayoutBase<ILoggingEvent> {
    private static final int SOURCE_WIDTH = 18;

    private final DateTimeFormatter time;
    private final boolean stackTraces;

    /** @param stackTraces the whole of an exception on the lines that follow, rather than its message in brackets */
    public LineLayout(ZoneId zone, boolean stackTraces) {
        this.time = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss.SSS").withZone(zone);
        this.stackTraces = stackTraces;
    }

    @Override
    public String doLayout(ILoggingEvent event) {
        String logger = event.getLoggerName();
        String source = logger.substring(logger.lastIndexOf('.') + 1);
        StringBuilder line = new StringBuilder(160);
        time.formatTo(event.getInstant(), line);
        pad(line.append(' '), event.getLevel().toString(), 6);
        pad(line, source, SOURCE_WIDTH);
        line.append("  ").append(onOneLine(event.getFormattedMessage()));
        IThrowableProxy thrown = event.getThrowableProxy();
        if (thrown != null && !stackTraces) {
            line.append(" (").append(onOneLine(causes(thrown))).append(')');
        }
        line.append('\n');
        if (thrown != null && stackTraces) {
            line.append(ThrowableProxyUtil.asString(thrown));
        }
        return line.toString();
    }

    private static String causes(IThrowableProxy thrown) {
        StringBuilder text = new StringBuilder();
        int depth = 0;
        for (IThrowableProxy each = thrown; each != null && depth < 5; each = each.getCause(), depth++) {
            String name = each.getClassName();
            text.append(depth == 0 ? "" : ", caused by ").append(name.substring(name.lastIndexOf('.') + 1));
            if (each.getMessage() != null) {
                text.append(": ").append(each.getMessage());
            }
        }
        return text.toString();
    }

    private static String onOneLine(String text) {
        if (text == null) {
            return "";
        }
        StringBuilder safe = null;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (Character.isISOControl(c) && c != '\t') {
                if (safe == null) {
                    safe = new StringBuilder(text);
                }
                safe.setCharAt(i, ' ');
            }
        }
        return safe == null ? text : safe.toString();
    }

    private static void pad(StringBuilder line, String text, int width) {
        line.append(text);
        for (int i = text.length(); i < width; i++) {
            line.append(' ');
        }
    }
}
