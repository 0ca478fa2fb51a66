/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.http.socket.frame;

import io.sluice.http.record.Encoding;

/**
 * What of a record is sent, and how. Offsets always are.
 *
 * @param keyEncoding how keys are written
 * @param valueEncoding how values are written; header values too, but for {@code json}, which leaves them text
 */
public record Projection(
        boolean key, boolean value, boolean headers, boolean timestamp, Encoding keyEncoding, Encoding valueEncoding) {
    /** Everything, as text. */
    public static final Projection ALL = new Projection(true, true, true, true, Encoding.UTF8, Encoding.UTF8);
}
