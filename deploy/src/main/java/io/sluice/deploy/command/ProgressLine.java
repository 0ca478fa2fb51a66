/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.deploy.command;

import java.io.PrintStream;
import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * One line on stderr that is rewritten as long work goes on; only for a person who watches (the launcher says in
 * {@code sluice.terminal} which of stdout and stderr are terminals), at most five times a second.
 */
final class ProgressLine implements AutoCloseable {
    private static final long EVERY_NANOS = Duration.ofMillis(200).toNanos();

    private final PrintStream err;
    private final boolean shown;
    private final LongSupplier nanoTime;
    private long last;
    private int width;

    ProgressLine(PrintStream err, boolean shown, LongSupplier nanoTime) {
        this.err = err;
        this.shown = shown;
        this.nanoTime = nanoTime;
        this.last = nanoTime.getAsLong();
    }

    /** For work whose result is not on stdout. */
    static ProgressLine onTerminal() {
        return new ProgressLine(System.err, isTerminal("err"), System::nanoTime);
    }

    /** For work that writes to stdout: a terminal shows what is written, so only where stdout goes elsewhere. */
    static ProgressLine besideOutput() {
        return new ProgressLine(System.err, isTerminal("err") && !isTerminal("out"), System::nanoTime);
    }

    static boolean isTerminal(String stream) {
        return System.getProperty("sluice.terminal", "").contains(stream);
    }

    /** Time to show something? Cheap: ask for every record. */
    boolean due() {
        return shown && nanoTime.getAsLong() - last >= EVERY_NANOS;
    }

    void show(String text) {
        if (shown) {
            last = nanoTime.getAsLong();
            err.print("\r" + text + " ".repeat(Math.max(0, width - text.length())));
            err.flush();
            width = text.length();
        }
    }

    /** Leaves the last text standing as a line of its own. */
    void finish(String text) {
        if (shown) {
            show(text);
            err.println();
            width = 0;
        }
    }

    @Override
    public void close() {
        if (shown && width > 0) {
            err.print("\r" + " ".repeat(width) + "\r");
            err.flush();
        }
    }
}
