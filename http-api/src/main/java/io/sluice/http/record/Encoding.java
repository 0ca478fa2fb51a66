/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.http.record;

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
    JSON
}
