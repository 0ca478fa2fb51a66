/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.http.filter;

/**
 * A word of a filter.
 *
 * @param text as it is written, but of a string: without quotes and escapes
 * @param position of its first character, from 1 on
 */
record Token(Kind kind, String text, int position) {
    /** Kinds of words. */
    enum Kind {
        /** {@code key}, {@code headers}, {@code true}, {@code startsWith}, ... */
        NAME,
        /** In single or double quotes. */
        STRING,
        NUMBER,
        /** {@code ==}, {@code &&}, {@code (}, {@code .}, ... */
        SYMBOL,
        /** {@code $}: the value. */
        ROOT,
        END
    }

    boolean is(String symbolOrName) {
        return (kind == Kind.SYMBOL || kind == Kind.NAME) && text.equals(symbolOrName);
    }

    /** As one reads it in a message. */
    String described() {
        return switch (kind) {
            case END -> "the end";
            case STRING -> "the string '" + text + "'";
            default -> "'" + text + "'";
        };
    }
}
