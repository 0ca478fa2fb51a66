/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.http.filter;

/** A text that is no filter. The message says what was expected, and at which character. */
public final class FilterSyntaxException extends Exception {
    private static final long serialVersionUID = 1L;
    private final int position;

    /** @param position of the character, from 1 on */
    FilterSyntaxException(int position, String message) {
        super("filter, character " + position + ": " + message, null, false, false);
        this.position = position;
    }

    /** Where: 1 is the first character. */
    public int position() {
        return position;
    }
}
