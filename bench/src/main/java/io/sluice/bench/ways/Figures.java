/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.bench.ways;

import java.util.Locale;

/** One JSON line of figures. */
final class Figures {
    private final StringBuilder line = new StringBuilder("{");

    Figures(String label, String what) {
        with("label", label).with("w", what);
    }

    Figures with(String name, String value) {
        return raw(name, '"' + value + '"');
    }

    Figures with(String name, long value) {
        return raw(name, Long.toString(value));
    }

    Figures with(String name, double value) {
        return raw(name, String.format(Locale.ROOT, "%.3f", value));
    }

    /** @param json as it shall stand there */
    Figures raw(String name, String json) {
        line.append(line.length() > 1 ? "," : "")
                .append('"')
                .append(name)
                .append("\":")
                .append(json);
        return this;
    }

    void print() {
        System.out.println(line + "}");
    }
}
