/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.http.record;

import java.nio.charset.StandardCharsets;

/**
 * How the bytes of a key or a value stand in JSON. Bytes that can't stand so are written as base64 under another name, {@code keyBase64} or
 * {@code valueBase64}, and may always be sent under that name: nothing is lost on the way through.
 */
public enum Encoding {
    /** A text. */
    UTF8,
    /** A text in base64. */
    BASE64,
    /** The JSON that the bytes are. */
    JSON;

    /**
     * The bytes of a text. JSON can name half of a character ({@code "\\ud800"}), which no bytes stand for: instead of a question mark there is none.
     *
     * @return null if the text can't be written
     */
    public static byte[] utf8(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (Character.isSurrogate(c)) {
                if (Character.isLowSurrogate(c)
                        || i + 1 == text.length()
                        || !Character.isLowSurrogate(text.charAt(i + 1))) {
                    return null;
                }
                i++;
            }
        }
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
