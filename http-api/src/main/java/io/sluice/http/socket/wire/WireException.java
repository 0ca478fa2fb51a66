/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.http.socket.wire;

/** What the peer sent ends the connection. The message becomes the reason in the close frame. */
public final class WireException extends Exception {
    private static final long serialVersionUID = 1L;
    private final transient CloseCode code;

    WireException(CloseCode code, String reason) {
        super(reason, null, false, false);
        this.code = code;
    }

    public CloseCode code() {
        return code;
    }
}
