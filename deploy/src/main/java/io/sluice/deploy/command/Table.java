/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.deploy.command;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/** A table for a terminal: columns as wide as their widest cell, two spaces apart, columns of numbers to the right. */
final class Table {
    private static final Pattern NUMBER = Pattern.compile("-|-?[\\d,.]+( ([KMGTP]i)?B)?");

    private final List<String> header;
    private final List<List<String>> rows = new ArrayList<>();

    Table(String... header) {
        this.header = List.of(header);
    }

    /** One cell a column; null is shown as a dash. */
    Table row(Object... cells) {
        if (cells.length != header.size()) {
            throw new IllegalArgumentException(cells.length + " cells for " + header.size() + " columns");
        }
        List<String> row = new ArrayList<>();
        for (Object cell : cells) {
            row.add(
                    switch (kind(cell)) {
                        case NONE -> "-";
                        case WHOLE -> String.format(Locale.ROOT, "%,d", ((Number) cell).longValue());
                        case TEXT -> cell.toString();
                    });
        }
        rows.add(row);
        return this;
    }

    boolean isEmpty() {
        return rows.isEmpty();
    }

    /** The lines, without trailing blanks. */
    List<String> lines() {
        int columns = header.size();
        int[] width = new int[columns];
        boolean[] numbers = new boolean[columns];
        for (int c = 0; c < columns; c++) {
            width[c] = header.get(c).length();
            numbers[c] = !rows.isEmpty();
            for (List<String> row : rows) {
                width[c] = Math.max(width[c], row.get(c).length());
                numbers[c] &= NUMBER.matcher(row.get(c)).matches();
            }
        }
        List<String> lines = new ArrayList<>();
        lines.add(line(header, width, numbers));
        rows.forEach(row -> lines.add(line(row, width, numbers)));
        return lines;
    }

    private static String line(List<String> cells, int[] width, boolean[] numbers) {
        StringBuilder line = new StringBuilder();
        for (int c = 0; c < cells.size(); c++) {
            String blank = " ".repeat(width[c] - cells.get(c).length());
            line.append(c == 0 ? "" : "  ");
            line.append(numbers[c] ? blank + cells.get(c) : cells.get(c) + blank);
        }
        return line.toString().stripTrailing();
    }

    private enum Kind {
        NONE,
        WHOLE,
        TEXT
    }

    private static Kind kind(Object cell) {
        if (cell == null) {
            return Kind.NONE;
        }
        return cell instanceof Long || cell instanceof Integer || cell instanceof Short ? Kind.WHOLE : Kind.TEXT;
    }

    /** Bytes as people read them: {@code 1.5 MiB}. */
    static String bytes(long bytes) {
        if (bytes < 1024) {
            return bytes + " B";
        }
        int unit = (63 - Long.numberOfLeadingZeros(bytes)) / 10;
        double value = (double) bytes / (1L << (10 * unit));
        return String.format(Locale.ROOT, value < 10 ? "%.1f %siB" : "%.0f %siB", value, "KMGTPE".charAt(unit - 1));
    }
}
