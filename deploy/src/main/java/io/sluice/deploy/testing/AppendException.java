/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.deploy.testing;

/** Records were refused, or not taken for so long that it was given up. */
public final class AppendException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final String code;

    AppendException(String code, String message) {
        super(code + ": " + message);
        this.code = code;
    }

    /** {@code UNKNOWN_TOPIC}, {@code TOO_LARGE}, ...: the kinds of {@code docs/http.md#problems}, in capitals. */
    public String code() {
        return code;
    }
}
