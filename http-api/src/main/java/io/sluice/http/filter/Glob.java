/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.http.filter;

/**
 * A pattern: {@code *} stands for any characters, {@code ?} for one; a backslash takes the meaning from the next. The time it takes is bounded by the
 * product of both lengths: only the last star is ever tried again.
 */
final class Glob {
    private static final int ANY = -1;
    private static final int ONE = -2;

    /** Code points, {@link #ANY} and {@link #ONE}. */
    private final int[] pattern;

    Glob(String text) {
        int[] codes = text.codePoints().toArray();
        int[] made = new int[codes.length];
        int size = 0;
        for (int i = 0; i < codes.length; i++) {
            if (codes[i] == '\\' && i + 1 < codes.length) {
                made[size++] = codes[++i];
            } else {
                made[size++] = codes[i] == '*' ? ANY : codes[i] == '?' ? ONE : codes[i];
            }
        }
        pattern = java.util.Arrays.copyOf(made, size);
    }

    boolean matches(String text) {
        int at = 0;
        int in = 0;
        int star = -1;
        int starText = 0;
        while (at < text.length()) {
            int code = text.codePointAt(at);
            if (in < pattern.length && pattern[in] == ANY) {
                star = in++;
                starText = at;
            } else if (in < pattern.length && (pattern[in] == ONE || pattern[in] == code)) {
                in++;
                at += Character.charCount(code);
            } else if (star >= 0) {
                in = star + 1;
                starText += Character.charCount(text.codePointAt(starText));
                at = starText;
            } else {
                return false;
            }
        }
        while (in < pattern.length && pattern[in] == ANY) {
            in++;
        }
        return in == pattern.length;
    }
}
